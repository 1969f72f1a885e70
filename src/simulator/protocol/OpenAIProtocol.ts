import { sumTokens } from "../answers/Tokens.ts"
import { openAILimitHeaders } from "../faults/LimitHeaders.ts"
/** OpenAI's wire format. */
import { readChatCompletion, writeChatCompletion } from "./ChatCompletions.ts"
import { logprobsOf } from "./Logprobs.ts"
import type { Failure, Protocol } from "./Protocol.ts"
import { chatPieces } from "./Streamed.ts"

const codes: Readonly<Record<Failure["reason"], string | null>> = {
  "bad-request": null,
  unauthorized: "invalid_api_key",
  "unknown-model": "model_not_found",
  "unknown-route": "unknown_url",
  "rate-limit": "rate_limit_exceeded",
  "server-error": null
}

const types: Partial<Readonly<Record<Failure["reason"], string>>> = {
  "rate-limit": "requests",
  "server-error": "server_error"
}

export const openAIProtocol: Protocol = {
  read: readChatCompletion,
  pieces: chatPieces,
  limitHeaders: openAILimitHeaders,
  answer: (reply, answers) =>
    writeChatCompletion(
      reply,
      answers.map((answer, index) => ({
        index,
        message: { role: "assistant", content: answer.text, refusal: null, annotations: [] },
        logprobs:
          reply.question.logprobs === undefined
            ? null
            : logprobsOf(answer.text, reply.key, index, reply.question.logprobs),
        finish_reason: answer.truncated ? "length" : "stop"
      })),
      sumTokens(answers)
    ),
  refusal: (reply, { text, tokens }) =>
    writeChatCompletion(
      reply,
      Array.from({ length: reply.question.n }, (_, index) => ({
        index,
        message: { role: "assistant", content: null, refusal: text, annotations: [] },
        logprobs: null,
        finish_reason: "stop"
      })),
      tokens * reply.question.n
    ),
  failure: ({ reason, message }) => ({
    error: {
      message,
      type: types[reason] ?? "invalid_request_error",
      param: reason === "unknown-model" ? "model" : null,
      code: codes[reason]
    }
  })
}
