/** Anthropic's answers: the way from the body of a message to what tasks get. */
import { failed, Unusable } from "../asking/Diagnosis.ts"
import { type TokenUsage, usageOf, withUsage } from "../chat/Answer.ts"
import { finishReasonOf } from "../chat/finishReasons.ts"
import type { GenerateOutput } from "../chat/LLM.ts"
import { countIn, record, textIn } from "../http/wireValues.ts"
import { type Body, readBody } from "../provider/bodies.ts"

type Wire = Readonly<Record<string, unknown>>

/**
 * The answer in a body, whole or as a stream.
 *
 * Throws `Unusable`: Refused where the model stopped for a refusal, InvalidAnswer for what is no
 * message, and what an error says.
 */
export const messagesAnswer = (text: string): GenerateOutput => {
  const message = messageIn(readBody(text))
  const usage = countsIn(record(message["usage"]))
  if (message["error"] !== undefined) throw failed(message["error"], usage)
  if (!Array.isArray(message["content"]))
    throw new Unusable({ reason: "InvalidAnswer", detail: "no message: it has no content", usage })
  const stopReason = message["stop_reason"]
  if (textIn(stopReason) === undefined)
    throw new Unusable({
      reason: "InvalidAnswer",
      detail: "the stream ended before the answer did",
      usage
    })
  const blocks = message["content"].map(record)
  const answer = joined(blocks, "text", "text")
  if (stopReason === "refusal")
    throw new Unusable({
      reason: "Refused",
      detail:
        textIn(record(message["stop_details"])["explanation"]) ?? answer ?? "the model refused",
      usage
    })
  const reasoning = joined(blocks, "thinking", "thinking")
  const answered = {
    text: answer,
    finishReason: finishReasonOf(stopReason) ?? "stop",
    ...(reasoning === null ? {} : { reasoning })
  }
  return { answers: [withUsage(answered, usage)] }
}

const joined = (blocks: ReadonlyArray<Wire>, type: string, field: string): string | null => {
  const texts = blocks.filter((block) => block["type"] === type).map((block) => block[field])
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
    const added = Object.entries(record(delta)).flatMap(([name, piece]) =>
      name === "text" || name === "thinking"
        ? [[name, (textIn(block[name]) ?? "") + String(piece)]]
        : []
    )
    blocks.set(index, { ...block, ...Object.fromEntries(added) })
  }
  return {
    ...start,
    content: [...blocks.values()],
    stop_reason: record(end["delta"])["stop_reason"],
    stop_details: record(end["delta"])["stop_details"],
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
