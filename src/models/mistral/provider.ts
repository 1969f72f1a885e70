/** Mistral: what it brings to its models. */
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { chatAnswer } from "../chatCompletions/chatAnswer.ts"
import { inDialect, LearnedDialect, postedInDialect } from "../chatCompletions/Dialect.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { SdkRoute } from "../provider/SdkRoute.ts"
import { batchJobs } from "./batchJobs.ts"
import { chatSender } from "./chatRoute.ts"
import { mistralHome, noKey, sdkOver } from "./home.ts"
import { type MistralOptions, MistralParameters } from "./MistralOptions.ts"
import { mistralRequest } from "./mistralRequest.ts"

const connect = async (server: Server<MistralOptions>): Promise<Connection> => {
  const { fetch, headers, key = noKey, options, url } = server
  const missing = optionalPackage("@mistralai/mistralai", "MistralLLM")
  const { clientOver, lookup } = await sdkOver(server, missing)
  const route = new SdkRoute(fetch)
  const send = await chatSender(clientOver(route.fetch), missing)
  const dialect = new LearnedDialect({
    maxTokensField: "max_tokens",
    stream: options.stream ?? false,
    streamUsage: true,
    strict: true
  })
  return {
    ask: (request) =>
      inDialect(dialect, (current) =>
        route.ask(() => mistralRequest(options.model, request, current), send, chatAnswer)
      ),
    post: (request) =>
      postedInDialect(dialect, (current) =>
        route.posting(() => mistralRequest(options.model, request, current), chatAnswer)
      ),
    batches: batchJobs(
      {
        fetch,
        url,
        headers: { authorization: `Bearer ${key}`, ...headers },
        model: options.model
      },
      (request) => mistralRequest(options.model, request, { ...dialect.current, stream: false })
    ),
    lookup
  }
}

export const mistral = defineProvider<MistralOptions>({
  type: "MistralLLM",
  ...mistralHome,
  takesBatches: true,
  parameters: MistralParameters,
  document: {
    pythonKwargs: ["max_new_tokens", "temperature", "top_p"],
    fields: [
      { key: "endpoint", holds: "address", python: true },
      { key: "api_key", holds: "secret", python: true }
    ],
    pythonShares: ["max_retries", "timeout", "max_concurrency", "structured_output"],
    pythonNames: { max_concurrency: "max_concurrent_requests" }
  },
  connect
})
