/** Connecting to a model that Hugging Face serves. */
import { connectChatCompletions } from "../chatCompletions/connect.ts"
import type { MaxTokensField } from "../chatCompletions/Dialect.ts"
import type { Connection, ProviderOptions, Server } from "../provider/ProviderDefinition.ts"
import { noKey } from "../provider/sdk.ts"
import { wakeEndpoint } from "./wakeEndpoint.ts"

interface Served extends ProviderOptions {
  readonly endpointName?: string | undefined
  readonly endpointNamespace?: string | undefined
  readonly billTo?: string | undefined
  readonly maxTokensField?: MaxTokensField | undefined
}

export const connectHuggingFace = async (server: Server<Served>): Promise<Connection> => {
  const { fetch, key = noKey, options } = server
  const { billTo, endpointName, endpointNamespace, maxTokensField = "max_tokens" } = options
  const headers = {
    ...server.headers,
    ...(billTo === undefined ? {} : { "x-hf-bill-to": billTo })
  }
  const url =
    endpointName === undefined
      ? server.url
      : await wakeEndpoint(fetch, {
          name: endpointName,
          namespace: endpointNamespace,
          headers: { authorization: `Bearer ${key}`, ...headers }
        })
  return connectChatCompletions({ ...server, url, headers }, { maxTokensField })
}
