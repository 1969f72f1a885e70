/** Mistral: what it brings to its models. */
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { diagnosed } from "../asking/Diagnosis.ts"
import { modelRoutes } from "../asking/preflight.ts"
import { chatAnswer } from "../chatCompletions/chatAnswer.ts"
import { inDialect, LearnedDialect } from "../chatCompletions/Dialect.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import type { Fetch } from "../http/undiciFetch.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { offlineBatches } from "../provider/ModelDocument.ts"
import { apiKeyIn, type Connection, type Server } from "../provider/ProviderDefinition.ts"
import {
  MistralGenerationKwargs,
  type MistralOptions,
  MistralParameters
} from "./MistralOptions.ts"
import { mistralRequest } from "./mistralRequest.ts"

/** What servers get that want no key. */
const noKey = "EMPTY"

const connect = async ({
  fetch,
  key = noKey,
  options,
  url
}: Server<MistralOptions>): Promise<Connection> => {
  const { chatComplete, HTTPClient, MistralCore } = await importSdk()
  const clientOver = (fetcher: Fetch) =>
    new MistralCore({
      apiKey: key,
      serverURL: url,
      httpClient: new HTTPClient({ fetcher }),
      retryConfig: { strategy: "none" }
    })
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
    lookup: modelRoutes(fetch, `${url}/v1`, options.model, { authorization: `Bearer ${key}` })
  }
}

/** The chat function alone: half the time of importing the whole SDK. */
const importSdk = async () => {
  const missing = optionalPackage("@mistralai/mistralai", "MistralLLM")
  const [{ MistralCore }, { chatComplete }, { HTTPClient }] = await Promise.all([
    import("@mistralai/mistralai/core.js").catch(missing),
    import("@mistralai/mistralai/funcs/chatComplete.js").catch(missing),
    import("@mistralai/mistralai/lib/http.js").catch(missing)
  ])
  return { MistralCore, chatComplete, HTTPClient }
}

export const mistral = defineProvider<MistralOptions>({
  type: "MistralLLM",
  name: "Mistral",
  providerId: "mistral_ai",
  hosts: /(^|\.)mistral\.ai$/,
  priceId: "mistral",
  parameters: MistralParameters,
  address: {
    option: "endpoint",
    variable: "MISTRAL_BASE_URL",
    fallback: () => "https://api.mistral.ai",
    // The SDK adds the version to the path itself, other clients want it given.
    tidied: (url) => url.replace(/\/(v1\/?)?$/, "")
  },
  key: apiKeyIn("MISTRAL_API_KEY"),
  document: {
    kwargs: MistralGenerationKwargs,
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
