/** Anthropic: what it brings to its models. */
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { serverFields } from "../provider/ModelDocument.ts"
import {
  addressIn,
  apiKeyIn,
  type Connection,
  type Server,
  withoutVersion
} from "../provider/ProviderDefinition.ts"
import { sdkOptions } from "../provider/sdk.ts"
import { SdkRoute } from "../provider/SdkRoute.ts"
import { type AnthropicOptions, AnthropicParameters } from "./AnthropicOptions.ts"
import { messageBatches } from "./messageBatches.ts"
import { messagesAnswer } from "./messagesAnswer.ts"
import { messagesRequest } from "./messagesRequest.ts"

const connect = async (server: Server<AnthropicOptions>): Promise<Connection> => {
  const missing = optionalPackage("@anthropic-ai/sdk", "AnthropicLLM")
  const { Anthropic } = await import("@anthropic-ai/sdk").catch(missing)
  const route = new SdkRoute(server.fetch)
  const client = new Anthropic({ ...sdkOptions(server), fetch: route.fetch, authToken: null })
  const { model, stream = false } = server.options
  // Not `messages.create`: it prints a line for every request to a model that is to be retired.
  const send = (body: object, signal: AbortSignal) =>
    client.post("/v1/messages", { body, signal }).asResponse()
  return {
    ask: (request) =>
      route.ask(() => messagesRequest(model, request, stream), send, messagesAnswer),
    post: (request) => route.posting(() => messagesRequest(model, request, stream), messagesAnswer),
    batches: messageBatches(client, model),
    lookup: {
      look: (signal) => client.models.retrieve(model, {}, { signal }),
      models: async (signal) => (await client.models.list({}, { signal })).data.map(({ id }) => id)
    }
  }
}

export const anthropic = defineProvider<AnthropicOptions>({
  type: "AnthropicLLM",
  name: "Anthropic",
  providerId: "anthropic",
  hosts: /(^|\.)anthropic\.com$/,
  priceId: "anthropic",
  takesBatches: true,
  parameters: AnthropicParameters,
  address: addressIn("ANTHROPIC_BASE_URL", "https://api.anthropic.com", withoutVersion),
  key: apiKeyIn("ANTHROPIC_API_KEY"),
  otherNames: { maxNewTokens: "maxTokens" },
  document: {
    pythonKwargs: ["max_tokens", "stop_sequences", "temperature", "top_p", "top_k"],
    fields: serverFields(),
    pythonShares: ["max_retries", "timeout", "structured_output"],
    ignores: { http_client: [] }
  },
  connect
})
