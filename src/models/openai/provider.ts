/** OpenAI, and servers that speak like it: what it brings to its models. */
import * as Schema from "effect/Schema"
import { ChatCompletionsKwargs, pythonChatKwargs } from "../chatCompletions/chatKwargs.ts"
import { connectChatCompletions } from "../chatCompletions/connect.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { offlineBatches, serverFields } from "../provider/ModelDocument.ts"
import { apiKeyIn } from "../provider/ProviderDefinition.ts"
import { type OpenAIOptions, OpenAIParameters } from "./OpenAIOptions.ts"

/** What all of its models have in common. */
export const openAIHome = {
  name: "OpenAI",
  hosts: /(^|\.)(openai\.com|openai\.azure\.com)$/,
  priceId: "openai",
  address: {
    option: "baseUrl",
    variable: "OPENAI_BASE_URL",
    fallback: () => "https://api.openai.com/v1"
  },
  key: apiKeyIn("OPENAI_API_KEY")
} as const

export const openAI = defineProvider<OpenAIOptions>({
  ...openAIHome,
  type: "OpenAILLM",
  parameters: OpenAIParameters,
  rareFormats: ({ server }) => ({
    taken: server === undefined ? [] : ["regex", "choices"],
    fix: 'Say which server takes it: option server is "vllm" or "sglang"; or give a JSON schema.'
  }),
  takesNumGenerations: true,
  document: {
    kwargs: ChatCompletionsKwargs,
    pythonKwargs: pythonChatKwargs,
    ignoredKwargs: ["echo"],
    fields: [
      ...serverFields(true),
      {
        key: "max_tokens_field",
        holds: Schema.Literals(["max_tokens", "max_completion_tokens"]),
        python: false
      },
      { key: "server", holds: Schema.Literals(["vllm", "sglang"]), python: false }
    ],
    pythonShares: ["max_retries", "timeout", "structured_output"],
    ignores: offlineBatches
  },
  // OpenAI's reasoning models refuse the old name, most other servers know no other.
  connect: (server) =>
    connectChatCompletions(server, {
      maxTokensField:
        server.options.maxTokensField ?? (server.isHome ? "max_completion_tokens" : "max_tokens"),
      formatServer: server.options.server
    })
})
