import { optionalPackage } from "../../runtime/PackageMissing.ts"
/** Anthropic: what it brings to its models. */
import { diagnosed } from "../asking/Diagnosis.ts"
import { neverMs } from "../http/undiciFetch.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { serverFields } from "../provider/ModelDocument.ts"
import { apiKeyIn, type Connection, type Server } from "../provider/ProviderDefinition.ts"
import {
  AnthropicGenerationKwargs,
  type AnthropicOptions,
  AnthropicParameters
} from "./AnthropicOptions.ts"
import { messagesAnswer } from "./messagesAnswer.ts"
import { messagesRequest } from "./messagesRequest.ts"

/** What servers get that want no key; the SDK insists on one. */
const noKey = "EMPTY"

const connect = async ({
  fetch,
  headers,
  key = noKey,
  options: { model, stream = false },
  url
}: Server<AnthropicOptions>): Promise<Connection> => {
  const { Anthropic } = await import("@anthropic-ai/sdk").catch(
    optionalPackage("@anthropic-ai/sdk", "AnthropicLLM")
  )
  const client = new Anthropic({
    baseURL: url,
    apiKey: key,
    authToken: null,
    defaultHeaders: headers,
    maxRetries: 0,
    timeout: neverMs,
    fetch
  })
  return {
    ask: (request) =>
      diagnosed(async (signal) => {
        const response = await client.messages
          .create(messagesRequest(model, request, stream), { signal })
          .asResponse()
        return messagesAnswer(await response.text())
      }),
    lookup: {
      look: (signal) => client.models.retrieve(model, {}, { signal }),
      models: async (signal) => (await client.models.list({}, { signal })).data.map(({ id }) => id)
    }
  }
}

export const anthropic = defineProvider<AnthropicOptions>({
  type: "AnthropicLLM",
  name: "Anthropic",
  hosts: /(^|\.)anthropic\.com$/,
  priceId: "anthropic",
  parameters: AnthropicParameters,
  address: {
    option: "baseUrl",
    variable: "ANTHROPIC_BASE_URL",
    fallback: () => "https://api.anthropic.com",
    // The SDK adds the version to the path itself, other clients want it given.
    tidied: (url) => url.replace(/\/(v1\/?)?$/, "")
  },
  key: apiKeyIn("ANTHROPIC_API_KEY"),
  named: ({ maxNewTokens, ...kwargs }: AnthropicGenerationKwargs) =>
    maxNewTokens === undefined ? kwargs : { maxTokens: maxNewTokens, ...kwargs },
  takesNumGenerations: false,
  document: {
    kwargs: AnthropicGenerationKwargs,
    pythonKwargs: ["max_tokens", "stop_sequences", "temperature", "top_p", "top_k"],
    fields: serverFields(),
    pythonShares: ["max_retries", "timeout", "structured_output"],
    ignores: { http_client: [] }
  },
  connect
})
