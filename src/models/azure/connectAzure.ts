/** Connecting to a deployment on Azure. */
import { environment } from "../asking/environment.ts"
import type { Secret } from "../asking/secrets.ts"
import { connectChatCompletions } from "../chatCompletions/connect.ts"
import type { MaxTokensField } from "../chatCompletions/Dialect.ts"
import type { Connection, ProviderOptions, Server } from "../provider/ProviderDefinition.ts"
import { noKey, sdkOptions } from "../provider/sdk.ts"

const lastStableVersion = "2024-10-21"

interface Deployment extends ProviderOptions {
  readonly apiKey?: Secret | undefined
  readonly apiVersion?: string | undefined
  readonly azureAdTokenProvider?: (() => PromiseLike<string>) | undefined
  readonly maxTokensField?: MaxTokensField | undefined
}

/** Deployments are not listed where they are asked: only a question shows whether one is there. */
export const connectAzure = async (server: Server<Deployment>): Promise<Connection> => {
  const { AzureOpenAI } = await import("openai")
  const { fetch, headers, key, options, url } = server
  const { azureAdTokenProvider, model } = options
  const apiVersion = options.apiVersion ?? environment("OPENAI_API_VERSION") ?? lastStableVersion
  const client = new AzureOpenAI({
    ...sdkOptions(server),
    // Left out, it is what OPENAI_BASE_URL says, which is another server's address.
    baseURL: null,
    endpoint: url,
    apiVersion,
    deployment: model,
    apiKey: azureAdTokenProvider === undefined ? (key ?? noKey) : undefined,
    azureADTokenProvider:
      azureAdTokenProvider === undefined ? undefined : async () => azureAdTokenProvider()
  })
  const look = async (signal: AbortSignal): Promise<unknown> => {
    const signed =
      azureAdTokenProvider === undefined
        ? { "api-key": key ?? noKey }
        : { authorization: `Bearer ${await azureAdTokenProvider()}` }
    return fetch(`${url}/openai/models?api-version=${apiVersion}`, {
      headers: { ...signed, ...headers },
      signal
    })
  }
  return connectChatCompletions(
    server,
    { maxTokensField: options.maxTokensField ?? "max_completion_tokens" },
    { client, lookup: { look, modelMayHide: true } }
  )
}
