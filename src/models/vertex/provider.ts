/** Vertex AI: what it brings to Gemini models. */
import * as Schema from "effect/Schema"
import { choicesToo } from "../asking/modelOptions.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { askingTier, flexShare, patientForFlex } from "../provider/tiers.ts"
import { askGemini } from "./askGemini.ts"
import { signedHeaders } from "./credentials.ts"
import { openVertex, vertexFields, vertexHome } from "./home.ts"
import { Storage } from "./Storage.ts"
import { storedBatches } from "./storedBatches.ts"
import { type VertexAIOptions, VertexAIParameters, VertexTier } from "./VertexOptions.ts"

const connect = async (server: Server<VertexAIOptions>): Promise<Connection> => {
  const { client, clientIn, lookup } = await openVertex(server, "VertexAILLM")
  const { fetch, options } = server
  const {
    batchFolder: folder,
    serviceTier,
    storageUrl = "https://storage.googleapis.com"
  } = options
  const standard = askGemini(client, fetch, options)
  /** By the place that the names of their jobs begin with: each signs in for itself. */
  const clients = new Map<string, typeof client>()
  const ofTier = askGemini(client, fetch, options, {
    httpOptions: { headers: { "X-Vertex-AI-LLM-Shared-Request-Type": serviceTier ?? "" } }
  })
  return {
    ask: (request) =>
      askingTier(serviceTier, (tier) => (tier === undefined ? standard : ofTier)(request)),
    batches: storedBatches({
      model: options.model,
      client,
      clientOf: (job) => {
        const [place, project, location] =
          /^projects\/([^/]+)\/locations\/([^/]+)\//.exec(job) ?? []
        if (place === undefined) return client
        const known = clients.get(place) ?? clientIn(project, location!)
        clients.set(place, known)
        return known
      },
      storage: new Storage(storageUrl, fetch, () => signedHeaders(client)),
      folder
    }),
    lookup
  }
}

export const vertexAI = defineProvider<VertexAIOptions>({
  ...vertexHome,
  type: "VertexAILLM",
  parameters: VertexAIParameters,
  takesBatches: true,
  flexShare,
  patience: patientForFlex,
  otherNames: { maxNewTokens: "maxOutputTokens" },
  rareFormats: choicesToo,
  notInDocuments: ["credentials"],
  document: {
    pythonKwargs: [
      "temperature",
      "top_p",
      "top_k",
      "max_output_tokens",
      "stop_sequences",
      "safety_settings",
      "tools"
    ],
    fields: [
      ...vertexFields,
      { key: "batch_folder", holds: Schema.String, python: false },
      { key: "storage_url", holds: Schema.String, python: false },
      { key: "service_tier", holds: VertexTier, python: false }
    ],
    pythonShares: []
  },
  connect
})
