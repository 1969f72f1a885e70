/** Connecting to a server that speaks chat completions, by the SDK that the protocol comes from. */
import { diagnosed } from "../asking/Diagnosis.ts"
import { modelRoutes } from "../asking/preflight.ts"
import { neverMs } from "../http/undiciFetch.ts"
import type { Connection, ProviderOptions, Server } from "../provider/ProviderDefinition.ts"
import { chatAnswer } from "./chatAnswer.ts"
import { chatRequest } from "./chatRequest.ts"
import { type FormatServer, inDialect, LearnedDialect, type MaxTokensField } from "./Dialect.ts"

/** What servers get that want no key; the SDK insists on one. */
const noKey = "EMPTY"

interface Ways {
  /** How the server names the limit of tokens, until it refuses. */
  readonly maxTokensField?: MaxTokensField
  readonly formatServer?: FormatServer | undefined
}

/** Connects to the server. */
export const connectChatCompletions = async (
  { fetch, headers, key = noKey, options, url }: Server<ProviderOptions>,
  { formatServer, maxTokensField = "max_tokens" }: Ways = {}
): Promise<Connection> => {
  const { OpenAI } = await import("openai")
  const client = new OpenAI({
    baseURL: url,
    apiKey: key,
    defaultHeaders: headers,
    maxRetries: 0,
    timeout: neverMs,
    fetch
  })
  const dialect = new LearnedDialect({
    maxTokensField,
    stream: options.stream ?? false,
    streamUsage: true,
    strict: true
  })
  return {
    ask: (request) =>
      inDialect(dialect, (current) =>
        diagnosed(async (signal) => {
          // The plain response: what is no JSON, or no completion, is ours to explain.
          const response = await client.chat.completions
            .create(chatRequest(options.model, request, current, formatServer), { signal })
            .asResponse()
          return chatAnswer(await response.text())
        })
      ),
    lookup: modelRoutes(fetch, url, options.model, { authorization: `Bearer ${key}`, ...headers })
  }
}
