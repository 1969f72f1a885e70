import { type Question, splitConversation, type Turn } from "../answers/Question.ts"
import {
  isObject,
  numberAt,
  objectAt,
  stringsOf,
  textOf,
  type WireObject
} from "../answers/Wire.ts"
/** Chat completions: the part of the wire format that OpenAI and Mistral share. */
import { type Reply, wrongCounts } from "./Protocol.ts"

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
      json: format["type"] === "json_schema" || format["type"] === "json_object",
      schema: isObject(schema) ? schema : undefined,
      logprobs: body["logprobs"] === true ? (numberAt(body, "top_logprobs") ?? 0) : undefined
    }
  )
}

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
    total_tokens: reply.inputTokens + outputTokens
  }
})
