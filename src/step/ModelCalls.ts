/**
 * Calls of a model within a step's work: each has its number in the work of its row, by which its
 * answer is found again.
 */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { ColumnSchema } from "../columns/Columns.ts"
import type { Row } from "../columns/Row.ts"
import type { Answer } from "../models/chat/Answer.ts"
import { askable } from "../models/chat/askable.ts"
import type { Chat } from "../models/chat/Chat.ts"
import type { JsonSchemaFormat } from "../models/chat/formats.ts"
import { jsonSchemaOf, readStructured } from "../models/chat/jsonSchema.ts"
import { type AnyLLM, type GenerateRequest, type LLMClient, requestTo } from "../models/chat/LLM.ts"
import type { LLMError } from "../models/chat/LLMError.ts"
import type { LLMEvent, Observer } from "../models/chat/LLMEvents.ts"
import { underWay } from "../models/chat/underWay.ts"
import type { OpenModel } from "./openModel.ts"
import { detailOf, RowFailed } from "./StepFailed.ts"
import type { LLMQuestion, StepAnswer, StepLLM } from "./StepLLM.ts"
import type { RowAtWork } from "./Worker.ts"

/** For which row of which step a model is asked. */
export interface Caller extends Pick<RowAtWork, "content"> {
  readonly step: string
  /** What is told of its calls; `onLeft`: one was left since the run is to stop. */
  readonly atWork: Pick<RowAtWork, "onRequests" | "onLate"> & { onLeft?(): void }
  /** The row's place when a call is made. */
  readonly place: () => string
  /** What of the calls goes into metadata. Default: all. */
  readonly tells?: { readonly input: boolean; readonly output: boolean } | undefined
  /** Which answers of an earlier time will do. */
  readonly recalls: NonNullable<GenerateRequest["recalls"]>
}

/** Runs an effect beside the step's own work. */
export type Fork = <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>

/** One call that was answered, or that failed. */
interface Call {
  readonly number: number
  readonly input: Chat
  readonly answer: Answer | undefined
}

type AnyQuestion = string | Chat | LLMQuestion<unknown, ColumnSchema>

export class ModelCalls implements StepLLM {
  readonly #model: OpenModel<LLMClient, AnyLLM>
  readonly #caller: Caller
  readonly #fork: Fork
  readonly #counted: Observer
  /** Calls that promises wait for. */
  readonly #beside = new Set<Fiber.Fiber<unknown, unknown>>()
  /** Fails once the run leaves the work as it is. */
  readonly #left = Deferred.makeUnsafe<never>()
  #asked = 0
  #calls: Array<Call> = []
  /** Whether any answer is one of an earlier time. */
  recalled = false

  constructor(model: OpenModel<LLMClient, AnyLLM>, caller: Caller, fork: Fork) {
    this.#model = model
    this.#caller = caller
    this.#fork = fork
    this.#counted = underWay(caller.atWork)
  }

