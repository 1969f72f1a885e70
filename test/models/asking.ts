/** Asks models in tests: one scope, one question. */
import * as Effect from "effect/Effect"
import { AnthropicLLM } from "../../src/models/anthropic/AnthropicLLM.ts"
import type { Answer } from "../../src/models/chat/Answer.ts"
import type { Chat } from "../../src/models/chat/Chat.ts"
import {
  type GenerateOutput,
  type GenerateRequest,
  type LLM,
  requestTo
} from "../../src/models/chat/LLM.ts"
import type { LLMError } from "../../src/models/chat/LLMError.ts"
import { CohereLLM } from "../../src/models/cohere/CohereLLM.ts"
import { GeminiLLM } from "../../src/models/gemini/GeminiLLM.ts"
import { MistralLLM } from "../../src/models/mistral/MistralLLM.ts"
import { OllamaLLM } from "../../src/models/ollama/OllamaLLM.ts"
import { OpenAILLM } from "../../src/models/openai/OpenAILLM.ts"
import { VertexAILLM } from "../../src/models/vertex/VertexAILLM.ts"

export const chatOf = (prompt: string | Chat): Chat =>
  typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt

/** Answers side by side, as tests look at them. */
export const sideBySide = ({ answers }: GenerateOutput) => {
  const column = <A>(of: (answer: Answer) => A | undefined): Array<A | null> | undefined =>
    answers.some((answer) => of(answer) !== undefined)
      ? answers.map((answer) => of(answer) ?? null)
      : undefined
  const counts = Object.entries({
    input_tokens: column(({ usage }) => usage?.input),
    output_tokens: column(({ usage }) => usage?.output),
    reasoning_tokens: column(({ usage }) => usage?.reasoning),
    cached_tokens: column(({ usage }) => usage?.cached)
  }).filter(([, each]) => each !== undefined)
  const [reasonings, logprobs] = [column((each) => each.reasoning), column((each) => each.logprobs)]
  return {
    generations: answers.map(({ text }) => text),
    finishReasons: answers.map(({ finishReason }) => finishReason),
    statistics: Object.fromEntries(counts) as Readonly<Record<string, Array<number>>>,
    ...(reasonings === undefined ? {} : { reasonings }),
    ...(logprobs === undefined ? {} : { logprobs })
  }
}

type SideBySide = ReturnType<typeof sideBySide>

/** One question through a client of its own. */
export const asking = (
  llm: LLM,
  prompt: string | Chat,
  more: Partial<GenerateRequest> = {}
): Effect.Effect<SideBySide, LLMError> =>
  Effect.scoped(
    Effect.flatMap(llm.open, (client) =>
      Effect.map(client.generate({ ...requestTo(llm, chatOf(prompt)), ...more }), sideBySide)
    )
  )

export const ask = (
  llm: LLM,
  prompt: string | Chat,
  more: Partial<GenerateRequest> = {}
): Promise<SideBySide> => Effect.runPromise(asking(llm, prompt, more))

/** The error of a question that must fail. */
export const failure = (
  llm: LLM,
  prompt: string | Chat = "Hi",
  more: Partial<GenerateRequest> = {}
): Promise<LLMError> => Effect.runPromise(Effect.flip(asking(llm, prompt, more)))

/** Options that all kinds of models take in these tests. */
export interface Options {
  readonly model?: string
  readonly apiKey?: string
  readonly maxRetries?: number
  readonly timeout?: number
  readonly rowTimeout?: number
  readonly giveUpAfter?: number
  readonly maxConcurrency?: number
  readonly stream?: boolean
  readonly preflight?: boolean
  readonly generationKwargs?: {
    readonly maxNewTokens?: number
    readonly temperature?: number
    readonly topP?: number
    readonly seed?: number
  }
}

export const kinds = [
  "openai",
  "mistral",
  "vertex",
  "gemini",
  "anthropic",
  "cohere",
  "ollama"
] as const

/** Models of all kinds at a server on this machine. */
export const at = {
  openai: (
    url: string,
    { apiKey = "test-key", model = "model-a", ...options }: Options = {}
  ): LLM => OpenAILLM({ model, baseUrl: `${url}/v1`, apiKey, ...options }),
  mistral: (
    url: string,
    { apiKey = "test-key", model = "model-a", ...options }: Options = {}
  ): LLM => MistralLLM({ model, endpoint: url, apiKey, ...options }),
  vertex: (
    url: string,
    { apiKey = "test-key", model = "model-a", ...options }: Options = {}
  ): LLM =>
    VertexAILLM({
      model,
      baseUrl: url,
      project: "project",
      location: "europe-west1",
      accessToken: apiKey,
      ...options
    }),
  anthropic: (
    url: string,
    { apiKey = "test-key", model = "model-a", generationKwargs, ...options }: Options = {}
  ): LLM => {
    const { seed: _, ...kwargs } = generationKwargs ?? {}
    return AnthropicLLM({
      model,
      baseUrl: url,
      apiKey,
      ...options,
      ...(generationKwargs === undefined ? {} : { generationKwargs: kwargs })
    })
  },
  gemini: (
    url: string,
    { apiKey = "test-key", model = "model-a", ...options }: Options = {}
  ): LLM => GeminiLLM({ model, baseUrl: url, apiKey, ...options }),
  cohere: (
    url: string,
    { apiKey = "test-key", model = "model-a", ...options }: Options = {}
  ): LLM => CohereLLM({ model, baseUrl: url, apiKey, ...options }),
  ollama: (url: string, { apiKey, model = "model-a", ...options }: Options = {}): LLM =>
    OllamaLLM({
      model,
      host: url,
      ...(apiKey === undefined ? {} : { defaultHeaders: { authorization: `Bearer ${apiKey}` } }),
      ...options
    })
} satisfies Record<(typeof kinds)[number], (url: string, options?: Options) => LLM>
