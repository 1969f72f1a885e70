/** Cohere: what it brings to its models. */
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { list, record } from "../http/wireValues.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { apiKeyIn, type Connection, type Server } from "../provider/ProviderDefinition.ts"
import { asking, noKey } from "../provider/sdk.ts"
import { cohereAnswer } from "./cohereAnswer.ts"
import { cohereDocument, type CohereOptions, CohereParameters } from "./CohereOptions.ts"
import { cohereRequest } from "./cohereRequest.ts"

const connect = async ({
  fetch,
  headers,
  key = noKey,
  options: { model, stream = false },
  url
}: Server<CohereOptions>): Promise<Connection> => {
  const { CohereClientV2 } = await import("cohere-ai").catch(
    optionalPackage("cohere-ai", "CohereLLM")
  )
  const client = new CohereClientV2({ baseUrl: url, token: key, headers, fetch, maxRetries: 0 })
  // The SDK's way for plain requests: its own reading drops what it does not know.
  const get = (path: string, signal: AbortSignal) => client.fetch(path, { signal })
  return {
    ask: asking(
      (request, signal) =>
        client.fetch("v2/chat", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(cohereRequest(model, request, stream)),
          signal
        }),
      cohereAnswer
    ),
    lookup: {
      look: (signal) => get(`v1/models/${encodeURIComponent(model)}`, signal),
      models: async (signal) => {
        const { models } = record(await (await get("v1/models", signal)).json())
        return list(models).map((each) => String(record(each)["name"]))
      }
    }
  }
}

export const cohere = defineProvider<CohereOptions>({
  type: "CohereLLM",
  name: "Cohere",
  providerId: "cohere",
  hosts: /(^|\.)cohere\.(com|ai)$/,
  priceId: "cohere",
  parameters: CohereParameters,
  address: {
    option: "baseUrl",
    variable: "COHERE_BASE_URL",
    fallback: () => "https://api.cohere.com",
    // Programs for the first version of the API name that version.
    tidied: (url) => url.replace(/\/(v[12]\/?)?$/, "")
  },
  key: apiKeyIn("COHERE_API_KEY"),
  otherNames: { maxNewTokens: "maxTokens", topK: "k", topP: "p" },
  document: cohereDocument,
  connect
})
