/**
 * From a model's answers to rows: parsed columns, the model's name, and what there is to tell of
 * how they came about.
 */
import * as Effect from "effect/Effect"
import { snakeCased } from "../columns/caseNames.ts"
import { metadataColumn, withMetadata } from "../columns/metadata.ts"
import { own } from "../columns/own.ts"
import type { Row } from "../columns/Row.ts"
import type { Answer, TokenUsage } from "../models/chat/Answer.ts"
import type { Chat } from "../models/chat/Chat.ts"
import type { GenerateOutput } from "../models/chat/LLM.ts"
import { detailOf, RowFailed, traceOf } from "../step/StepFailed.ts"
import type { Outcome } from "../step/Worker.ts"
import { type AnswerDetails, cutAdvice, detailsOf, type WhenCut } from "./Answer.ts"
import type { Reading } from "./checkedParse.ts"

/** What rows of a task tell of it. */
export interface Told {
  readonly step: string
  readonly model: string
  readonly outputs: ReadonlyArray<string>
  readonly grouped: boolean
  readonly rawInput: boolean
  readonly rawOutput: boolean
  /** Whether there is a column for what the model thought. */
  readonly reasoning: boolean
  readonly whenCut: WhenCut
  /** The limit of tokens, as messages name it. */
  readonly limit: string
}

interface Answered {
  readonly columns: Row
  readonly metadata: Row
  readonly failure: RowFailed | undefined
}

/**
 * Rows for a model's answers to one row: one for each answer, or one with lists. An answer that
 * cannot be read gives nulls and says why.
 */
export const answersOf = (
  told: Told,
  row: Row,
  messages: Chat,
  output: GenerateOutput,
  reading: Reading
): Effect.Effect<ReadonlyArray<Outcome>> =>
  Effect.map(
    each(output.answers, (answer) => answerOf(told, row, messages, answer, reading)),
    (answers) => outcomes(told, row, output, answers)
  )

/** Most output is one answer, which takes less than a loop. */
const each = <A>(
  answers: ReadonlyArray<Answer>,
  of: (answer: Answer) => Effect.Effect<A>
): Effect.Effect<ReadonlyArray<A>> =>
  answers.length === 1 ? Effect.map(of(answers[0]!), (only) => [only]) : Effect.forEach(answers, of)

const outcomes = (
  told: Told,
  row: Row,
  output: GenerateOutput,
  answers: ReadonlyArray<Answered>
): ReadonlyArray<Outcome> => {
  const extras = output.answers.every(({ logprobs }) => logprobs === undefined)
    ? []
    : [
        [
          `llm_${told.step}_logprobs`,
          output.answers.map(({ logprobs }) => logprobs ?? null)
        ] as const
      ]
  if (told.grouped) {
    const models = new Set(output.answers.map(({ by }) => by ?? told.model))
    const model = models.size === 1 ? [...models][0]! : told.model
    return [grouped({ ...told, model }, row, answers, Object.fromEntries(extras))]
  }
  return answers.map(({ columns, failure, metadata }, i) => {
    const own =
      extras.length === 0
        ? undefined
        : Object.fromEntries(extras.map(([column, values]) => [column, values[i]]))
    return {
      row: {
        ...row,
        ...columns,
        ...own,
        model_name: output.answers[i]!.by ?? told.model,
        ...withMetadata(row, metadata)
      },
      failure
    }
  })
}

const answerOf = (
  told: Told,
  row: Row,
  messages: Chat,
  answer: Answer,
  reading: Reading
): Effect.Effect<Answered> => {
  const { outputs, reasoning, step, whenCut } = told
  const { text, usage } = answer
  const details = detailsOf(answer, told.model)
  const raw = rawOf(told, messages, text, details)
  const failed = (reason: string, detail: string, thrown?: unknown): Answered => ({
    columns: Object.fromEntries(outputs.map((column) => [column, null])),
    metadata: raw,
    failure: new RowFailed({ step, reason, detail, raw: text, ...traceOf(thrown) })
  })
  const isCut = details.finishReason === "length"
  if (isCut && whenCut !== "keep") return Effect.succeed(failed("CutAnswer", cutWords(told)))
  return Effect.match(reading(text, row, details), {
    onSuccess: (parsed) => ({
      columns: reasoning ? { ...parsed, reasoning: details.reasoning } : parsed,
      metadata: usage === undefined ? raw : { ...raw, [`statistics_${step}`]: statisticsOf(usage) },
      failure: undefined
    }),
    onFailure: (thrown) =>
      isCut
        ? failed("CutAnswer", `${cutWords(told)} What there is of it: ${detailOf(thrown)}`)
        : failed("ParseFailed", detailOf(thrown), thrown)
  })
}

const cutWords = ({ limit, whenCut }: Told): string =>
  whenCut === "retry"
    ? `the answer was cut at ${limit}, and larger limits gave no whole one. Raise maxNewTokens.`
    : `the answer was cut at ${limit}. ${cutAdvice}`

/** What metadata tells of an answer, read or not. */
const rawOf = (
  { rawInput, rawOutput, reasoning, step }: Told,
  messages: Chat,
  text: string | null,
  details: AnswerDetails
): Row => ({
  ...(rawOutput ? { [`raw_output_${step}`]: text } : {}),
  ...(rawOutput && !reasoning && details.reasoning !== null
    ? { [`reasoning_${step}`]: details.reasoning }
    : {}),
  ...(rawInput ? { [`raw_input_${step}`]: messages } : {}),
  // What ended by itself goes without saying.
  ...(details.finishReason === "stop" ? {} : { [`finish_reason_${step}`]: details.finishReason })
})

const grouped = (told: Told, row: Row, answers: ReadonlyArray<Answered>, extras: Row): Outcome => {
  const names = new Set([
    ...told.outputs,
    ...answers.flatMap(({ columns }) => Object.keys(columns))
  ])
  const lists = Object.fromEntries(
    [...names].map((column) => [column, answers.map(({ columns }) => own(columns, column) ?? null)])
  )
  const metadata = answers.map((answer) => answer.metadata)
  const withList = metadata.every((each) => Object.keys(each).length === 0)
    ? {}
    : { [metadataColumn]: metadataList(row[metadataColumn], metadata) }
  // One answer among several that cannot be read leaves a null in the lists; a row without any is a failed one.
  const failure = answers.every((answer) => answer.failure !== undefined)
    ? answers[0]?.failure
    : undefined
  return { row: { ...row, ...lists, ...extras, model_name: told.model, ...withList }, failure }
}

const metadataList = (before: unknown, own: ReadonlyArray<Row>): ReadonlyArray<unknown> => {
  if (Array.isArray(before)) return [...before, ...own]
  return typeof before === "object" && before !== null
    ? own.map((each) => ({ ...before, ...each }))
    : own
}

/** Token counts as metadata names them. */
const statisticsOf = ({ cached, input, media, output, reasoning, written }: TokenUsage): Row => ({
  input_tokens: input,
  output_tokens: output,
  ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning }),
  ...(cached === undefined ? {} : { cached_tokens: cached }),
  ...(written === undefined ? {} : { cache_written_tokens: written }),
  ...Object.fromEntries(
    Object.entries(media ?? {}).map(([key, tokens]) => [`${snakeCased(key)}_tokens`, tokens])
  )
})