  readonly ask: StepLLM["ask"] = <Structured extends ColumnSchema = never>(question: AnyQuestion) =>
    // One cast: there is a `value` where the question has a schema.
    Effect.suspend(() => this.#answer(question)) as Effect.Effect<
      StepAnswer<Structured>,
      LLMError | RowFailed
    >

  readonly askPromise: StepLLM["askPromise"] = (question) =>
    new Promise((resolve, reject) => {
      const fiber = this.#fork(this.ask(question))
      this.#beside.add(fiber)
      fiber.addObserver((exit) => {
        this.#beside.delete(fiber)
        if (Exit.isSuccess(exit)) resolve(exit.value)
        else if (Cause.hasInterruptsOnly(exit.cause)) {
          // A run that is to stop leaves the row: the promise has nothing to say any more.
          Deferred.doneUnsafe(this.#left, Effect.interrupt)
          this.#caller.atWork.onLeft?.()
        } else reject(Cause.squash(exit.cause))
      })
    })

  /** Work that asks: it ends where the run leaves it, and its calls end with it. */
  around<A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.ensuring(
      Effect.raceFirst(work, Deferred.await(this.#left)),
      Effect.suspend(() => Fiber.interruptAll(this.#beside))
    )
  }

  /** What there is to tell of the calls since the last time, in the order in which they were made. */
  told(): Row {
    const { step, tells = { input: true, output: true } } = this.#caller
    const calls = this.#calls.toSorted((a, b) => a.number - b.number)
    this.#calls = []
    if (calls.length === 0) return {}
    return {
      ...(tells.input ? { [`raw_input_${step}`]: calls.map(({ input }) => input) } : {}),
      ...(tells.output
        ? {
            [`raw_output_${step}`]: calls.map(({ answer }) => answer?.text ?? null),
            ...listed(`reasoning_${step}`, calls, ({ reasoning }) => reasoning)
          }
        : {}),
      ...listed(`finish_reason_${step}`, calls, ({ finishReason }) =>
        finishReason === "stop" ? undefined : finishReason
      ),
      [`statistics_${step}`]: {
        input_tokens: calls.map(({ answer }) => answer?.usage?.input ?? null),
        output_tokens: calls.map(({ answer }) => answer?.usage?.output ?? null)
      }
    }
  }

  #answer(question: AnyQuestion): Effect.Effect<Answer, LLMError | RowFailed> {
    const number = this.#asked++
    const { client, llm } = this.#model
    const { atWork, content, place, recalls, step } = this.#caller
    const { generationKwargs, messages, structuredOutput } = partsOf(question)
    let request: GenerateRequest
    let read: ((text: string | null) => unknown) | undefined
    try {
      const asked = generationKwargs === undefined ? llm : llm.configure({ generationKwargs })
      const structured =
        structuredOutput === undefined ? undefined : structuredBy(structuredOutput, step)
      read = structured?.read
      request = {
        ...requestTo(
          asked,
          askable(messages, asked.writesUserTurns),
          structured === undefined ? {} : { structuredOutput: structured.format }
        ),
        asker: { step, row: `${place()}/${number}`, content },
        recalls
      }
    } catch (thrown) {
      return Effect.fail(new RowFailed({ step, reason: "BadInput", detail: detailOf(thrown) }))
    }
    const refusals: Array<string> = []
    let last: LLMEvent | undefined
    const observer: Observer = (event) => {
      this.#counted(event)
      this.recalled ||= event.kind === "recalled"
      if (event.kind === "retry") refusals.push(event.reason ?? "Unknown")
      last = event
    }
    return client.generate(request, observer).pipe(
      Effect.onError(() =>
        Effect.sync(() => this.#calls.push({ number, input: messages, answer: undefined }))
      ),
      Effect.flatMap(({ answers: [answer] }) => {
        this.#calls.push({ number, input: messages, answer })
        const text = answer?.text ?? null
        const attempts = last?.attempt ?? 1
        if (attempts > 1)
          atWork.onLate({
            input: messages,
            output: text,
            attempts: { requests: attempts, refusals, complaints: [] }
          })
        return this.#read(answer, read)
      })
    )
  }

  /** The answer, if it has a text that can be read. */
  #read(
    answer: Answer | undefined,
    read: ((text: string) => unknown) | undefined
  ): Effect.Effect<Answer, RowFailed> {
    const { step } = this.#caller
    const raw = answer?.text ?? null
    const failed = (detail: string): Effect.Effect<never, RowFailed> =>
      Effect.fail(new RowFailed({ step, reason: "ParseFailed", detail, raw }))
    if (answer === undefined || raw === null) return failed("the model gave no answer")
    if (raw.trim() === "") return failed("the answer is empty")
    if (read === undefined) return Effect.succeed(answer)
    try {
      return Effect.succeed({ ...answer, value: read(raw) } as Answer)
    } catch (thrown) {
      return failed(detailOf(thrown))
    }
  }
}

interface Parts {
  readonly messages: Chat
  readonly generationKwargs?: unknown
  readonly structuredOutput?: ColumnSchema
}

const partsOf = (question: AnyQuestion): Parts => {
  if (typeof question === "string") return { messages: [{ role: "user", content: question }] }
  // `Array.isArray` does not narrow a readonly list away.
  if (Array.isArray(question)) return { messages: question as Chat }
  const { messages, ...rest } = question as LLMQuestion<unknown, ColumnSchema>
  return { ...rest, messages: partsOf(messages).messages }
}

interface StructuredAnswer {
  readonly format: JsonSchemaFormat
  readonly read: (text: string | null) => unknown
}

/** Worked out once for each schema: a step asks with the same one for each of its rows. */
const known = new WeakMap<ColumnSchema, StructuredAnswer>()

const structuredBy = (schema: ColumnSchema, step: string): StructuredAnswer => {
  const structured = known.get(schema) ?? {
    format: jsonSchemaOf(schema, step),
    read: readStructured(schema, `'${step}'`)
  }
  known.set(schema, structured)
  return structured
}

/** A list with what each call tells, where any tells something. */
const listed = (key: string, calls: ReadonlyArray<Call>, of: (answer: Answer) => unknown): Row => {
  const values = calls.map(({ answer }) => (answer === undefined ? undefined : of(answer)) ?? null)
  return values.every((value) => value === null) ? {} : { [key]: values }
}
