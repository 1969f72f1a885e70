/** Connecting to a server that speaks chat completions. */
import type { OpenAI } from "openai"
import { type Lookup, modelRoutes } from "../asking/preflight.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import type { Connection, ProviderOptions, Server } from "../provider/ProviderDefinition.ts"
import { asking, noKey, sdkOptions } from "../provider/sdk.ts"
import { chatBatches, type JobWays } from "./batches.ts"
import { chatAnswer } from "./chatAnswer.ts"
import { chatRequest } from "./chatRequest.ts"
import { type FormatServer, inDialect, LearnedDialect, type MaxTokensField } from "./Dialect.ts"

/** A client of the SDK that the protocol comes from, and how a server is looked at. */
export interface ChatClient {
  readonly client: OpenAI
  readonly lookup: Lookup
}

/** The client of a server that speaks the protocol where it usually stands. */
export const openClient = async (server: Server<ProviderOptions>): Promise<ChatClient> => {
  const { OpenAI: Client } = await import("openai")
  const { fetch, headers, key = noKey, options, url } = server
  return {
    client: new Client(sdkOptions(server)),
    lookup: modelRoutes(fetch, url, options.model, { authorization: `Bearer ${key}`, ...headers })
  }
}

interface Ways {
  /** How the server names the limit of tokens, until it refuses. */
  readonly maxTokensField?: MaxTokensField
  readonly formatServer?: FormatServer | undefined
  /** The server's jobs of many requests, if it has such. */
  readonly jobs?: JobWays
}

/** Connects to the server. */
export const connectChatCompletions = async (
  server: Server<ProviderOptions>,
  { formatServer, jobs, maxTokensField = "max_tokens" }: Ways = {},
  opened?: ChatClient
): Promise<Connection> => {
  const { client, lookup } = opened ?? (await openClient(server))
  const { model, stream = false } = server.options
  const dialect = new LearnedDialect({ maxTokensField, stream, streamUsage: true, strict: true })
  return {
    ask: (request) =>
      inDialect(dialect, (current) =>
        asking(
          (asked: GenerateRequest, signal) =>
            client.chat.completions
              .create(chatRequest(model, asked, current, formatServer), { signal })
              .asResponse(),
          chatAnswer
        )(request)
      ),
    ...(jobs === undefined
      ? {}
      : {
          batches: chatBatches(
            client,
            (request) =>
              chatRequest(model, request, { ...dialect.current, stream: false }, formatServer),
            jobs
          )
        }),
    lookup
  }
}
