/** Connecting to a server that speaks chat completions. */
import * as Effect from "effect/Effect"
import type { OpenAI } from "openai"
import type { Diagnosis } from "../asking/Diagnosis.ts"
import { type Lookup, modelRoutes } from "../asking/preflight.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import type { Connection, ProviderOptions, Server } from "../provider/ProviderDefinition.ts"
import { asking, noKey, sdkOptions } from "../provider/sdk.ts"
import { chatBatches } from "./batches.ts"
import { chatAnswer, chatAnswerAndCost } from "./chatAnswer.ts"
import { chatRequest } from "./chatRequest.ts"
import { type FormatServer, inDialect, LearnedDialect, type MaxTokensField } from "./Dialect.ts"
import type { JobWays } from "./JobWays.ts"

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
  /** The tier that is asked; where it has no room, the standard one is. */
  readonly serviceTier?: string | undefined
  /** Whether the server says what an answer costs. */
  readonly believesCost?: boolean
  /** The server's jobs of many requests, if it has such. */
  readonly jobs?: JobWays
}

/** Whether a tier has no room: what it cannot take now, the standard one can. */
const hasNoRoom = ({ detail, status }: Diagnosis): boolean =>
  status === 429 && /resource[ _]?unavailable|flex.*unavailable/i.test(detail)

/** Connects to the server. */
export const connectChatCompletions = async (
  server: Server<ProviderOptions>,
  {
    believesCost = false,
    formatServer,
    jobs,
    maxTokensField = "max_tokens",
    serviceTier
  }: Ways = {},
  opened?: ChatClient
): Promise<Connection> => {
  const { client, lookup } = opened ?? (await openClient(server))
  const { model, stream = false } = server.options
  const dialect = new LearnedDialect({ maxTokensField, stream, streamUsage: true, strict: true })
  const ask = (request: GenerateRequest, tier: string | undefined) =>
    inDialect(dialect, (current) =>
      asking(
        (asked: GenerateRequest, signal) =>
          client.chat.completions
            .create(chatRequest(model, asked, current, formatServer, tier), { signal })
            .asResponse(),
        believesCost ? chatAnswerAndCost : chatAnswer
      )(request)
    )
  return {
    ask: (request) =>
      serviceTier === undefined
        ? ask(request, undefined)
        : Effect.catch(ask(request, serviceTier), (diagnosis) =>
            hasNoRoom(diagnosis) ? ask(request, undefined) : Effect.fail(diagnosis)
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
