/** Chat completions for a simulator: what all providers that speak the protocol write alike. */
import type { Arrived } from "../simulated/Arrived.ts"
import { whole, type LimitHeaders } from "../simulated/Limits.ts"
import {
  type Destination,
  type DrawnToken,
  type EmbeddingsProtocol,
  type Limited,
  type Reply,
  type Written,
  wrongCounts
} from "../simulated/Protocol.ts"
import {
  type AskedTool,
  type Question,
  splitConversation,
  toolToCall,
  type Turn
} from "../simulated/Question.ts"
import { eventsOf, wordsOf } from "../simulated/Streamed.ts"
import {
  decoded,
  isObject,
  numberAt,
  objectAt,
  stringsOf,
  textOf,
  type WireObject
} from "../simulated/Wire.ts"

/** Reads a chat completion request. A string says what is wrong with it. */
export const readChatCompletion = (body: WireObject): Question | string => {
  const { model, messages } = body
  if (typeof model !== "string" || model === "") return "You must provide a model parameter."
  if (!Array.isArray(messages) || messages.length === 0)
    return "'messages' has to be a list of at least one message."

  const system: Array<string> = []
  const turns: Array<Turn> = []
  for (const message of messages) {
    if (!isObject(message))
      return "Every one of 'messages' has to be an object with a role and content."
    const text = textOf(message["content"])
    switch (message["role"]) {
      case "system":
      case "developer":
        system.push(text)
        break
      case "user":
        turns.push({ role: "user", text })
        break
      case "assistant":
      case "tool":
        turns.push({ role: "assistant", text })
        break
      default:
        return `Invalid role '${String(message["role"])}' in 'messages'.`
    }
  }

  const n = numberAt(body, "n") ?? 1
  const maxTokens = numberAt(body, "max_completion_tokens", "max_tokens")
  const format = objectAt(body, "response_format")
  const schema = objectAt(format, "json_schema")["schema"]
  return (
    wrongCounts(n, maxTokens) ?? {
      model,
      system: system.join("\n"),
      ...splitConversation(turns),
      sample: numberAt(body, "seed", "random_seed"),
      n,
      maxTokens,
      stop: stringsOf(body["stop"]),
      tool: chatToolToCall(body, messages),
      json: format["type"] === "json_schema" || format["type"] === "json_object",
      schema: isObject(schema) ? schema : undefined,
      logprobs: body["logprobs"] === true ? (numberAt(body, "top_logprobs") ?? 0) : undefined
    }
  )
}

/** The tool that a request in the protocol, or one that has its tools, wants called. */
export const chatToolToCall = (
  { tool_choice: choice, tools }: WireObject,
  messages: ReadonlyArray<unknown>
): AskedTool | undefined => {
  const offered = (Array.isArray(tools) ? tools.filter(isObject) : []).map((tool) => {
    const { name, parameters } = objectAt(tool, "function")
    return { name: String(name), parameters: isObject(parameters) ? parameters : {} }
  })
  const last = messages.at(-1)
  return toolToCall(offered, {
    answered: isObject(last) && last["role"] === "tool",
    forbidden: choice === "none" || choice === "NONE",
    named: objectAt(isObject(choice) ? choice : {}, "function")["name"]
  })
}

/** The call of an answer, as the protocol writes it; undefined where it has none. */
export const writeCalls = ({ call }: Limited, id: string): ReadonlyArray<WireObject> | undefined =>
  call === undefined
    ? undefined
    : [
        {
          id,
          type: "function",
          function: { name: call.name, arguments: JSON.stringify(call.arguments) }
        }
      ]

/** Why an answer ended, in the protocol's words. */
export const finishOf = ({ call, truncated }: Limited): string =>
  call === undefined ? (truncated ? "length" : "stop") : "tool_calls"

/** Writes a chat completion around its choices. */
export const writeChatCompletion = (
  reply: Reply,
  choices: ReadonlyArray<WireObject>,
  outputTokens: number
): WireObject => ({
  id: `chatcmpl-${reply.key.toString(36)}`,
  object: "chat.completion",
  created: reply.created,
  model: reply.question.model,
  choices,
  usage: {
    prompt_tokens: reply.inputTokens,
    completion_tokens: outputTokens,
    total_tokens: reply.inputTokens + outputTokens,
    ...(reply.cachedTokens === undefined
      ? {}
      : { prompt_tokens_details: { cached_tokens: reply.cachedTokens } })
  }
})

/** Where a request goes whose server has the protocol's routes behind a path of its own. */
export const chatRouteBehind =
  (prefix: string) =>
  (arrived: Arrived): Destination | undefined =>
    arrived.path.startsWith(`${prefix}/`)
      ? chatRoute({ ...arrived, path: arrived.path.slice(prefix.length) })
      : undefined

