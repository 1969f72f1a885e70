/** Scores by number: `[1] Score: 3`, a line for each of the things that were scored. */
import * as Schema from "effect/Schema"
import { inThisForm } from "../../tasks/form.ts"
import { jsonObject } from "../../tasks/jsonObject.ts"

/** The columns of scored things: null where the judge gave no score. */
export const scoreColumns = { scores: Schema.Array(Schema.NullOr(Schema.Number)) }

/** The same as a model gives it in JSON. */
export const ScoresInJson = Schema.Struct({ scores: Schema.Array(Schema.Int) })

/** What a judge is asked to write. */
export const scoresForm = (json: boolean): string =>
  json
    ? "Answer with a JSON object whose list `scores` has a whole number for each of them, in their order."
    : inThisForm("[1] Score: <number>\n[2] Score: <number>\n[3] …")

/**
 * A score for each of `count` things, by the number that stands before it; null where there is
 * none, or for all where there is no answer. Throws if the answer has no score at all.
 */
export const readScores = (
  answer: string | null,
  count: number,
  json: boolean
): { readonly scores: ReadonlyArray<number | null> } => {
  const given = answer === null ? () => null : json ? inOrder(answer) : byNumber(answer)
  const scores = Array.from({ length: count }, (_, i) => given(i))
  if (answer !== null && count > 0 && scores.every((score) => score === null))
    throw new Error(`no score can be read: ${JSON.stringify(answer.slice(0, 100))}`)
  return { scores }
}

type ScoreOf = (index: number) => number | null

const inOrder = (answer: string): ScoreOf => {
  const { scores } = jsonObject(answer, ["scores"])
  return (i) => {
    const score: unknown = Array.isArray(scores) ? scores[i] : undefined
    return typeof score === "number" ? score : null
  }
}

const line = /\[(\d+)\][^\p{L}\n]*score[\s*]*:[\s*]*(\d+(?:\.\d+)?)/giu

const byNumber = (answer: string): ScoreOf => {
  // Digits of other scripts are digits.
  const found = [...answer.normalize("NFKC").matchAll(line)].map(
    ([, number, score]) => [Number(number), Number(score)] as const
  )
  return (i) => found.find(([number]) => number === i + 1)?.[1] ?? null
}
