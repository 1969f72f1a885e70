/** Cohere's answers: the way from the body of a chat to what tasks get. */
import { type Logprob, type TokenUsage, usageOf } from "../chat/Answer.ts"
import type { GenerateOutput } from "../chat/LLM.ts"
import { callsIn } from "../chatCompletions/chatTools.ts"
import { countIn, joinedText, list, record } from "../http/wireValues.ts"
import { readWhole } from "../provider/bodies.ts"
import { oneAnswer } from "../provider/oneAnswer.ts"

type Wire = Readonly<Record<string, unknown>>

/** The answer in a body, whole or as a stream. Throws `Unusable` for what is none, or an error. */
export const cohereAnswer = (text: string): GenerateOutput => {
  const { error, finish_reason, logprobs, message, usage } = readWhole(text, partOf)
  const parts = list(record(message)["content"]).map(record)
  return oneAnswer({
    usage: countsIn(record(usage)),
    error,
    lacks: typeof message === "object" ? undefined : "no chat: it has no message",
    finish: finish_reason,
    text: joinedText(parts.map((part) => part["text"])),
    reasoning: joinedText(parts.map((part) => part["thinking"])),
    toolCalls: callsIn(record(message)["tool_calls"]),
    logprobs: list(logprobs).map(record).flatMap(logprobOf)
  })
}

/** What an event of a stream adds to the chat. */
const partOf = ({ delta, index, logprobs, type, ...rest }: Wire): Wire => {
  const { error, finish_reason, message, usage } = record(delta)
  switch (type) {
    case "message-start":
      return { message: {} }
    case "content-start":
    case "content-delta":
      return {
        message: { content: [{ index, ...record(record(message)["content"]) }] },
        logprobs: logprobs === undefined ? undefined : [logprobs]
      }
    case "tool-call-start":
    case "tool-call-delta":
      return { message: { tool_calls: [{ index, ...record(record(message)["tool_calls"]) }] } }
    case "message-end":
      return { error, finish_reason, usage }
    default:
      // An error that a gateway sends in the place of an event.
      return type === undefined ? rest : {}
  }
}

/** What is paid for, where Cohere says so: templates and tools of its own are not. */
const countsIn = ({ billed_units, cached_tokens, tokens }: Wire): TokenUsage | undefined => {
  const count = (name: string): number | undefined =>
    countIn(record(billed_units)[name]) ?? countIn(record(tokens)[name])
  return usageOf({
    input: count("input_tokens"),
    output: count("output_tokens"),
    cached: countIn(cached_tokens)
  })
}

/** Cohere tells a text with the log probability of each of its tokens. */
const logprobOf = ({ logprobs, text }: Wire): ReadonlyArray<ReadonlyArray<Logprob>> => {
  const all = list(logprobs).filter((each) => typeof each === "number")
  return typeof text === "string" && all.length > 0
    ? [[{ token: text, logprob: all.reduce((sum, each) => sum + each, 0) }]]
    : []
}
