/** OpenAI, and servers that speak like it: what it brings to its models. */
import { connectChatCompletions } from "../chatCompletions/connect.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { flexShare, patientForFlex } from "../provider/tiers.ts"
import { openAIHome } from "./home.ts"
import { openAIDocument, type OpenAIOptions, OpenAIParameters } from "./OpenAIOptions.ts"

export const openAI = defineProvider<OpenAIOptions>({
  ...openAIHome,
  type: "OpenAILLM",
  parameters: OpenAIParameters,
  rareFormats: ({ server }) => ({
    taken: server === undefined ? [] : ["regex", "choices"],
    fix: 'Say which server takes it: option server is "vllm" or "sglang"; or give a JSON schema.'
  }),
  takesNumGenerations: true,
  takesBatches: true,
  flexShare,
  patience: patientForFlex,
  document: openAIDocument,
  // OpenAI's reasoning models refuse the old name, most other servers know no other.
  connect: (server) =>
    connectChatCompletions(server, {
      maxTokensField:
        server.options.maxTokensField ?? (server.isHome ? "max_completion_tokens" : "max_tokens"),
      formatServer: server.options.server,
      serviceTier: server.options.serviceTier,
      flexShare,
      keysPrompts: server.isHome,
      jobs: { mostRequests: 50_000, mostBytes: 200_000_000, takesMetadata: true }
    })
})
