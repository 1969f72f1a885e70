/**
 * Scripted models: answers without a server, for tests and dry runs. The same question gets the
 * same answer, whoever asks first.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Unusable } from "../asking/Diagnosis.ts"
import { type ModelOptions, sharedParameters } from "../asking/modelOptions.ts"
import { makeClient } from "../asking/ProviderClient.ts"
import type { Chat } from "../chat/Chat.ts"
import type { GenerateOutput, GenerateRequest, NamedLLM } from "../chat/LLM.ts"
import type { LLMErrorReason } from "../chat/LLMError.ts"
import { describeOwn } from "../own/describeOwn.ts"
import type { ModelDocument } from "../provider/ModelDocument.ts"

/** What may go with every request to a scripted model. */
export const ScriptedKwargs = Schema.Struct({
  /** Answers end after so many words. */
  maxNewTokens: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** Taken for the sake of pipelines that set it; changes nothing. */
  temperature: Schema.optionalKey(Schema.Finite),
  /** Taken for the sake of pipelines that set it; changes nothing. */
  topP: Schema.optionalKey(Schema.Finite),
  /** Another seed picks other answers from a list. */
  seed: Schema.optionalKey(Schema.Int)
})

export interface ScriptedGenerationKwargs extends Schema.Schema.Type<typeof ScriptedKwargs> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on a `ScriptedLLM`. */
const ScriptedParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(ScriptedKwargs),
  timeout: sharedParameters.timeout,
  maxRetries: sharedParameters.maxRetries,
  maxConcurrency: sharedParameters.maxConcurrency
})

export interface ScriptedParameters extends Schema.Schema.Type<typeof ScriptedParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: ScriptedGenerationKwargs
}

/** An answer for every chat; `sample` counts the answers to one question from 0. */
export type Script = (messages: Chat, sample: number) => string | null

/** Options of a `ScriptedLLM`. */
export interface ScriptedOptions<
  Model extends string = string
> extends ModelOptions<ScriptedGenerationKwargs> {
  /** The name that rows carry. Default `scripted`. */
  readonly model?: Model | undefined
  /**
   * One answer for all, a list to pick from, or a function from chat to answer; null is a model
   * that gave no text.
   */
  readonly answers: string | ReadonlyArray<string | null> | Script
  /**
   * Takes a list's answers one after the other, in the order of the requests, and begins again at
   * its end. Default false: the question picks.
   */
  readonly inOrder?: boolean | undefined
  /** Picks from a list, together with the question. Default 42. */
  readonly seed?: number | undefined
  /** Milliseconds to an answer. Default 0. */
  readonly latencyMs?: number | undefined
  /**
   * The reason for which a question fails; undefined to let it be answered. `attempt` is 1 at
   * first.
   */
  readonly failures?: ((messages: Chat, attempt: number) => LLMErrorReason | undefined) | undefined
  /**
   * How often a failure that may pass is tried again, after 0.5, 1, 2 … seconds. Default 0, unlike
   * other models'.
   */
  readonly maxRetries?: number | undefined
}

/** A model that needs no server. */
export interface ScriptedLLM<out Model extends string = string> extends NamedLLM<
  "ScriptedLLM",
  Model,
  ScriptedParameters
> {}

type Described = ScriptedOptions & { readonly model: string }

/** The options' answers as a function that knows the request's seed. */
const scriptOf = ({
  answers,
  inOrder = false,
  seed = 42
}: ScriptedOptions): ((request: GenerateRequest, sample: number) => string | null) => {
  if (typeof answers === "string") return () => answers
  if (typeof answers === "function") return ({ messages }, sample) => answers(messages, sample)
  let next = 0
  return ({ generationKwargs, messages }, sample) => {
    const at = inOrder
      ? next++
      : hash(JSON.stringify([seed, generationKwargs["seed"] ?? null, messages, sample]))
    return answers[at % answers.length] ?? null
  }
}

