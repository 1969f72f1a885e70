/** Options of OpenAI's models: what may be given, when, and with what defaults. */
import * as Schema from "effect/Schema"
import { ChatCompletionsKwargs } from "../chatCompletions/chatKwargs.ts"
import { compatibleDocument } from "../chatCompletions/defineCompatible.ts"
import type { FormatServer, MaxTokensField } from "../chatCompletions/Dialect.ts"
import { type HostedOptions, hostedParameters } from "../provider/hosted.ts"
import type { ProviderDocument } from "../provider/ModelDocument.ts"

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
  serviceTier: Schema.optionalKey(ServiceTier),
  ...hostedParameters
})

export interface OpenAIParameters extends Schema.Schema.Type<typeof OpenAIParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: OpenAIGenerationKwargs
}

/**
 * Options of an `OpenAILLM`. The address is else in `OPENAI_BASE_URL`, the key in `OPENAI_API_KEY`.
 */
export interface OpenAIOptions<Model extends string = string> extends HostedOptions<
  Model,
  OpenAIGenerationKwargs
> {
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
export const openAIDocument: ProviderDocument = {
  ...compatibleDocument,
  fields: [
    ...compatibleDocument.fields,
    { key: "server", holds: Schema.Literals(["vllm", "sglang"]), python: false },
    { key: "service_tier", holds: ServiceTier, python: false }
  ]
}
