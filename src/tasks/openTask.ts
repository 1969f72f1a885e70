/** Tasks at work: a row becomes a chat, answers become rows; each row goes its own way. */
import * as Effect from "effect/Effect"
import { withMetadata } from "../columns/metadata.ts"
import type { Row } from "../columns/Row.ts"
import type { Answer } from "../models/chat/Answer.ts"
import { askable } from "../models/chat/askable.ts"
import type { Chat } from "../models/chat/Chat.ts"
import { chatKind } from "../models/chat/chatKind.ts"
import { type AnyLLM, type GenerateOutput, type LLMClient, requestTo } from "../models/chat/LLM.ts"
import type { LLMError } from "../models/chat/LLMError.ts"
import type { Observer } from "../models/chat/LLMEvents.ts"
import { isLongPrompt } from "../models/chat/longPrompts.ts"
import { limitWords } from "../models/chat/tokenLimit.ts"
import { underWay } from "../models/chat/underWay.ts"
import type { ParameterValues } from "../step/makeStep.ts"
import { openModel } from "../step/openModel.ts"
import { detailOf, RowFailed, StepFailed, traceOf } from "../step/StepFailed.ts"
import type { Outcome, RowAtWork } from "../step/Worker.ts"
import { detailsOf } from "./Answer.ts"
import { answered } from "./answered.ts"
import { answersOf, type Told } from "./answers.ts"
import { AttemptsAtRow } from "./AttemptsAtRow.ts"
import { withTools } from "./callingTools.ts"
import type { Reading, UndeclaredColumns } from "./checkedParse.ts"
import { withLocalMedia } from "./localMedia.ts"
import { taskDefaults } from "./taskOptions.ts"
import type { TaskParameters, TaskSpec } from "./TaskStep.ts"
import { isPromise, settled } from "./Working.ts"

/** So many rows for each request that the model takes at once have their question ready. */
const turns = 2

/** A task with its parser checked. */
export interface ReadingTask extends Omit<TaskSpec, "parse"> {
  readonly reading: Reading
}

