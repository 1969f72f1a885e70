/** Reading a judge's answer: blocks of labelled lines, or JSON. */
import type { Row } from "../columns/Row.ts"
import { jsonIn } from "../models/chat/jsonIn.ts"
import { type Block, feedbackBlocks } from "./feedbackBlocks.ts"

/** Ratings and rationales, one for each text. */
export interface Rated {
  readonly ratings: ReadonlyArray<number | null>
  readonly rationales: ReadonlyArray<string | null>
}

/** The same with what kind each text is of and why, and a rationale for each rating. */
export interface TypedAndRated extends Rated {
  readonly types: ReadonlyArray<number | null>
  readonly "rationales-for-ratings": ReadonlyArray<string | null>
}

/**
 * Columns of a judge's answer on `count` texts. Throws where no rating can be read, or one has no
 * number.
 */
export const readFeedback = (
  answer: string | null,
  count: number,
  typed: boolean,
  json: boolean
): Rated | TypedAndRated => {
  if (answer === null) return columnsOf(filled([], count), typed)
  if (json) return fromJson(answer)
  const blocks = feedbackBlocks(answer, typed)
  if (blocks.every((block) => block?.isRated !== true))
    throw new Error(`no rating can be read: ${JSON.stringify(answer.slice(0, 100))}`)
  return columnsOf(filled(blocks, count), typed)
}

const nothing: Block = {
  text: undefined,
  isRated: false,
  type: null,
  rationale: null,
  rating: null,
  rationaleForRating: null
}

/** A block for each text: what is missing is empty, what is too much goes. */
const filled = (blocks: ReadonlyArray<Block | null>, count: number): ReadonlyArray<Block> => {
  const found = blocks.filter((block) => block !== null)
  const numbers = new Set(found.map(({ text }) => text))
  const byNumber =
    numbers.size === found.length &&
    found.every(({ text }) => text !== undefined && text >= 1 && text <= count)
  if (byNumber)
    return Array.from(
      { length: count },
      (_, i) => found.find(({ text }) => text === i + 1) ?? nothing
    )
  // Paragraphs that are no blocks are remarks around them, unless there is a paragraph for each text.
  const own = blocks.length === count ? blocks : found
  return Array.from({ length: count }, (_, i) => own[i] ?? nothing)
}

const columnsOf = (blocks: ReadonlyArray<Block>, typed: boolean): Rated | TypedAndRated => {
  const ratings = blocks.map(({ rating }) => rating)
  const rationales = blocks.map(({ rationale }) => rationale)
  if (!typed) return { ratings, rationales }
  return {
    types: blocks.map(({ type }) => type),
    rationales,
    ratings,
    "rationales-for-ratings": blocks.map(({ rationaleForRating }) => rationaleForRating)
  }
}

/** The columns as the judge gives them: it was asked to keep to their schema. */
const fromJson = (answer: string): Rated | TypedAndRated => {
  const values = jsonIn(answer)
    .map(({ value }) => value)
    .filter(isObject)
  const value = values.find((each) => "ratings" in each) ?? values[0]
  if (value === undefined) throw new Error("the answer is JSON, but no object")
  // Providers refuse '-' in names of a schema; older answers have the singular.
  const { rationales_for_rating, rationales_for_ratings, ...columns } = value
  const rationales = rationales_for_ratings ?? rationales_for_rating
  const given =
    rationales === undefined ? columns : { ...columns, "rationales-for-ratings": rationales }
  return given as object as Rated
}

const isObject = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value)
