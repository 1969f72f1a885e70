/** Anthropic's answers: the way from the body of a message to what tasks get. */
import { type TokenUsage, usageOf } from "../chat/Answer.ts"
import type { GenerateOutput } from "../chat/LLM.ts"
import type { ToolCall } from "../chat/tools.ts"
import { countIn, joinedText, list, record, textIn } from "../http/wireValues.ts"
import { readWhole } from "../provider/bodies.ts"
import { oneAnswer } from "../provider/oneAnswer.ts"

type Wire = Readonly<Record<string, unknown>>

/**
 * The answer in a body, whole or as a stream.
 *
 * Throws `Unusable`: Refused where the model stopped for a refusal, InvalidAnswer for what is no
 * message, and what an error says.
 */
export const messagesAnswer = (text: string): GenerateOutput => {
  const { content, error, stop_details, stop_reason, usage } = readWhole(text, partOf)
  const blocks = list(content).map(record)
  const answer = joinedText(blocks.map((block) => block["text"]))
  const refusal = textIn(record(stop_details)["explanation"]) ?? answer ?? "the model refused"
  return oneAnswer({
    usage: countsIn(record(usage)),
    error,
    lacks: Array.isArray(content) ? undefined : "no message: it has no content",
    refusal: stop_reason === "refusal" ? refusal : undefined,
    finish: stop_reason,
    text: answer,
    toolCalls: blocks.filter(({ type }) => type === "tool_use").map(callOf),
    reasoning: joinedText(blocks.map((block) => block["thinking"]))
  })
}

/** Of a stream the arguments are the JSON that arrived in parts. */
const callOf = ({ id, input, name, partial_json }: Wire): ToolCall => ({
  id: String(id),
  name: String(name),
  arguments: textIn(partial_json) ?? JSON.stringify(input ?? {})
})

/** What an event of a stream adds to the message. */
const partOf = ({ content_block, delta, error, index, message, type, usage }: Wire): Wire => {
  if (type === "message_start") return record(message)
  if (type === "message_delta") return { ...record(delta), usage }
  if (type === "content_block_start") return { content: [{ index, ...record(content_block) }] }
  if (type !== "content_block_delta") return { error }
  return { content: [{ index, ...record(delta), type: undefined }] }
}

/** What was read from a cache, or written to one, is not part of Anthropic's input. */
const countsIn = (usage: Wire): TokenUsage | undefined => {
  const input = countIn(usage["input_tokens"])
  const cached = countIn(usage["cache_read_input_tokens"]) ?? 0
  const written = countIn(usage["cache_creation_input_tokens"]) ?? 0
  return usageOf({
    input: input === undefined ? undefined : input + cached + written,
    output: countIn(usage["output_tokens"]),
    reasoning: countIn(record(usage["output_tokens_details"])["thinking_tokens"]),
    cached,
    written
  })
}
