/** Mistral, whatever its models are asked for: its address, its key, its SDK. */
import type { MistralCore as Client } from "@mistralai/mistralai/core.js"
import { modelRoutes } from "../asking/preflight.ts"
import type { Fetch } from "../http/Fetch.ts"
import {
  apiKeyIn,
  type Connection,
  type ProviderOptions,
  type Server
} from "../provider/ProviderDefinition.ts"

/** What all of its models have in common. */
export const mistralHome = {
  name: "Mistral",
  providerId: "mistral_ai",
  hosts: /(^|\.)mistral\.ai$/,
  priceId: "mistral",
  address: {
    option: "endpoint",
    variable: "MISTRAL_BASE_URL",
    fallback: () => "https://api.mistral.ai",
    // The SDK adds the version to the path itself, other clients want it given.
    tidied: (url: string) => url.replace(/\/(v1\/?)?$/, "")
  },
  key: apiKeyIn("MISTRAL_API_KEY")
} as const

/** What servers get that want no key. */
export const noKey = "EMPTY"

/** Clients of the SDK over a server, each with a fetch of its own, and how to look a model up. */
export const sdkOver = async (
  { fetch, key = noKey, options, url }: Server<ProviderOptions & { readonly model: string }>,
  missing: (thrown: unknown) => never
): Promise<{
  readonly clientOver: (fetcher: Fetch) => Client
  readonly lookup: Connection["lookup"]
}> => {
  const [{ MistralCore }, { HTTPClient }] = await Promise.all([
    import("@mistralai/mistralai/core.js").catch(missing),
    import("@mistralai/mistralai/lib/http.js").catch(missing)
  ])
  return {
    clientOver: (fetcher) =>
      new MistralCore({
        apiKey: key,
        serverURL: url,
        httpClient: new HTTPClient({ fetcher }),
        retryConfig: { strategy: "none" }
      }),
    lookup: modelRoutes(fetch, `${url}/v1`, options.model, { authorization: `Bearer ${key}` })
  }
}
