/** Anthropic's wire format, for a simulator. */
import { type LimitHeaders, whole } from "../simulated/Limits.ts"
import {
  type Failure,
  type Protocol,
  type Reply,
  sumTokens,
  type Written,
  wrongCounts
} from "../simulated/Protocol.ts"
import { type AskedTool, splitConversation, toolToCall, type Turn } from "../simulated/Question.ts"
import { wordsOf } from "../simulated/Streamed.ts"
import {
  decoded,
  isObject,
  numberAt,
  objectAt,
  stringsOf,
  textOf,
  type WireObject
} from "../simulated/Wire.ts"
import { messageJobs } from "./simulatedBatches.ts"

const types: Readonly<Record<Failure["reason"], string>> = {
  "bad-request": "invalid_request_error",
  unauthorized: "authentication_error",
  "unknown-model": "not_found_error",
  "unknown-route": "not_found_error",
  "rate-limit": "rate_limit_error",
  "server-error": "api_error"
}

const message = (
  { cachedTokens = 0, inputTokens, key, question, writtenTokens = 0 }: Reply,
  text: string,
  stopReason: string,
  tokens: number
): WireObject => ({
  id: `msg_${key.toString(36)}`,
  type: "message",
  role: "assistant",
  model: question.model,
  content: [{ type: "text", text }],
  stop_reason: stopReason,
  stop_sequence: null,
  usage: {
    // What is cached, or is so from now on, is not part of its input.
    input_tokens: inputTokens - cachedTokens - writtenTokens,
    cache_creation_input_tokens: writtenTokens,
    cache_read_input_tokens: cachedTokens,
    output_tokens: tokens
  }
})

const textEvents = (block: WireObject = {}): ReadonlyArray<WireObject> => [
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  ...wordsOf(String(block["text"] ?? "")).map((text) => ({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text }
  }))
]

/** The arguments of a call arrive as parts of their JSON. */
const callEvents = ({ input, ...block }: WireObject): ReadonlyArray<WireObject> => {
  const json = JSON.stringify(input)
  const half = Math.ceil(json.length / 2)
  return [
    { type: "content_block_start", index: 0, content_block: { ...block, input: {} } },
    ...[json.slice(0, half), json.slice(half)].map((partial_json) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "input_json_delta", partial_json }
    }))
  ]
}

const blocksOf = (content: unknown, type: string): ReadonlyArray<WireObject> =>
  Array.isArray(content) ? content.filter(isObject).filter((block) => block["type"] === type) : []

const isMarked = (block: unknown): boolean => isObject(block) && "cache_control" in block

/** How much of the beginning is to be kept: up to the last mark. */
const keptOf = (system: unknown, messages: ReadonlyArray<unknown>): number => {
  const systemText = textOf(system)
  const { content } = isObject(messages[0]) ? messages[0] : {}
  const blocks: ReadonlyArray<unknown> = Array.isArray(content) ? content : []
  const last = blocks.findLastIndex(isMarked)
  if (last >= 0) {
    const role = messages.length > 1 ? "user: " : ""
    return `${systemText}\n${role}${textOf(blocks.slice(0, last + 1), "")}`.length
  }
  return Array.isArray(system) && system.some(isMarked) ? systemText.length : 0
}

const toolsIn = (tools: unknown): ReadonlyArray<AskedTool> =>
  (Array.isArray(tools) ? tools.filter(isObject) : []).map(({ input_schema, name }) => ({
    name: String(name),
    parameters: isObject(input_schema) ? input_schema : {}
  }))

/** A message as the events that it arrives in. */
const stream = ({ content, stop_reason, stop_sequence, usage, ...rest }: WireObject): Written => {
  const [block] = Array.isArray(content) ? content.filter(isObject) : []
  const counts = objectAt({ usage }, "usage")
  const events: ReadonlyArray<WireObject> = [
    {
      type: "message_start",
      message: { ...rest, content: [], stop_reason: null, usage: { ...counts, output_tokens: 1 } }
    },
    ...(block?.["type"] === "tool_use" ? callEvents(block) : textEvents(block)),
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason, stop_sequence },
      usage: { output_tokens: counts["output_tokens"] }
    },
    { type: "message_stop" }
  ]
  return {
    body: events
      .map((event) => `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`)
      .join(""),
    contentType: "text/event-stream"
  }
}

