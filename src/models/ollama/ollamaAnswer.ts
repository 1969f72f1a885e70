/** Ollama's answers: the way from the body of a chat to what tasks get. */
import { failed, Unusable } from "../asking/Diagnosis.ts"
import { finishReasonOf } from "../chat/finishReasons.ts"
import type { GenerateOutput, Statistics } from "../chat/LLM.ts"
import { countIn, record, textIn } from "../http/wireValues.ts"
import { readBody } from "../provider/bodies.ts"

type Wire = Readonly<Record<string, unknown>>

/** The answer in a body, whole or in lines. Throws `Unusable` for what is none, or an error. */
export const ollamaAnswer = (text: string): GenerateOutput => {
  const body = readBody(text)
  const parts = (body.kind === "value" ? [body.value] : body.values).map(record)
  const last = parts.at(-1) ?? {}
  const usage = usageOf(last)
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
  return {
    generations: [joined("content")],
    statistics: usage,
    finishReasons: [finishReasonOf(last["done_reason"])],
    ...(thoughts === "" ? {} : { reasonings: [thoughts] })
  }
}

const usageOf = ({ eval_count, prompt_eval_count }: Wire): Statistics => {
  const input = countIn(prompt_eval_count)
  const output = countIn(eval_count)
  return {
    ...(input === undefined ? {} : { input_tokens: [input] }),
    ...(output === undefined ? {} : { output_tokens: [output] })
  }
}
