/** The way from what a model of the AI SDK gives to an answer. */
import type { LanguageModelV4Content, LanguageModelV4GenerateResult } from "@ai-sdk/provider"
import { failed, Unusable } from "../asking/Diagnosis.ts"
import { type Answer, type FinishReason, usageOf } from "../chat/Answer.ts"

const reasons: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  length: "length",
  "content-filter": "filtered",
  "tool-calls": "tool",
  error: "error",
  interrupted: "error"
}

/** The answer. Throws `Unusable` for a refusal and for an end by an error. */
export const aiSdkAnswer = ({
  content,
  finishReason,
  usage: { inputTokens, outputTokens }
}: LanguageModelV4GenerateResult): Answer => {
  const usage = usageOf({
    input: inputTokens.total,
    output: outputTokens.total,
    reasoning: outputTokens.reasoning,
    cached: inputTokens.cacheRead
  })
  const text = textsOf(content, "text")
  const ended = reasons[finishReason.unified] ?? "stop"
  if (ended === "filtered")
    throw new Unusable({
      reason: "Refused",
      detail: text ?? "the content filter stopped the answer",
      usage
    })
  if (ended === "error")
    throw failed(`the answer ended with ${finishReason.raw ?? finishReason.unified}`, usage)
  const reasoning = textsOf(content, "reasoning")
  const toolCalls = content.flatMap((part) =>
    part.type === "tool-call"
      ? [{ id: part.toolCallId, name: part.toolName, arguments: part.input }]
      : []
  )
  return {
    text,
    finishReason: ended,
    ...(reasoning === null ? {} : { reasoning }),
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
    ...(usage === undefined ? {} : { usage })
  }
}

const textsOf = (
  content: ReadonlyArray<LanguageModelV4Content>,
  type: "text" | "reasoning"
): string | null => {
  const texts = content.flatMap((part) => (part.type === type ? [part.text] : []))
  return texts.length === 0 ? null : texts.join("")
}
