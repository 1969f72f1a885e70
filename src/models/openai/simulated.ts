/** OpenAI's wire format, for a simulator. */
import {
  chatEmbeddings,
  chatLimitHeaders,
  chatModelCard,
  chatRoute,
  chatStream,
  finishOf,
  readChatCompletion,
  writeCalls,
  writeChatCompletion,
  writeLogprobs
} from "../chatCompletions/simulated.ts"
import { chatJobs } from "../chatCompletions/simulatedBatches.ts"
import { type Failure, type Protocol, sumTokens } from "../simulated/Protocol.ts"
import { openAICompletion, openAIImages } from "./simulatedKinds.ts"
import { scoreRoute, servedScores } from "./simulatedScores.ts"

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

export const openAIProtocol = {
  address: { name: "openaiBaseUrl", path: "/v1" },
  models: ["OpenAILLM", "OpenAICompletions", "OpenAIEmbeddings", "OpenAIImages", "ClientvLLM"],
  options: (baseUrl) => ({ baseUrl, apiKey: "simulated" }),
  route: (arrived) => scoreRoute(arrived) ?? chatRoute(arrived),
  read: readChatCompletion,
  stream: chatStream,
  limitHeaders: chatLimitHeaders,
  embeddings: chatEmbeddings,
  completion: openAICompletion,
  images: openAIImages,
  scores: servedScores,
  batches: chatJobs,
  modelCard: chatModelCard,
  modelList: (ids) => ({ object: "list", data: ids.map(chatModelCard) }),
  answer: (reply, answers) =>
    writeChatCompletion(
      reply,
      answers.map((answer, index) => ({
        index,
        message: {
          role: "assistant",
          content: answer.call === undefined ? answer.text : null,
          refusal: null,
          annotations: [],
          ...(answer.call === undefined
            ? {}
            : { tool_calls: writeCalls(answer, `call_${reply.key.toString(36)}_${index}`) })
        },
        logprobs:
          reply.question.logprobs === undefined
            ? null
            : writeLogprobs(reply.logprobs(answer.text, index)),
        finish_reason: finishOf(answer)
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
} as const satisfies Protocol
