/** Vertex AI: what it brings to Gemini models. */
import { diagnosed } from "../asking/Diagnosis.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import type { Fetch } from "../http/undiciFetch.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { offlineBatches } from "../provider/ModelDocument.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { openVertex, vertexFields, vertexHome } from "./home.ts"
import { vertexAnswer } from "./vertexAnswer.ts"
import {
  VertexAIGenerationKwargs,
  type VertexAIOptions,
  VertexAIParameters
} from "./VertexOptions.ts"
import { vertexRequest } from "./vertexRequest.ts"

const connect = async (server: Server<VertexAIOptions>): Promise<Connection> => {
  const { fetch, options } = server
  const { model, stream = false } = options
  const { client, lookup } = await openVertex(server, "VertexAILLM")
  return {
    ask: (request) =>
      diagnosed(async (signal) => {
        const parameters = vertexRequest(model, request, signal)
        // The plain response: the SDK keeps only what it knows of an answer, and nothing of an error with status 200.
        const send = (keeping: Fetch): Promise<unknown> => {
          const asked = {
            ...parameters,
            config: { ...parameters.config, httpOptions: { fetch: keeping } }
          }
          return stream
            ? client.models.generateContentStream(asked)
            : client.models.generateContent(asked)
        }
        return vertexAnswer(await rawAnswer(fetch, send))
      }),
    lookup
  }
}

export const vertexAI = defineProvider<VertexAIOptions>({
  ...vertexHome,
  type: "VertexAILLM",
  parameters: VertexAIParameters,
  otherNames: { maxNewTokens: "maxOutputTokens" },
  rareFormats: () => ({
    taken: ["choices"],
    fix: "Give choices or a JSON schema: { name, schema }."
  }),
  notInDocuments: ["credentials"],
  document: {
    kwargs: VertexAIGenerationKwargs,
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
