/** Ollama's wire format, for a simulator. */
import { chatToolToCall } from "../chatCompletions/simulated.ts"
import { type Protocol, type Reply, sumTokens, wrongCounts } from "../simulated/Protocol.ts"
import { conversationIn } from "../simulated/Question.ts"
import { wordsOf } from "../simulated/Streamed.ts"
import { isObject, numberAt, objectAt, stringsOf, type WireObject } from "../simulated/Wire.ts"

const chat = (reply: Reply, content: string, doneReason: string, tokens: number): WireObject => ({
  model: reply.question.model,
  created_at: new Date(reply.created * 1000).toISOString(),
  message: { role: "assistant", content },
  done: true,
  done_reason: doneReason,
  total_duration: 1_000_000,
  prompt_eval_count: reply.inputTokens,
  eval_count: tokens
})

const modelCard = (id: string): WireObject => ({
  name: id,
  model: id,
  details: { family: "simulated", format: "gguf" },
  capabilities: ["completion", "thinking"]
})

export const ollamaProtocol = {
  address: { name: "ollamaUrl", path: "" },
  models: ["OllamaLLM"],
  options: (host) => ({ host }),
  route: ({ method, path }) => {
    if (method === "POST" && path === "/api/chat")
      return { kind: "answer", name: "api.chat", model: "" }
    if (method === "POST" && path === "/api/show")
      return { kind: "models.get", name: "models.get", model: "" }
    return method === "GET" && path === "/api/tags"
      ? { kind: "models.list", name: "models.list", model: "" }
      : undefined
  },
  modelIn: (body) => String(body["model"] ?? ""),
  // What a request does not say is a stream.
  streams: (body) => body["stream"] !== false,
  read: (body) => {
    const { messages, model } = body
    if (typeof model !== "string" || model === "") return "model is required"
    if (!Array.isArray(messages)) return "messages is required"
    const options = objectAt(body, "options")
    const maxTokens = numberAt(options, "num_predict")
    const { format } = body
    return (
      wrongCounts(1, maxTokens) ?? {
        model,
        ...conversationIn(messages),
        sample: numberAt(options, "seed"),
        n: 1,
        maxTokens,
        stop: stringsOf(options["stop"]),
        tool: chatToolToCall(body, messages),
        json: format === "json" || isObject(format),
        schema: isObject(format) ? format : undefined,
        logprobs: undefined
      }
    )
  },
  answer: (reply, answers) => {
    const [answer] = answers
    const whole = chat(
      reply,
      answer?.text ?? "",
      answer?.truncated === true ? "length" : "stop",
      sumTokens(answers)
    )
    return answer?.call === undefined
      ? whole
      : {
          ...whole,
          message: { role: "assistant", content: "", tool_calls: [{ function: answer.call }] }
        }
  },
  // Ollama knows no refusals: the model says so in its answer.
  refusal: (reply, { text, tokens }) => chat(reply, text, "stop", tokens),
  stream: (body) => {
    const { message, ...rest } = body
    const { content, tool_calls } = objectAt({ message }, "message")
    const lines = [
      ...wordsOf(String(content)).map((word) => ({
        model: rest["model"],
        created_at: rest["created_at"],
        message: { role: "assistant", content: word },
        done: false
      })),
      ...(tool_calls === undefined
        ? []
        : [
            {
              model: rest["model"],
              created_at: rest["created_at"],
              message: { role: "assistant", content: "", tool_calls },
              done: false
            }
          ]),
      { ...rest, message: { role: "assistant", content: "" } }
    ]
    return {
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
      contentType: "application/x-ndjson"
    }
  },
  failure: ({ message }) => ({ error: message }),
  modelCard,
  modelList: (ids) => ({ models: ids.map(modelCard) })
} as const satisfies Protocol
