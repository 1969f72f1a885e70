/** Ollama's answers: the way from the body of a chat to what tasks get. */
import { usageOf } from "../chat/Answer.ts"
import type { AnswerFormat } from "../chat/formats.ts"
import type { GenerateOutput, GenerateRequest } from "../chat/LLM.ts"
import { callsIn } from "../chatCompletions/chatTools.ts"
import { countIn, record, textIn } from "../http/wireValues.ts"
import { readWhole } from "../provider/bodies.ts"
import { oneAnswer } from "../provider/oneAnswer.ts"

/** The answer in a body, whole or in lines. Throws `Unusable` for what is none, or an error. */
export const ollamaAnswer = (
  text: string,
  { structuredOutput }: GenerateRequest
): GenerateOutput => {
  const { done, done_reason, error, eval_count, message, prompt_eval_count } = readWhole(text)
  const { content, thinking, tool_calls } = record(message)
  return oneAnswer({
    usage: usageOf({ input: countIn(prompt_eval_count), output: countIn(eval_count) }),
    error,
    lacks: message === undefined ? "no chat: it has no message" : undefined,
    finish: done === true ? (done_reason ?? "stop") : undefined,
    text: chosen(textIn(content) ?? "", structuredOutput),
    reasoning: textIn(thinking) ?? null,
    toolCalls: callsIn(tool_calls)
  })
}

/** The text of a choice is in quotes, as JSON has it. */
const chosen = (text: string, format: AnswerFormat | undefined): string =>
  format !== undefined && "choices" in format
    ? (format.choices.find((choice) => JSON.stringify(choice) === text.trim()) ?? text)
    : text
