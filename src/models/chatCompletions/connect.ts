/** Connecting to a server that speaks chat completions. */
import type { OpenAI } from "openai"
import { prefixKey } from "../asking/PrefixOrder.ts"
import { type Lookup, modelRoutes } from "../asking/preflight.ts"
import { promptOf } from "../chat/chatKind.ts"
import type { GenerateOutput, GenerateRequest } from "../chat/LLM.ts"
import type { Connection, ProviderOptions, Server } from "../provider/ProviderDefinition.ts"
import { asking, noKey, sdkOptions } from "../provider/sdk.ts"
import { SdkRoute } from "../provider/SdkRoute.ts"
import { askingTier } from "../provider/tiers.ts"
import { chatBatches } from "./batches.ts"
import { chatAnswerOf } from "./chatAnswer.ts"
import { chatRequest } from "./chatRequest.ts"
import {
  type Dialect,
  type FormatServer,
  inDialect,
  LearnedDialect,
  type MaxTokensField,
  postedInDialect
} from "./Dialect.ts"
import { inlineBatches } from "./inlineBatches.ts"
import type { JobWays } from "./JobWays.ts"

/** A client of the SDK that the protocol comes from, and how a server is looked at. */
export interface ChatClient {
  readonly client: OpenAI
  /** The way of its requests, where their headers stay the same. */
  readonly route?: SdkRoute
  readonly lookup: Lookup
}

/** The client of a server that speaks the protocol where it usually stands. */
export const openClient = async (server: Server<ProviderOptions>): Promise<ChatClient> => {
  const { OpenAI: Client } = await import("openai")
  const { fetch, headers, key = noKey, options, url } = server
  const route = new SdkRoute(fetch)
  return {
    client: new Client({ ...sdkOptions(server), fetch: route.fetch }),
    route,
    lookup: modelRoutes(fetch, url, options.model, { authorization: `Bearer ${key}`, ...headers })
  }
}

type ChatBody = ReturnType<typeof chatRequest>

interface Ways {
  /** How the server names the limit of tokens, until it refuses. */
  readonly maxTokensField?: MaxTokensField
  readonly formatServer?: FormatServer | undefined
  /** The tier that is asked; where it has no room, the standard one is. */
  readonly serviceTier?: string | undefined
  /** Whether requests name the beginning of their prompt, where it is long. */
  readonly keysPrompts?: boolean
  /** What an answer of the flex tier costs of the usual price. Default: all of it. */
  readonly flexShare?: number | undefined
  /** Whether the server says what an answer costs. */
  readonly believesCost?: boolean
  /** The server's jobs of many requests, if it has such. */
  readonly jobs?: JobWays
}

const batchesBy = (
  jobs: JobWays,
  client: OpenAI,
  model: string,
  body: (request: GenerateRequest) => ChatBody,
  read: (body: string) => GenerateOutput
): NonNullable<Connection["batches"]> =>
  "inline" in jobs
    ? inlineBatches(client, model, body, read, jobs)
    : chatBatches(client, body, jobs)

/** Connects to the server. */
export const connectChatCompletions = async (
  server: Server<ProviderOptions>,
  {
    believesCost = false,
    flexShare,
    formatServer,
    jobs,
    keysPrompts = false,
    maxTokensField = "max_tokens",
    serviceTier
  }: Ways = {},
  opened?: ChatClient
): Promise<Connection> => {
  const { client, lookup, route } = opened ?? (await openClient(server))
  const { model, stream = false } = server.options
  const dialect = new LearnedDialect({ maxTokensField, stream, streamUsage: true, strict: true })
  const send = (body: ChatBody, signal: AbortSignal) =>
    client.chat.completions.create(body, { signal }).asResponse()
  const read = (text: string) => chatAnswerOf(text, { believesCost, flexShare })
  const bodyOf = (request: GenerateRequest, current: Dialect, tier: string | undefined) =>
    chatRequest(model, request, current, formatServer, {
      serviceTier: tier,
      promptCacheKey: keysPrompts
        ? prefixKey(request.asker?.step ?? "", promptOf(request))
        : undefined
    })
  const ask = (request: GenerateRequest, tier: string | undefined) =>
    inDialect(dialect, (current) => {
      const body = () => bodyOf(request, current, tier)
      return route === undefined
        ? asking((_: GenerateRequest, signal) => send(body(), signal), read)(request)
        : route.ask(body, send, read)
    })
  return {
    ask: (request) => askingTier(serviceTier, (tier) => ask(request, tier)),
    // What another tier answers is asked for by the one that has no room.
    ...(route === undefined || serviceTier !== undefined
      ? {}
      : {
          post: (request) =>
            postedInDialect(dialect, (current) =>
              route.posting(() => bodyOf(request, current, undefined), read)
            )
        }),
    ...(jobs === undefined
      ? {}
      : {
          batches: batchesBy(
            jobs,
            client,
            model,
            (request) =>
              chatRequest(model, request, { ...dialect.current, stream: false }, formatServer),
            read
          )
        }),
    lookup
  }
}