/** Where a request goes under the routes that the protocol has. */
export const chatRoute = ({ method, path }: Arrived): Destination => {
  if (method === "POST" && path === "/v1/chat/completions")
    return { kind: "answer", name: "chat.completions", model: "" }
  if (method === "POST" && path === "/v1/embeddings")
    return { kind: "embeddings", name: "embeddings", model: "" }
  if (method === "POST" && path === "/v1/completions")
    return { kind: "completion", name: "completions", model: "" }
  if (method === "POST" && path === "/v1/images/generations")
    return { kind: "images", name: "images.generations", model: "" }
  if (method === "GET" && path === "/v1/models")
    return { kind: "models.list", name: "models.list", model: "" }
  if (method === "GET" && path.startsWith("/v1/models/"))
    return {
      kind: "models.get",
      name: "models.get",
      model: decoded(path.slice("/v1/models/".length))
    }
  return { kind: "unknown", name: "unknown", model: "" }
}

/** A chat completion as a stream: the words of each choice, why it ended, what all of them used. */
export const chatStream = (body: WireObject): Written => eventsOf(chatPieces(body))

const chatPieces = ({
  choices,
  usage,
  ...envelope
}: WireObject): ReadonlyArray<WireObject | string> => {
  const chunk = (rest: WireObject): WireObject => ({
    ...envelope,
    object: "chat.completion.chunk",
    ...rest
  })
  const pieces = (Array.isArray(choices) ? choices.filter(isObject) : []).flatMap(
    ({ finish_reason, index, logprobs = null, message }) => {
      const { content, tool_calls, ...others } = objectAt({ message }, "message")
      const words = typeof content === "string" ? wordsOf(content) : []
      return [
        chunk({
          choices: [{ index, delta: { ...others, content: "" }, logprobs, finish_reason: null }]
        }),
        ...words.map((word) =>
          chunk({ choices: [{ index, delta: { content: word }, finish_reason: null }] })
        ),
        ...callPieces(tool_calls).map((call) =>
          chunk({ choices: [{ index, delta: { tool_calls: [call] }, finish_reason: null }] })
        ),
        chunk({ choices: [{ index, delta: {}, finish_reason }] })
      ]
    }
  )
  return [...pieces, chunk({ choices: [], usage }), "[DONE]"]
}

/** Calls in pieces: who is called, then the arguments in two halves. */
const callPieces = (calls: unknown): ReadonlyArray<WireObject> =>
  (Array.isArray(calls) ? calls.filter(isObject) : []).flatMap((call, index) => {
    const { arguments: given, name } = objectAt(call, "function")
    const text = String(given)
    const half = Math.ceil(text.length / 2)
    return [
      { index, ...call, function: { name, arguments: "" } },
      { index, function: { arguments: text.slice(0, half) } },
      { index, function: { arguments: text.slice(half) } }
    ]
  })

/** Texts embedded, as the protocol has it. */
export const chatEmbeddings: EmbeddingsProtocol = {
  read: ({ dimensions, input, model }) => {
    if (typeof model !== "string" || model === "") return "You must provide a model parameter."
    const texts = stringsOf(input)
    if (texts.length === 0 || texts.includes(""))
      return "'input' has to be texts that are not empty."
    return { model, texts, dimensions: typeof dimensions === "number" ? dimensions : undefined }
  },
  answer: ({ model }, vectors, inputTokens) => ({
    object: "list",
    model,
    data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
    usage: { prompt_tokens: inputTokens, total_tokens: inputTokens }
  })
}

/** The log probabilities of an answer, as the protocol writes them. */
export const writeLogprobs = (tokens: ReadonlyArray<DrawnToken>): WireObject => ({
  content: tokens.map(({ top, ...token }) => ({ ...entry(token), top_logprobs: top.map(entry) })),
  refusal: null
})

const entry = ({
  logprob,
  token
}: {
  readonly token: string
  readonly logprob: number
}): WireObject => ({ token, logprob, bytes: [...Buffer.from(token)] })

/** What is left of requests and tokens, and the spans until they are whole again. */
export const chatLimitHeaders: LimitHeaders = ({ rate, tokens }, nowMs) => [
  ...(rate === undefined
    ? []
    : [
        "x-ratelimit-limit-requests",
        whole(rate.count),
        "x-ratelimit-remaining-requests",
        whole(rate.left(nowMs)),
        "x-ratelimit-reset-requests",
        span(rate.resetMs(nowMs))
      ]),
  ...(tokens === undefined
    ? []
    : [
        "x-ratelimit-limit-tokens",
        whole(tokens.perMinute),
        "x-ratelimit-remaining-tokens",
        whole(tokens.left(nowMs)),
        "x-ratelimit-reset-tokens",
        span(tokens.resetMs(nowMs))
      ])
]

/** A span as headers write it: `120ms`, `6m0s`. */
const span = (time: number): string => {
  // a thousandth less: what a sum of floats is too much must not count as another millisecond
  const ms = Math.max(0, Math.ceil(time - 0.001))
  if (ms < 1000) return `${ms}ms`
  const seconds = ms / 1000
  return seconds < 60
    ? `${seconds}s`
    : `${Math.floor(seconds / 60)}m${Number((seconds % 60).toFixed(3))}s`
}

/** A model's card. */
export const chatModelCard = (id: string): WireObject => ({
  id,
  object: "model",
  created: 1_700_000_000,
  owned_by: "distilabel-ts-simulator"
})
