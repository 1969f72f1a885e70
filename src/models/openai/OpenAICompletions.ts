/** Models that go on from prompts, on servers that speak OpenAI's protocol, such as vLLM. */
import * as Schema from "effect/Schema"
import { type CompletionModel, completionKind, type CompletionRequest } from "../chat/Completion.ts"
import type { GenerateOutput } from "../chat/LLM.ts"
import { chatAnswer } from "../chatCompletions/chatAnswer.ts"
import { openClient } from "../chatCompletions/connect.ts"
import { defineModels } from "../provider/defineProvider.ts"
import { serverFields } from "../provider/ModelDocument.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { asking } from "../provider/sdk.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"
import { openAIHome, type OpenAIServerOptions, openAIServerParameters } from "./home.ts"

const Penalty = Schema.Finite.check(Schema.isBetween({ minimum: -2, maximum: 2 }))

/** What goes with every request; what is not given is not sent, and up to the server. */
export const OpenAICompletionsKwargs = Schema.Struct({
  /** At most so many tokens in an answer. */
  maxNewTokens: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** From 0, always the likeliest token. */
  temperature: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Only the likeliest tokens that add up to this probability. */
  topP: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  /** Above 0 makes repeating a token less likely the more often it came, or once it came. */
  frequencyPenalty: Schema.optionalKey(Penalty),
  presencePenalty: Schema.optionalKey(Penalty),
  /** Texts that end an answer. */
  stop: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  /** Asks for equal answers to equal requests, as far as the server can. */
  seed: Schema.optionalKey(Schema.Int),
  /** Whether the prompt comes before the answer. */
  echo: Schema.optionalKey(Schema.Boolean),
  /** Further fields of the request, under the names that the server knows; they win over all others. */
  extraBody: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
})

export interface OpenAICompletionsKwargs extends Schema.Schema.Type<
  typeof OpenAICompletionsKwargs
> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on an `OpenAICompletions`. */
const OpenAICompletionsParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(OpenAICompletionsKwargs),
  ...openAIServerParameters
})

export interface OpenAICompletionsParameters extends Schema.Schema.Type<
  typeof OpenAICompletionsParameters
> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: OpenAICompletionsKwargs
}

/** Options of an `OpenAICompletions`. */
export interface OpenAICompletionsOptions<
  Model extends string = string
> extends OpenAIServerOptions<OpenAICompletionsKwargs> {
  readonly model: Model
}

const connect = async (
  server: Server<OpenAICompletionsOptions>
): Promise<Connection<CompletionRequest, GenerateOutput>> => {
  const { client, lookup } = await openClient(server)
  const { model } = server.options
  return {
    ask: asking(
      ({ generationKwargs, numGenerations, prompt }, signal) =>
        client.completions
          .create(
            {
              model,
              prompt,
              ...(numGenerations === 1 ? {} : { n: numGenerations }),
              ...wireKwargs(generationKwargs)
            },
            { signal }
          )
          .asResponse(),
      chatAnswer
    ),
    lookup
  }
}

export const openAICompletions = defineModels<
  OpenAICompletionsOptions,
  CompletionRequest,
  GenerateOutput
>(
  completionKind,
  { prompt: "Hi", numGenerations: 1, generationKwargs: { maxNewTokens: 1 } },
  {
    ...openAIHome,
    type: "OpenAICompletions",
    parameters: OpenAICompletionsParameters,
    otherNames: { maxNewTokens: "maxTokens" },
    document: {
      pythonKwargs: [],
      fields: serverFields(),
      pythonShares: [],
      lacks: ["structured_output", "stream"]
    },
    connect
  }
)

/** A model that goes on from prompts. */
export interface OpenAICompletions<out Model extends string = string> extends CompletionModel<
  Model,
  OpenAICompletionsParameters
> {
  readonly type: "OpenAICompletions"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => OpenAICompletions<Model>
}

/**
 * Describes a model that goes on from a prompt as it is, without a chat around it, by the route
 * `/completions` of OpenAI's protocol, as vLLM, SGLang and others serve it for base models.
 *
 * Key, address, retries, timeouts (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6,
 * `timeout` 120, `maxConcurrency` 64. Several answers to a prompt are one request. What was paid
 * for is kept in the journal like answers to chats.
 *
 * @example
 *   const base = OpenAICompletions({ model: "base-8b", baseUrl: "http://localhost:8000/v1", generationKwargs: { maxNewTokens: 64 } })
 *   const going = Effect.scoped(
 *   Effect.flatMap(base.open, (client) =>
 *   client.generate({ prompt: "Once", numGenerations: 1, generationKwargs: base.generationKwargs })
 *   )
 *   )
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request:
 *   InvalidRequest, and what keeps failing after the retries
 */
export const OpenAICompletions = <const Model extends string>(
  options: OpenAICompletionsOptions<Model>
): OpenAICompletions<Model> => openAICompletions.describe(options)
