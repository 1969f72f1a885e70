/** Cohere: what it brings to its models. */
import { defineProvider } from "../provider/defineProvider.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { asking } from "../provider/sdk.ts"
import { cohereAnswer } from "./cohereAnswer.ts"
import { cohereDocument, type CohereOptions, CohereParameters } from "./CohereOptions.ts"
import { cohereRequest } from "./cohereRequest.ts"
import { cohereHome, openCohere } from "./home.ts"

const connect = async (server: Server<CohereOptions>): Promise<Connection> => {
  const { lookup, post } = await openCohere(server, "CohereLLM")
  const { model, stream = false } = server.options
  return {
    ask: asking(
      (request, signal) => post("v2/chat", cohereRequest(model, request, stream), signal),
      cohereAnswer
    ),
    lookup
  }
}

export const cohere = defineProvider<CohereOptions>({
  ...cohereHome,
  type: "CohereLLM",
  parameters: CohereParameters,
  otherNames: { maxNewTokens: "maxTokens", topK: "k", topP: "p" },
  document: cohereDocument,
  connect
})
