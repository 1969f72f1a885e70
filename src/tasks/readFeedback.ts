/** Reading a judge's answer: blocks of text, or JSON. */
import type { Row } from "../columns/Row.ts"

/** Columns of a judge's answer on `count` texts. Throws where a rating has no number. */
export const readFeedback = (answer: string | null, count: number, typed: boolean, json: boolean): Row => {
  if (answer === null) return columnsOf(filled([], count), typed)
  return json ? fromJson(answer, count, typed) : columnsOf(filled(blocksOf(answer, typed), count), typed)
}

interface Block {
  readonly type: number | null
  readonly rationale: string | null
  readonly rating: number | null
  readonly rationaleForRating: string | null
}

const nothing: Block = { type: null, rationale: null, rating: null, rationaleForRating: null }

/** A block for each text: what is missing is empty, what is too much goes. */
const filled = (blocks: ReadonlyArray<Block | null>, count: number): ReadonlyArray<Block> => {
  // Paragraphs that are no blocks are remarks around them, unless there is a paragraph for each text.
  const own = blocks.length === count ? blocks : blocks.filter((block) => block !== null)
  return Array.from({ length: count }, (_, i) => own[i] ?? nothing)
}

const columnsOf = (blocks: ReadonlyArray<Block>, typed: boolean): Row => {
  const ratings = blocks.map(({ rating }) => rating)
  const rationales = blocks.map(({ rationale }) => rationale)
  if (!typed) return { ratings, rationales }
  return { types: blocks.map(({ type }) => type), rationales, ratings, "rationales-for-ratings": blocks.map(({ rationaleForRating }) => rationaleForRating) }
}

const rated = /Rating: (.+?)\nRationale: (.+)/s
const typedAndRated = /Type: (.+?)\nRationale: (.+?)\nRating: (.+?)\nRationale: (.+)/s

/** Paragraphs as blocks, null for one that is none. */
const blocksOf = (answer: string, typed: boolean): ReadonlyArray<Block | null> =>
  answer.replaceAll("\r\n", "\n").split("\n\n").filter((paragraph) => paragraph.trim() !== "").map((paragraph) => {
    if (!typed) {
      const match = rated.exec(paragraph)
      return match === null ? null : { ...nothing, rating: numberIn(match[1]!), rationale: match[2]! }
    }
    const match = typedAndRated.exec(paragraph)
    if (match === null) return null
    return { type: numberIn(match[1]!), rationale: match[2]!, rating: numberIn(match[3]!), rationaleForRating: match[4]! }
  })

/** The first number of a text, null for `None` and `N/A`. */
const numberIn = (text: string): number | null => {
  if (text === "None" || text === "N/A") return null
  const found = /\b\d+(?:\.\d+)?\b/.exec(text)
  if (found === null) throw new Error(`a rating has no number: ${JSON.stringify(text.slice(0, 60))}`)
  return Number(found[0])
}

const fromJson = (answer: string, count: number, typed: boolean): Row => {
  let value: unknown
  try {
    value = JSON.parse(answer)
  } catch {
    return columnsOf(filled([], count), typed)
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("the answer is JSON, but no object")
  // Providers refuse '-' in names of a schema; older answers have the singular.
  const { rationales_for_rating, rationales_for_ratings, ...columns } = value as Row
  const rationales = rationales_for_ratings ?? rationales_for_rating
  return rationales === undefined ? columns : { ...columns, "rationales-for-ratings": rationales }
}
