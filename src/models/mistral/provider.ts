/** Mistral: what it brings to its models. */
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { diagnosed } from "../asking/Diagnosis.ts"
import { chatAnswer } from "../chatCompletions/chatAnswer.ts"
import { inDialect, LearnedDialect } from "../chatCompletions/Dialect.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import type { Fetch } from "../http/undiciFetch.ts"
import { record } from "../http/wireValues.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { offlineBatches } from "../provider/ModelDocument.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { batchJobs } from "./batchJobs.ts"
import { mistralHome, noKey, sdkOver } from "./home.ts"
import { type MistralOptions, MistralParameters } from "./MistralOptions.ts"
import { mistralRequest } from "./mistralRequest.ts"

const connect = async (server: Server<MistralOptions>): Promise<Connection> => {
  const { fetch, headers, key = noKey, options, url } = server
  const missing = optionalPackage("@mistralai/mistralai", "MistralLLM")
  const { clientOver, lookup } = await sdkOver(server, missing)
  // The chat function alone: half the time of importing the whole SDK.
  const { chatComplete } = await import("@mistralai/mistralai/funcs/chatComplete.js").catch(missing)
  const { ChatCompletionRequest$outboundSchema: wire } =
    await import("@mistralai/mistralai/models/components/chatcompletionrequest.js").catch(missing)
  const dialect = new LearnedDialect({
    maxTokensField: "max_tokens",
    stream: options.stream ?? false,
    streamUsage: true,
    strict: true
  })
  return {
    ask: (request) =>
      inDialect(dialect, (current) =>
        diagnosed(async (signal) => {
          // The plain response: the SDK refuses whole answers for a field that nobody reads.
          const send = async (keeping: Fetch): Promise<void> => {
            const result = await chatComplete(
              clientOver(keeping),
              mistralRequest(options.model, request, current),
              { fetchOptions: { signal } }
            )
            if (!result.ok) throw result.error
          }
          return chatAnswer(await rawAnswer(fetch, send))
        })
      ),
    batches: batchJobs(
      {
        fetch,
        url,
        headers: { authorization: `Bearer ${key}`, ...headers },
        model: options.model
      },
      (request) =>
        record(
          wire.parse(mistralRequest(options.model, request, { ...dialect.current, stream: false }))
        )
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
    pythonNames: { max_concurrency: "max_concurrent_requests" },
    ignores: offlineBatches
  },
  connect
})
