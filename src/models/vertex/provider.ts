/** Vertex AI: what it brings to Gemini models. */
import { choicesToo } from "../asking/modelOptions.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { offlineBatches } from "../provider/ModelDocument.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { askGemini } from "./askGemini.ts"
import { openVertex, vertexFields, vertexHome } from "./home.ts"
import { type VertexAIOptions, VertexAIParameters } from "./VertexOptions.ts"

const connect = async (server: Server<VertexAIOptions>): Promise<Connection> => {
  const { client, lookup } = await openVertex(server, "VertexAILLM")
  return { ask: askGemini(client, server.fetch, server.options), lookup }
}

export const vertexAI = defineProvider<VertexAIOptions>({
  ...vertexHome,
  type: "VertexAILLM",
  parameters: VertexAIParameters,
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
    fields: vertexFields,
    pythonShares: [],
    ignores: offlineBatches
  },
  connect
})
