import { sumTokens } from "../answers/Tokens.ts"
import { mistralLimitHeaders } from "../faults/LimitHeaders.ts"
/**
 * Mistral's wire format: chat completions like OpenAI's, but with no field for refusals and flat
 * errors.
 */
import { readChatCompletion, writeChatCompletion } from "./ChatCompletions.ts"
import type { Failure, Protocol } from "./Protocol.ts"
import { chatPieces } from "./Streamed.ts"

const types: Readonly<Record<Failure["reason"], string>> = {
  "bad-request": "invalid_request_error",
  unauthorized: "invalid_request_error",
  "unknown-model": "invalid_model",
  "unknown-route": "invalid_request_error",
  "rate-limit": "rate_limited",
  "server-error": "internal_server_error"
}

const codes: Partial<Readonly<Record<Failure["reason"], string>>> = {
  "unknown-model": "1500",
  "rate-limit": "1300"
}

export const mistralProtocol: Protocol = {
  read: readChatCompletion,
  pieces: chatPieces,
  limitHeaders: mistralLimitHeaders,
  answer: (reply, answers) =>
    writeChatCompletion(
      reply,
      answers.map(({ text, truncated }, index) => ({
        index,
        message: { role: "assistant", content: text, tool_calls: null },
        finish_reason: truncated ? "length" : "stop"
      })),
      sumTokens(answers)
    ),
  refusal: (reply, { text, tokens }) =>
    writeChatCompletion(
      reply,
      Array.from({ length: reply.question.n }, (_, index) => ({
        index,
        message: { role: "assistant", content: text, tool_calls: null },
        finish_reason: "content_filter"
      })),
      tokens * reply.question.n
    ),
  failure: ({ reason, message }) =>
    reason === "unauthorized"
      ? { detail: "Unauthorized" }
      : { object: "error", message, type: types[reason], param: null, code: codes[reason] ?? null }
}
