/** Cohere's wire format, for a simulator. */
import { chatToolToCall, writeCalls } from "../chatCompletions/simulated.ts"
import {
  type DrawnToken,
  type Protocol,
  type Reply,
  sumTokens,
  type Written,
  wrongCounts
} from "../simulated/Protocol.ts"
import { conversationIn } from "../simulated/Question.ts"
import { wordsOf } from "../simulated/Streamed.ts"
import {
  decoded,
  isObject,
  numberAt,
  objectAt,
  stringsOf,
  type WireObject
} from "../simulated/Wire.ts"

const chat = (
  reply: Reply,
  text: string,
  finishReason: string,
  outputTokens: number
): WireObject => {
  const counts = { input_tokens: reply.inputTokens, output_tokens: outputTokens }
  return {
    id: `chat-${reply.key.toString(36)}`,
    finish_reason: finishReason,
    message: { role: "assistant", content: [{ type: "text", text }] },
    usage: { billed_units: counts, tokens: counts },
    ...(reply.question.logprobs === undefined
      ? {}
      : { logprobs: reply.logprobs(text, 0).map(logprobItem) })
  }
}

const logprobItem = ({ logprob, token }: DrawnToken): WireObject => ({
  text: token,
  token_ids: [0],
  logprobs: [logprob]
})

/** A chat as the events that it arrives in. */
const stream = ({ finish_reason, id, logprobs, message, usage }: WireObject): Written => {
  const { content, tool_calls } = objectAt({ message }, "message")
  const [part] = Array.isArray(content) ? content.filter(isObject) : []
  const pieces = Array.isArray(logprobs)
    ? logprobs.filter(isObject).map((item) => ({ text: String(item["text"]), logprobs: item }))
    : wordsOf(String(part?.["text"] ?? "")).map((text) => ({ text }))
  const events: ReadonlyArray<WireObject> = [
    { type: "message-start", id, delta: { message: { role: "assistant", content: [] } } },
    ...(Array.isArray(tool_calls) ? tool_calls : []).map((call: unknown, index) => ({
      type: "tool-call-start",
      index,
      delta: { message: { tool_calls: call } }
    })),
    {
      type: "content-start",
      index: 0,
      delta: { message: { content: { type: "text", text: "" } } }
    },
    ...pieces.map(({ text, ...more }) => ({
      type: "content-delta",
      index: 0,
      delta: { message: { content: { text } } },
      ...more
    })),
    { type: "content-end", index: 0 },
    { type: "message-end", delta: { finish_reason, usage } }
  ]
  return {
    body: events
      .map((event) => `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`)
      .join(""),
    contentType: "text/event-stream"
  }
}

const modelCard = (id: string): WireObject => ({
  name: id,
  endpoints: ["chat"],
  context_length: 128_000
})

export const cohereProtocol = {
  address: { name: "cohereUrl", path: "" },
  models: ["CohereLLM", "CohereEmbeddings"],
  options: (baseUrl) => ({ baseUrl, apiKey: "simulated" }),
  route: ({ headers, method, path }) => {
    if (method === "POST" && path === "/v2/chat")
      return { kind: "answer", name: "v2.chat", model: "" }
    if (method === "POST" && path === "/v2/embed")
      return { kind: "embeddings", name: "v2.embed", model: "" }
    // Others have their models under the same path.
    if (method !== "GET" || headers["x-fern-sdk-name"] !== "cohere-ai") return undefined
    if (path === "/v1/models") return { kind: "models.list", name: "models.list", model: "" }
    const model = /^\/v1\/models\/([^/]+)$/.exec(path)?.[1]
    return model === undefined
      ? undefined
      : { kind: "models.get", name: "models.get", model: decoded(model) }
  },
  read: (body) => {
    const { messages, model } = body
    if (typeof model !== "string" || model === "") return "invalid request: model is required"
    if (!Array.isArray(messages) || messages.length === 0)
      return "invalid request: messages must be a non-empty list"
    const maxTokens = numberAt(body, "max_tokens")
    const format = objectAt(body, "response_format")
    const schema = format["json_schema"] ?? format["schema"]
    return (
      wrongCounts(1, maxTokens) ?? {
        model,
        ...conversationIn(messages),
        sample: numberAt(body, "seed"),
        n: 1,
        maxTokens,
        stop: stringsOf(body["stop_sequences"]),
        tool: chatToolToCall(body, messages),
        json: format["type"] === "json_object",
        schema: isObject(schema) ? schema : undefined,
        logprobs: body["logprobs"] === true ? 1 : undefined
      }
    )
  },
  answer: (reply, answers) => {
    const [answer] = answers
    const tokens = sumTokens(answers)
    if (answer?.call === undefined)
      return chat(
        reply,
        answer?.text ?? "",
        answer?.truncated === true ? "MAX_TOKENS" : "COMPLETE",
        tokens
      )
    const tool_calls = writeCalls(answer, `call_${reply.key.toString(36)}`)
    const { logprobs: _, ...called } = chat(reply, "", "TOOL_CALL", tokens)
    return {
      ...called,
      message: { role: "assistant", tool_plan: "I will look it up.", tool_calls }
    }
  },
  embeddings: {
    read: ({ input_type, model, output_dimension, texts }) => {
      if (typeof model !== "string" || model === "") return "invalid request: model is required"
      if (typeof input_type !== "string") return "invalid request: input_type is required"
      const all = stringsOf(texts)
      if (all.length === 0 || all.includes("")) return "invalid request: texts must not be empty"
      if (all.length > 96) return "invalid request: total number of texts must be at most 96"
      const dimensions = typeof output_dimension === "number" ? output_dimension : undefined
      return { model, texts: all, dimensions }
    },
    answer: (_, vectors, inputTokens) => ({
      id: "embed-simulated",
      embeddings: { float: vectors },
      meta: { billed_units: { input_tokens: inputTokens } }
    })
  },
  // Cohere knows no refusals: the model says so in its answer.
  refusal: (reply, { text, tokens }) => chat(reply, text, "COMPLETE", tokens),
  stream,
  failure: ({ message }) => ({ id: "simulated", message }),
  modelCard,
  modelList: (ids) => ({ models: ids.map(modelCard) })
} as const satisfies Protocol