/** Its headers name the moment at which a limit is whole again. */
const limitHeaders: LimitHeaders = ({ rate, time, tokens }, nowMs) => {
  const of = (name: string, left: number, limit: number, resetMs: number) => [
    `anthropic-ratelimit-${name}-limit`,
    whole(limit),
    `anthropic-ratelimit-${name}-remaining`,
    whole(left),
    `anthropic-ratelimit-${name}-reset`,
    new Date(time + Math.ceil(resetMs)).toISOString()
  ]
  return [
    ...(rate === undefined
      ? []
      : of("requests", rate.left(nowMs), rate.count, rate.resetMs(nowMs))),
    ...(tokens === undefined
      ? []
      : of("tokens", tokens.left(nowMs), tokens.perMinute, tokens.resetMs(nowMs)))
  ]
}

const modelCard = (id: string): WireObject => ({
  id,
  type: "model",
  display_name: id,
  created_at: "2025-01-01T00:00:00Z"
})

export const anthropicProtocol = {
  address: { name: "anthropicUrl", path: "" },
  batches: messageJobs,
  models: ["AnthropicLLM"],
  options: (baseUrl) => ({ baseUrl, apiKey: "simulated" }),
  route: ({ headers, method, path }) => {
    if (method === "POST" && path === "/v1/messages")
      return { kind: "answer", name: "messages", model: "" }
    if (headers["anthropic-version"] === undefined || method !== "GET") return undefined
    if (path === "/v1/models") return { kind: "models.list", name: "models.list", model: "" }
    return path.startsWith("/v1/models/")
      ? {
          kind: "models.get",
          name: "models.get",
          model: decoded(path.slice("/v1/models/".length))
        }
      : undefined
  },
  read: (body) => {
    const { messages, model } = body
    if (typeof model !== "string" || model === "") return "model: Field required"
    if (!Array.isArray(messages) || messages.length === 0)
      return "messages: at least one message is required"
    const turns: Array<Turn> = []
    for (const [index, each] of messages.entries()) {
      const role = isObject(each) ? each["role"] : undefined
      if (role !== "user" && role !== "assistant")
        return `messages.${index}.role: Input should be 'user' or 'assistant'`
      const { content } = each as WireObject
      // What a tool gave is nobody's question.
      turns.push({
        role: blocksOf(content, "tool_result").length > 0 ? "assistant" : role,
        text: textOf(content, "")
      })
    }
    const maxTokens = numberAt(body, "max_tokens")
    if (maxTokens === undefined) return "max_tokens: Field required"
    const format = objectAt(objectAt(body, "output_config"), "format")
    const schema = format["schema"]
    return (
      wrongCounts(1, maxTokens) ?? {
        model,
        system: textOf(body["system"]),
        kept: keptOf(body["system"], messages),
        ...splitConversation(turns),
        sample: undefined,
        n: 1,
        maxTokens,
        stop: stringsOf(body["stop_sequences"]),
        tool: toolToCall(toolsIn(body["tools"]), {
          answered:
            blocksOf(objectAt({ last: messages.at(-1) }, "last")["content"], "tool_result").length >
            0,
          forbidden: objectAt(body, "tool_choice")["type"] === "none",
          named: objectAt(body, "tool_choice")["name"]
        }),
        json: format["type"] === "json_schema",
        schema: isObject(schema) ? schema : undefined,
        logprobs: undefined
      }
    )
  },
  answer: (reply, answers) => {
    const [answer] = answers
    const tokens = sumTokens(answers)
    if (answer?.call === undefined)
      return message(
        reply,
        answer?.text ?? "",
        answer?.truncated === true ? "max_tokens" : "end_turn",
        tokens
      )
    const { arguments: input, name } = answer.call
    const block = { type: "tool_use", id: `toolu_${reply.key.toString(36)}`, name, input }
    return { ...message(reply, "", "tool_use", tokens), content: [block] }
  },
  refusal: (reply, { text, tokens }) => message(reply, text, "refusal", tokens),
  stream,
  failure: ({ message: said, reason, status }) => ({
    type: "error",
    error: { type: status === 529 ? "overloaded_error" : types[reason], message: said }
  }),
  limitHeaders,
  modelCard,
  modelList: (ids) => ({ data: ids.map(modelCard), has_more: false })
} as const satisfies Protocol