/** Opens the model of a task; what comes back works on its rows. */
export const openTask = Effect.fnUntraced(function* (
  spec: ReadingTask,
  undeclared: UndeclaredColumns,
  values: ParameterValues
) {
  const { groupGenerations, name, reasoning, llm: given } = { ...taskDefaults, ...spec.options }
  // `run` checked the values by the schemas of the options.
  const { addRawInput, addRawOutput, delivery, mediaFolder, numGenerations, retries, whenCut } = {
    ...taskDefaults,
    ...(values as TaskParameters<AnyLLM>)
  }
  const { client: plain, llm } = yield* openModel<LLMClient, AnyLLM>(
    name,
    given,
    values["llm"] as ParameterValues | undefined
  )
  const unbatched =
    plain.takesBatches === true
      ? plain.lacksForBatches
      : `${llm.type} has no batch API. Leave delivery out, or take a model that has one.`
  if (delivery === "batch" && unbatched !== undefined)
    return yield* new StepFailed({
      step: name,
      phase: "load",
      reason: "InvalidRequest",
      detail: `delivery is "batch", and ${unbatched}`
    })
  const client = spec.tools === undefined ? plain : withTools(plain, llm, spec.tools)
  const told: Told = {
    step: name,
    model: llm.model,
    outputs: Object.keys(spec.outputs),
    grouped: groupGenerations,
    rawInput: addRawInput,
    rawOutput: addRawOutput,
    reasoning,
    whenCut,
    limit: limitWords(llm.generationKwargs)
  }
  const limited =
    told.whenCut === "retry"
      ? (maxNewTokens: number) =>
          llm.configure({ generationKwargs: { maxNewTokens } }).generationKwargs
      : undefined
  let hasLong = false
  const questionOf = (row: Row) =>
    settled(() => {
      // The question is what files hold, not where they are; what is told of it names them.
      const asked = (chat: Chat) => {
        const whole = withLocalMedia(askable(chat), mediaFolder)
        const formatOfRow = spec.formatOfRow?.(row)
        return isPromise(whole)
          ? whole.then((loaded) => ({ chat, whole: loaded, formatOfRow }))
          : { chat, whole, formatOfRow }
      }
      const chat = spec.format(row)
      return Effect.isEffect(chat) || isPromise(chat)
        ? Effect.flatMap(
            settled(() => chat),
            (formatted) => settled(() => asked(formatted))
          )
        : asked(chat)
    })
  const process = (row: Row, atWork: RowAtWork): Effect.Effect<ReadonlyArray<Outcome>, RowFailed> =>
    questionOf(row).pipe(
      Effect.mapError((thrown) => badInput(name, thrown)),
      Effect.flatMap(({ chat: messages, formatOfRow, whole }) => {
        const request = requestTo(llm, whole, {
          numGenerations,
          structuredOutput: formatOfRow ?? spec.structuredOutput
        })
        const recalls = spec.options.useCache === false ? ("this run" as const) : ("any" as const)
        const question = {
          ...request,
          fixed: spec.fixed,
          delivery,
          asker: { step: name, row: atWork.place, content: atWork.content },
          recalls
        }
        hasLong ||= isLongPrompt(chatKind.inputLength(question))
        const renew = atWork.retriesFailed ? (groupGenerations ? "if none" : "if not each") : "none"
        const attempts = new AttemptsAtRow()
        const counted = underWay(atWork)
        const observer: Observer = (event) => {
          counted(event)
          attempts.take(event)
        }
        const complain = (index: number, complaint: string): void =>
          attempts.complain(index, complaint)
        return answered({
          client,
          request: question,
          retries,
          renew,
          observer,
          readable: readableBy(told, spec, row),
          complain,
          limited
        }).pipe(
          Effect.matchEffect({
            onSuccess: (output: GenerateOutput) => {
              output.answers.forEach((answer, i) => {
                const late = attempts.at(i)
                if (late !== undefined)
                  atWork.onLate({ input: messages, output: answer.text, attempts: late })
              })
              return Effect.tap(
                answersOf(told, row, messages, output, spec.reading),
                () => undeclared.warn
              )
            },
            onFailure: (error: LLMError) => {
              const outcome = unanswered(told, row, messages, error)
              return error.fatal ? Effect.fail(outcome.failure) : Effect.succeed([outcome])
            }
          })
        )
      })
    )
  return {
    kind: "row" as const,
    process,
    // Long prompts wait for those that begin alike, and jobs take as many rows as there are.
    ahead: () => (hasLong || delivery === "batch" ? Infinity : turns * llm.maxConcurrency)
  }
})

/** What is wrong with an answer, as its parser says; undefined if it can be read. */
const readableBy =
  ({ limit, model, whenCut }: Told, { reading }: ReadingTask, row: Row) =>
  (answer: Answer): Effect.Effect<string | undefined> => {
    const details = detailsOf(answer, model)
    const cut = details.finishReason === "length" ? `it was cut at ${limit}` : undefined
    return cut !== undefined && whenCut !== "keep"
      ? Effect.succeed(cut)
      : Effect.match(reading(answer.text, row, details), {
          onSuccess: () => undefined,
          onFailure: (thrown) => cut ?? detailOf(thrown)
        })
  }

const badInput = (step: string, thrown: unknown): RowFailed =>
  thrown instanceof RowFailed
    ? thrown
    : new RowFailed({ step, reason: "BadInput", detail: detailOf(thrown), ...traceOf(thrown) })

/** A row that the model did not answer: nulls, and why. */
const unanswered = (
  { outputs, rawInput, rawOutput, step }: Told,
  row: Row,
  messages: Chat,
  error: LLMError
): { readonly row: Row; readonly failure: RowFailed } => {
  const nulls = Object.fromEntries([...outputs, "model_name"].map((column) => [column, null]))
  const own = {
    ...(rawOutput ? { [`raw_output_${step}`]: null } : {}),
    ...(rawInput ? { [`raw_input_${step}`]: messages } : {})
  }
  return {
    row: {
      ...row,
      ...nulls,
      ...withMetadata(row, own)
    },
    failure: new RowFailed({
      step,
      reason: error.reason,
      detail: error.message,
      attempts: error.attempts,
      fatal: error.fatal
    })
  }
}
