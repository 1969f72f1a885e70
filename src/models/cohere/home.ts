/** Cohere: where its models are asked, whatever they are asked for, and how. */
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import type { Lookup } from "../asking/preflight.ts"
import { list, record } from "../http/wireValues.ts"
import {
  addressIn,
  apiKeyIn,
  type ProviderOptions,
  type Server,
  withoutVersion
} from "../provider/ProviderDefinition.ts"
import { noKey } from "../provider/sdk.ts"

export const cohereHome = {
  name: "Cohere",
  providerId: "cohere",
  hosts: /(^|\.)cohere\.(com|ai)$/,
  priceId: "cohere",
  address: addressIn("COHERE_BASE_URL", "https://api.cohere.com", withoutVersion),
  key: apiKeyIn("COHERE_API_KEY")
} as const

/** A way to post, and to look for a model. */
export interface OpenCohere {
  readonly post: (path: string, body: object, signal: AbortSignal) => Promise<Response>
  readonly lookup: Lookup
}

/** Opens the SDK for a class of models. */
export const openCohere = async <Options extends ProviderOptions>(
  { fetch, headers, key = noKey, options: { model }, url }: Server<Options>,
  type: string
): Promise<OpenCohere> => {
  const { CohereClientV2 } = await import("cohere-ai").catch(optionalPackage("cohere-ai", type))
  const client = new CohereClientV2({ baseUrl: url, token: key, headers, fetch, maxRetries: 0 })
  // The SDK's way for plain requests: its own reading drops what it does not know.
  const get = (path: string, signal: AbortSignal) => client.fetch(path, { signal })
  return {
    post: (path, body, signal) =>
      client.fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal
      }),
    lookup: {
      look: (signal) => get(`v1/models/${encodeURIComponent(model)}`, signal),
      models: async (signal) => {
        const { models } = record(await (await get("v1/models", signal)).json())
        return list(models).map((each) => String(record(each)["name"]))
      }
    }
  }
}
