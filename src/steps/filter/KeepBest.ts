/** KeepBest: the best of several texts. */
import * as Schema from "effect/Schema"
import { defineStep } from "../../step/defineStep.ts"

/**
 * Keeps the best of a list of texts, by their ratings: adds it as a column of its own. Texts and
 * ratings that are null are passed over; of texts with the same rating the first is taken, and
 * `ties` says how many others there were.
 *
 * Other lists are read with `inputMappings`: `{ generations: "answers", ratings: "scores" }`.
 *
 * @example
 *   const best = KeepBest({ name: "best", outputMappings: { generation: "response" } })
 *
 * @reads generations list of strings or nulls
 * @reads ratings list of numbers or nulls
 * @adds generation string — the best text
 * @adds rating number — its rating
 * @adds best_index number — its place in the list, from 0
 * @adds ties number — how many others have the same rating
 * @fails RowFailed for a row whose lists differ in length, or that has no text with a rating
 */
export const KeepBest = defineStep({
  type: "KeepBest",
  about: "Keeps the best of a list of texts, by their ratings: adds it as a column of its own.",
  reads: {
    generations: Schema.Array(Schema.NullOr(Schema.String)),
    ratings: Schema.Array(Schema.NullOr(Schema.Number))
  },
  adds: {
    generation: Schema.String,
    rating: Schema.Number,
    best_index: Schema.Number,
    ties: Schema.Number
  },
  options: {
    /** Whether the lowest rating is the best, as with ranks and losses. Default false. */
    lowest: Schema.optionalKey(Schema.Boolean)
  },
  defaults: { lowest: false },
  version: "1",
  process: (rows, { lowest }) =>
    rows.map((row) => ({ ...row, ...bestOf(row.generations, row.ratings, lowest ? -1 : 1) }))
})

const bestOf = (
  texts: ReadonlyArray<string | null>,
  ratings: ReadonlyArray<number | null>,
  sign: 1 | -1
) => {
  if (texts.length !== ratings.length)
    throw new Error(
      `there are ${texts.length} generations and ${ratings.length} ratings: each needs one`
    )
  let best:
    | { readonly generation: string; readonly rating: number; readonly best_index: number }
    | undefined
  let ties = 0
  for (const [index, generation] of texts.entries()) {
    const rating = ratings[index]!
    if (generation === null || rating === null || Number.isNaN(rating)) continue
    const better = best === undefined ? 1 : sign * (rating - best.rating)
    if (better === 0) ties++
    if (better <= 0) continue
    best = { generation, rating, best_index: index }
    ties = 0
  }
  if (best === undefined) throw new Error("no generation has a rating")
  return { ...best, ties }
}