const outputOf = (
  script: ReturnType<typeof scriptOf>,
  request: GenerateRequest
): GenerateOutput => {
  const limit = (request.generationKwargs as ScriptedGenerationKwargs).maxNewTokens
  const asked = request.messages.map(({ content }) =>
    typeof content === "string"
      ? content
      : content.map((part) => (part.type === "text" ? part.text : "")).join(" ")
  )
  const input = words(asked.join(" ")).length
  return {
    answers: Array.from({ length: request.numGenerations }, (_, sample) => {
      const whole = script(request, sample)
      const text = cut(whole, limit)
      return {
        text,
        finishReason: text === whole ? "stop" : "length",
        usage: { input, output: words(text ?? "").length }
      }
    })
  }
}

const words = (text: string): ReadonlyArray<string> => text.match(/\S+/g) ?? []

const cut = (text: string | null, limit: number | undefined): string | null =>
  text === null || limit === undefined || words(text).length <= limit
    ? text
    : words(text).slice(0, limit).join(" ")

/** FNV-1a. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}

/**
 * Describes a model that answers from a script, without a server: for tests and dry runs.
 *
 * Answers are a function of the question and the seed, so a run gives the same rows in whatever
 * order they come; only `inOrder` goes by the order of the requests, and begins anew whenever the
 * model is opened. Tokens are words. `failures` lets chosen questions fail with any reason of an
 * `LLMError`.
 *
 * @example
 *   const yes = ScriptedLLM({ answers: "Yes." })
 *   const picky = ScriptedLLM({
 *     answers: (messages, sample) => `${sample + 1}. ${messages.at(-1)?.content}`,
 *     failures: (messages, attempt) => (attempt === 1 ? "RateLimited" : undefined),
 *     maxRetries: 1
 *   })
 *
 * @fails LLMError per request, as `failures` says
 */
export const ScriptedLLM = <const Model extends string = "scripted">(
  options: ScriptedOptions<Model>
): ScriptedLLM<Model> =>
  describeOwn<ScriptedLLM<Model>, Described, GenerateRequest, GenerateOutput, GenerateOutput>(
    { ...options, model: options.model ?? "scripted" },
    {
      name: "ScriptedLLM",
      requests: "chat",
      options: ["answers", "inOrder", "seed", "latencyMs", "failures"],
      parameters: ScriptedParameters,
      isKept: false,
      askOf: (described) => {
        const script = scriptOf(described)
        return (request, { attempt }) => answering(described, script, request, attempt)
      },
      read: (output) => output,
      clientOf: (asked) =>
        makeClient({ ...asked, maxRetries: asked.maxRetries ?? 0, takesNumGenerations: true })
    }
  )

/** One attempt at a question, after the time that it takes. */
const answering = (
  { failures, latencyMs = 0 }: ScriptedOptions,
  script: ReturnType<typeof scriptOf>,
  request: GenerateRequest,
  attempt: number
): Effect.Effect<GenerateOutput, unknown> =>
  Effect.delay(
    Effect.try({
      try: () => {
        const reason = failures?.(request.messages, attempt)
        if (reason !== undefined) throw new Unusable({ reason, detail: "option failures says so" })
        return outputOf(script, request)
      },
      catch: (thrown) => thrown
    }),
    latencyMs
  )

/** Scripted models, for documents. */
export const scripted = {
  type: "ScriptedLLM",
  about: "Answers from a script, without a server.",
  describe: ScriptedLLM,
  document: {
    kwargs: ScriptedKwargs,
    pythonKwargs: [],
    fields: [
      {
        key: "answers",
        holds: {
          functionOr: Schema.Union([Schema.String, Schema.Array(Schema.NullOr(Schema.String))])
        },
        python: false
      },
      { key: "in_order", holds: Schema.Boolean, python: false },
      { key: "seed", holds: Schema.Finite, python: false },
      { key: "latency_ms", holds: Schema.Finite, python: false },
      { key: "failures", holds: { functionOr: undefined }, python: false }
    ],
    pythonShares: [],
    lacks: ["structured_output", "stream", "preflight"],
    needs: ["answers"]
  } satisfies ModelDocument
}
