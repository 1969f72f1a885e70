/** Ollama's answers: the way from the body of a chat to what tasks get. */
import { usageOf } from "../chat/Answer.ts"
import type { AnswerFormat } from "../chat/formats.ts"
import type { GenerateOutput } from "../chat/LLM.ts"
import { countIn, record, textIn } from "../http/wireValues.ts"
import { readBody } from "../provider/bodies.ts"
import { oneAnswer } from "../provider/oneAnswer.ts"

/**
 * The answer with the text that was chosen, where it is one of several: Ollama's is in quotes, as
 * JSON has it.
 */
export const chosen = (
  { answers }: GenerateOutput,
  format: AnswerFormat | undefined
): GenerateOutput =>
  format === undefined || !("choices" in format)
    ? { answers }
    : {
        answers: answers.map((answer) => ({
          ...answer,
          text:
            format.choices.find((choice) => JSON.stringify(choice) === answer.text?.trim()) ??
            answer.text
        }))
      }

/** The answer in a body, whole or in lines. Throws `Unusable` for what is none, or an error. */
export const ollamaAnswer = (text: string): GenerateOutput => {
  const body = readBody(text)
  const parts = (body.kind === "value" ? [body.value] : body.values).map(record)
  const { done, done_reason, eval_count, prompt_eval_count } = parts.at(-1) ?? {}
  const messages = parts.flatMap(({ message }) => (message === undefined ? [] : [record(message)]))
  const joined = (field: string): string =>
    messages.map((message) => textIn(message[field]) ?? "").join("")
  return oneAnswer({
    usage: usageOf({ input: countIn(prompt_eval_count), output: countIn(eval_count) }),
    error: parts.map(({ error }) => error).find((error) => error !== undefined),
    lacks: messages.length === 0 ? "no chat: it has no message" : undefined,
    finish: done === true ? (done_reason ?? "stop") : undefined,
    text: joined("content"),
    reasoning: textIn(joined("thinking")) ?? null
  })
}
