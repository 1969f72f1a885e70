/** Models of a vLLM server that are asked by prompts, made of chats by the model's own template. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { describe, type Kind } from "../asking/modelOptions.ts"
import type { CompletionClient, CompletionRequest } from "../chat/Completion.ts"
import { AnswerFormat } from "../chat/formats.ts"
import type { GenerateRequest, NamedLLM, LLMClient } from "../chat/LLM.ts"
import { LLMError } from "../chat/LLMError.ts"
import { withoutThoughts } from "../chat/thoughts.ts"
import { record } from "../http/wireValues.ts"
import { type ModelDocument, serverFields } from "../provider/ModelDocument.ts"
import { type Family, promptsBy } from "./chatTemplates.ts"
import { openAIServerParameters } from "./home.ts"
import {
  OpenAICompletions,
  OpenAICompletionsKwargs,
  type OpenAICompletionsOptions
} from "./OpenAICompletions.ts"

/** What `run({ parameters })` may set on a `ClientvLLM`. */
const ClientvLLMParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(OpenAICompletionsKwargs),
  structuredOutput: Schema.optionalKey(AnswerFormat),
  ...openAIServerParameters
})

export interface ClientvLLMParameters extends Schema.Schema.Type<typeof ClientvLLMParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: OpenAICompletionsKwargs
}

/** Options of a `ClientvLLM`. */
export interface ClientvLLMOptions<
  Model extends string = string
> extends OpenAICompletionsOptions<Model> {
  /** How chats become prompts: a family (`llama3`, `qwen2`, `phi3`), or a template in Jinja. */
  readonly chatTemplate?: Family | (string & {}) | undefined
  /** The model's `tokenizer_config.json`, or the folder that holds it, instead of a template. */
  readonly tokenizer?: string | undefined
  /**
   * What the prompt ends with where the model writes the user's turn: `llama3`, `qwen2` or a text.
   * Default: what the chat template writes there.
   */
  readonly magpiePreQueryTemplate?: string | undefined
  /** What every answer looks like, unless a task asks for another format. */
  readonly structuredOutput?: AnswerFormat | undefined
}

/** A model of a vLLM server, with its chat template. */
export interface ClientvLLM<out Model extends string = string> extends NamedLLM<
  "ClientvLLM",
  Model,
  ClientvLLMParameters
> {}

const templateOptions = ["chatTemplate", "tokenizer", "magpiePreQueryTemplate"] as const

const ownOptions: ReadonlyArray<string> = [...templateOptions, "structuredOutput"]

/** The model that is asked by the prompts. */
const completionsOf = (options: ClientvLLMOptions): OpenAICompletions =>
  OpenAICompletions(
    // What is left out is its own.
    Object.fromEntries(
      Object.entries(options).filter(([name]) => !ownOptions.includes(name))
    ) as unknown as OpenAICompletionsOptions
  )

const open = (options: ClientvLLMOptions): Effect.Effect<LLMClient, LLMError, Scope.Scope> =>
  Effect.gen(function* () {
    const failed = (fatal: boolean) => (thrown: unknown) =>
      new LLMError({
        llm: "ClientvLLM",
        model: options.model,
        reason: "InvalidRequest",
        detail: `the chat template cannot be used: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
        attempts: 0,
        fatal,
        fix: "Give the path of the model's tokenizer_config.json by option tokenizer, or the template by option chatTemplate."
      })
    const promptOf = yield* Effect.tryPromise({
      try: () => promptsBy(options),
      catch: failed(true)
    })
    const client: CompletionClient = yield* completionsOf(options).open
    return {
      generate: (request, observer) =>
        Effect.try({ try: () => promptOf(request.messages), catch: failed(false) }).pipe(
          Effect.flatMap((prompt) => client.generate(completionOf(request, prompt), observer)),
          Effect.map(({ answers }) => ({ answers: answers.map(withoutThoughts) }))
        )
    }
  })

/** The template holds all special tokens: the server must not add another first one. */
const completionOf = (
  { asker, generationKwargs, numGenerations, recalls, structuredOutput }: GenerateRequest,
  prompt: string
): CompletionRequest => ({
  prompt,
  numGenerations,
  asker,
  recalls,
  generationKwargs: {
    ...generationKwargs,
    extraBody: {
      add_special_tokens: false,
      ...formatFields(structuredOutput),
      ...record(generationKwargs["extraBody"])
    }
  }
})

const formatFields = (format: AnswerFormat | undefined): object => {
  if (format === undefined) return {}
  if ("schema" in format) return { structured_outputs: { json: format.schema } }
  return {
    structured_outputs: "regex" in format ? { regex: format.regex } : { choice: format.choices }
  }
}

const kind: Kind<ClientvLLMOptions> = {
  type: "ClientvLLM",
  requests: "chat",
  writesUserTurns: true,
  parameters: ClientvLLMParameters,
  options: ["baseUrl", "apiKey", "defaultHeaders", "preflight", ...templateOptions],
  otherNames: { maxNewTokens: "maxTokens" },
  conceal: (options) => ({ ...options, ...completionsOf(options).options }),
  // It is that of a server.
  address: (options) => completionsOf(options).address()!,
  open
}

const document: ModelDocument = {
  kwargs: OpenAICompletionsKwargs,
  pythonKwargs: [
    "max_new_tokens",
    "frequency_penalty",
    "presence_penalty",
    "temperature",
    "top_p",
    "stop",
    "extra_body"
  ],
  fields: [
    ...serverFields(true),
    { key: "tokenizer", holds: Schema.String, python: true },
    { key: "magpie_pre_query_template", holds: Schema.String, python: true },
    { key: "chat_template", holds: Schema.String, python: false }
  ],
  pythonShares: ["max_retries", "timeout", "structured_output"],
  lacks: ["stream"],
  ignores: {
    use_magpie_template: [true, false],
    tokenizer_revision: [null]
  }
}

/**
 * Describes a model that a vLLM server serves, asked by prompts rather than chats: the model's own
 * chat template makes a prompt of each chat, which goes to the route `/completions`.
 *
 * Such a model can write the user's turns too, which `Magpie` needs. Key, address, retries,
 * timeouts (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120,
 * `maxConcurrency` 64.
 *
 * @example
 *   const llama = ClientvLLM({
 *     model: "meta-llama/Llama-3.1-8B-Instruct",
 *     baseUrl: "http://localhost:8000/v1",
 *     chatTemplate: "llama3",
 *     generationKwargs: { temperature: 1, maxNewTokens: 512 }
 *   })
 *
 * @fails RangeError if neither `chatTemplate` nor `tokenizer` is given, or both; LLMError when opened: InvalidRequest
 *   where there is no template, MissingApiKey, Unauthorized, ModelNotFound, Unreachable; per request: InvalidRequest,
 *   and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/clientvllm/
 */
export const ClientvLLM = <const Model extends string>(
  options: ClientvLLMOptions<Model>
): ClientvLLM<Model> => {
  if ((options.chatTemplate === undefined) === (options.tokenizer === undefined))
    throw new RangeError(
      `ClientvLLM '${options.model}' needs one of the options chatTemplate and tokenizer: the chat template of the model.`
    )
  return describe<ClientvLLM<Model>, ClientvLLMOptions>(kind, options)
}

export const clientvLLM = {
  type: "ClientvLLM",
  about: "Asks a chat model of a vLLM server with prompts that its chat template makes here.",
  document,
  describe: ClientvLLM
}
