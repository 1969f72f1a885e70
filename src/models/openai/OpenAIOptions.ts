/** Options of OpenAI's models: what may be given, when, and with what defaults. */
import * as Schema from "effect/Schema"
import { SecretParameter, type ServerOptions, sharedParameters } from "../asking/modelOptions.ts"
import type { GivenHeaders, Secret } from "../asking/secrets.ts"
import { ChatCompletionsKwargs } from "../chatCompletions/chatKwargs.ts"
import { compatibleDocument } from "../chatCompletions/defineCompatible.ts"
import type { FormatServer, MaxTokensField } from "../chatCompletions/Dialect.ts"
import type { ModelDocument } from "../provider/ModelDocument.ts"

/** What goes with every request to OpenAI and compatible servers. */
export interface OpenAIGenerationKwargs extends ChatCompletionsKwargs {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** OpenAI's tiers; which one answered is no part of the answer. */
const ServiceTier = Schema.Literals(["auto", "default", "flex", "priority"])

/** What `run({ parameters })` may set on an `OpenAILLM`. */
export const OpenAIParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(ChatCompletionsKwargs),
  baseUrl: Schema.optionalKey(Schema.String),
  serviceTier: Schema.optionalKey(ServiceTier),
  apiKey: Schema.optionalKey(SecretParameter),
  ...sharedParameters
})

export interface OpenAIParameters extends Schema.Schema.Type<typeof OpenAIParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: OpenAIGenerationKwargs
}

/** Options of an `OpenAILLM`. */
export interface OpenAIOptions<
  Model extends string = string
> extends ServerOptions<OpenAIGenerationKwargs> {
  readonly model: Model
  /**
   * Where the server is. Default `OPENAI_BASE_URL`, else `https://api.openai.com/v1`. Its user and
   * the values of its query are kept secret.
   */
  readonly baseUrl?: Secret | undefined
  /** Default `OPENAI_API_KEY`. */
  readonly apiKey?: Secret | undefined
  /**
   * Further headers of every request. Their values are kept secret, but for those of headers that
   * are known to hold none, such as `OpenAI-Organization`.
   */
  readonly defaultHeaders?: GivenHeaders | undefined
  /**
   * The field that `maxNewTokens` is sent as. Default `max_completion_tokens` at OpenAI, else
   * `max_tokens`, or the other one once the server refuses that.
   */
  readonly maxTokensField?: MaxTokensField | undefined
  /**
   * What the server is, where it takes a regex or choices for `structuredOutput`: vLLM has the
   * field `structured_outputs` for them, SGLang `regex`. Default: neither.
   */
  readonly server?: FormatServer | undefined
  /**
   * OpenAI's tier: `flex` for half the price and longer waits. Its timeout is 900 seconds unless
   * `timeout` says otherwise, and the standard tier is asked where it has no room. Answers cost
   * what the tier costs that gave them. Default: the project's own.
   */
  readonly serviceTier?: typeof ServiceTier.Type | undefined
}

/** How documents spell them. */
export const openAIDocument: ModelDocument = {
  ...compatibleDocument,
  fields: [
    ...compatibleDocument.fields,
    { key: "server", holds: Schema.Literals(["vllm", "sglang"]), python: false },
    { key: "service_tier", holds: ServiceTier, python: false }
  ]
}
