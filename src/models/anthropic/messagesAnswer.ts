/** Anthropic's answers: the way from the body of a message to what tasks get. */
import { type TokenUsage, usageOf } from "../chat/Answer.ts"
import type { GenerateOutput } from "../chat/LLM.ts"
import { countIn, list, record, textIn } from "../http/wireValues.ts"
import { type Body, readBody } from "../provider/bodies.ts"
import { oneAnswer } from "../provider/oneAnswer.ts"

type Wire = Readonly<Record<string, unknown>>

/**
 * The answer in a body, whole or as a stream.
 *
 * Throws `Unusable`: Refused where the model stopped for a refusal, InvalidAnswer for what is no
 * message, and what an error says.
 */
export const messagesAnswer = (text: string): GenerateOutput => {
  const { content, error, stop_details, stop_reason, usage } = messageIn(readBody(text))
  const blocks = list(content).map(record)
  const answer = joined(blocks, "text")
  const refusal = textIn(record(stop_details)["explanation"]) ?? answer ?? "the model refused"
  return oneAnswer({
    usage: countsIn(record(usage)),
    error,
    lacks: Array.isArray(content) ? undefined : "no message: it has no content",
    refusal: stop_reason === "refusal" ? refusal : undefined,
    finish: stop_reason,
    text: answer,
    reasoning: joined(blocks, "thinking")
  })
}

/** The texts of blocks, each in a field called after their type. */
const joined = (blocks: ReadonlyArray<Wire>, type: "text" | "thinking"): string | null => {
  const texts = blocks.filter((block) => block["type"] === type).map((block) => block[type])
  return texts.length === 0 ? null : texts.filter((text) => typeof text === "string").join("")
}

/** The message, put together from a stream's events where it arrived as one. */
const messageIn = (body: Body): Wire => {
  if (body.kind === "value") return record(body.value)
  const events = body.values.map(record)
  const error = events.find((event) => event["error"] !== undefined)
  if (error !== undefined) return error
  const start = record(events.find(({ type }) => type === "message_start")?.["message"])
  const end = events.findLast(({ type }) => type === "message_delta") ?? {}
  const blocks = new Map<unknown, Wire>()
  for (const { content_block, delta, index, type } of events) {
    if (type === "content_block_start") blocks.set(index, record(content_block))
    if (type !== "content_block_delta") continue
    const block = blocks.get(index) ?? {}
    for (const [field, piece] of Object.entries(record(delta)))
      if (field === "text" || field === "thinking")
        blocks.set(index, { ...block, [field]: (textIn(block[field]) ?? "") + String(piece) })
  }
  return {
    ...start,
    content: [...blocks.values()],
    ...record(end["delta"]),
    usage: { ...record(start["usage"]), ...record(end["usage"]) }
  }
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
    cached
  })
}
