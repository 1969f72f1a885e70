/** Ollama's answers: the way from the body of a chat to what tasks get. */
import { failed, Unusable } from "../asking/Diagnosis.ts"
import { usageOf, withUsage } from "../chat/Answer.ts"
import { finishReasonOf } from "../chat/finishReasons.ts"
import type { GenerateOutput } from "../chat/LLM.ts"
import { countIn, record, textIn } from "../http/wireValues.ts"
import { readBody } from "../provider/bodies.ts"

/** The answer in a body, whole or in lines. Throws `Unusable` for what is none, or an error. */
export const ollamaAnswer = (text: string): GenerateOutput => {
  const body = readBody(text)
  const parts = (body.kind === "value" ? [body.value] : body.values).map(record)
  const last = parts.at(-1) ?? {}
  const usage = usageOf({
    input: countIn(last["prompt_eval_count"]),
    output: countIn(last["eval_count"])
  })
  const error = parts.map((part) => part["error"]).find((each) => each !== undefined)
  if (error !== undefined) throw failed(error, usage)
  const messages = parts.map((part) => part["message"]).filter((each) => each !== undefined)
  if (messages.length === 0)
    throw new Unusable({ reason: "InvalidAnswer", detail: "no chat: it has no message", usage })
  if (last["done"] !== true)
    throw new Unusable({
      reason: "InvalidAnswer",
      detail: "the stream ended before the answer did",
      usage
    })
  const joined = (field: string): string =>
    messages.map((message) => textIn(record(message)[field]) ?? "").join("")
  const thoughts = joined("thinking")
  const answer = {
    text: joined("content"),
    finishReason: finishReasonOf(last["done_reason"]) ?? "stop",
    ...(thoughts === "" ? {} : { reasoning: thoughts })
  }
  return { answers: [withUsage(answer, usage)] }
}
