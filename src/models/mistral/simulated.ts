/**
 * Mistral's wire format, for a simulator: chat completions like OpenAI's, but with no field for
 * refusals and flat errors.
 */
import {
  chatEmbeddings,
  chatModelCard,
  chatRoute,
  chatStream,
  finishOf,
  readChatCompletion,
  writeCalls,
  writeChatCompletion
} from "../chatCompletions/simulated.ts"
import { type LimitHeaders, whole } from "../simulated/Limits.ts"
import { type Failure, type Protocol, sumTokens } from "../simulated/Protocol.ts"
import type { WireObject } from "../simulated/Wire.ts"
import { mistralJobs } from "./simulatedBatches.ts"

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

/** Its headers speak of minutes. */
const mistralLimitHeaders: LimitHeaders = ({ tokens }, nowMs) =>
  tokens === undefined
    ? []
    : [
        "x-ratelimitbysize-limit-minute",
        whole(tokens.perMinute),
        "x-ratelimitbysize-remaining-minute",
        whole(tokens.left(nowMs))
      ]

/** Its client insists on more than the protocol's other clients do. */
const modelCard = (id: string): WireObject => ({
  ...chatModelCard(id),
  type: "base",
  capabilities: {
    completion_chat: true,
    function_calling: false,
    vision: true,
    fine_tuning: false
  },
  max_context_length: 131_072
})

export const mistralProtocol = {
  address: { name: "mistralUrl", path: "" },
  batches: mistralJobs,
  models: ["MistralLLM", "MistralEmbeddings"],
  options: (endpoint) => ({ endpoint, apiKey: "simulated" }),
  // The paths are OpenAI's: what tells the two apart is the client's name.
  route: (request) =>
    String(request.headers["user-agent"]).includes("mistral") ? chatRoute(request) : undefined,
  read: readChatCompletion,
  stream: chatStream,
  limitHeaders: mistralLimitHeaders,
  embeddings: {
    ...chatEmbeddings,
    read: ({ output_dimension, ...body }, model) =>
      chatEmbeddings.read({ ...body, dimensions: output_dimension }, model),
    // Its client insists on an id.
    answer: (...answered) => ({ id: "embd-simulated", ...chatEmbeddings.answer(...answered) })
  },
  modelCard,
  modelList: (ids) => ({ object: "list", data: ids.map(modelCard) }),
  answer: (reply, answers) =>
    writeChatCompletion(
      reply,
      answers.map((answer, index) => ({
        index,
        message: {
          role: "assistant",
          content: answer.text,
          // Nine letters and digits, as Mistral wants them back.
          tool_calls: writeCalls(answer, reply.key.toString(36).padStart(9, "0").slice(-9)) ?? null
        },
        finish_reason: finishOf(answer)
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
} as const satisfies Protocol
