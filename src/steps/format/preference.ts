/** Preferences: the best and the worst of several rated texts. */
import { textOf } from "../values/texts.ts"

interface Rated {
  readonly text: string
  readonly rating: number
  readonly model: unknown
}

/** The columns that texts are chosen by; rows of an open source may hold anything. */
interface RatedTexts {
  readonly generations?: unknown
  readonly ratings?: unknown
  readonly generation_models?: unknown
}

/**
 * The first text with the highest rating, and the first with the lowest. A text without a rating is
 * passed over. Throws where no text is better than another.
 */
export const preference = (
  row: RatedTexts
): { readonly chosen: Rated; readonly rejected: Rated } => {
  const rated = ratedTexts(row)
  const [first, ...rest] = rated
  if (first === undefined) throw new Error("no text of 'generations' has a rating")
  const chosen = rest.reduce((best, each) => (each.rating > best.rating ? each : best), first)
  const rejected = rest.reduce((worst, each) => (each.rating < worst.rating ? each : worst), first)
  if (rest.length > 0 && chosen.rating === rejected.rating)
    throw new Error(`all ratings are ${chosen.rating}: no text is better than another`)
  return { chosen, rejected }
}

const ratedTexts = ({
  generation_models: models,
  generations,
  ratings
}: RatedTexts): ReadonlyArray<Rated> => {
  if (!Array.isArray(generations) || !Array.isArray(ratings))
    throw new Error(`'${Array.isArray(generations) ? "ratings" : "generations"}' is no list`)
  if (ratings.length !== generations.length)
    throw new Error(`there are ${ratings.length} ratings for ${generations.length} generations`)
  return generations.flatMap((text: unknown, i) => {
    const rating: unknown = ratings[i]
    return text === null || typeof rating !== "number" || Number.isNaN(rating)
      ? []
      : [
          {
            text: textOf(text, "generations"),
            rating,
            model: Array.isArray(models) ? (models as ReadonlyArray<unknown>)[i] : undefined
          }
        ]
  })
}

/** The columns of a preference, with the models where they are known. */
export const preferenceColumns = <Message>(
  row: RatedTexts,
  answered: (text: string) => ReadonlyArray<Message>
) => {
  const { chosen, rejected } = preference(row)
  const models = Array.isArray(row.generation_models)
    ? { chosen_model: String(chosen.model), rejected_model: String(rejected.model) }
    : {}
  return {
    chosen: answered(chosen.text),
    chosen_rating: chosen.rating,
    rejected: answered(rejected.text),
    rejected_rating: rejected.rating,
    ...models
  }
}
