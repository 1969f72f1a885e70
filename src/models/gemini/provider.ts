/** Google's own API for Gemini: what it brings to its models. */
import type { ServiceTier } from "@google/genai"
import * as Effect from "effect/Effect"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { choicesToo } from "../asking/modelOptions.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { serverFields } from "../provider/ModelDocument.ts"
import {
  addressIn,
  apiKeyIn,
  type Connection,
  type Server,
  withoutVersion
} from "../provider/ProviderDefinition.ts"
import { noKey } from "../provider/sdk.ts"
import { askingTier, flexShare, patientForFlex } from "../provider/tiers.ts"
import { askGemini } from "../vertex/askGemini.ts"
import { type GeminiOptions, GeminiParameters, GeminiTier } from "./GeminiOptions.ts"
import { inlineBatches } from "./inlineBatches.ts"

const connect = async ({
  fetch,
  headers,
  key = noKey,
  options,
  url
}: Server<GeminiOptions>): Promise<Connection> => {
  const { GoogleGenAI } = await import("@google/genai").catch(
    optionalPackage("@google/genai", "GeminiLLM")
  )
  // Not Vertex AI, whatever the environment says: that is another class here.
  const client = new GoogleGenAI({
    vertexai: false,
    apiKey: key,
    httpOptions: { baseUrl: url, apiVersion: "v1beta", headers, fetch }
  })
  const { serviceTier } = options
  const standard = askGemini(client, fetch, options)
  const ofTier = askGemini(client, fetch, options, { serviceTier: serviceTier as ServiceTier })
  return {
    ask: (request) =>
      askingTier(serviceTier, (tier) =>
        tier === undefined
          ? standard(request)
          : Effect.map(ofTier(request), (output) =>
              tier === "flex" ? { ...output, priceShare: flexShare } : output
            )
      ),
    batches: inlineBatches(client, fetch, options.model),
    lookup: {
      look: (signal) =>
        client.models.get({ model: options.model, config: { abortSignal: signal } }),
      models: async (signal) => {
        const { page } = await client.models.list({ config: { abortSignal: signal } })
        return page.map(({ name = "" }) => name.replace(/^models\//, ""))
      }
    }
  }
}

export const gemini = defineProvider<GeminiOptions>({
  type: "GeminiLLM",
  name: "Gemini",
  providerId: "gcp.gemini",
  hosts: /(^|\.)generativelanguage\.googleapis\.com$/,
  priceId: "google",
  takesBatches: true,
  flexShare,
  patience: patientForFlex,
  parameters: GeminiParameters,
  address: addressIn(
    "GOOGLE_GEMINI_BASE_URL",
    "https://generativelanguage.googleapis.com",
    withoutVersion
  ),
  key: { ...apiKeyIn("GEMINI_API_KEY"), headers: /^(authorization|x-goog-api-key)$/i },
  otherNames: { maxNewTokens: "maxOutputTokens" },
  rareFormats: choicesToo,
  document: {
    pythonKwargs: [],
    fields: [...serverFields(), { key: "service_tier", holds: GeminiTier, python: false }],
    pythonShares: []
  },
  connect
})
