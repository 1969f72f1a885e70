import { splitConversation, type Turn } from "../answers/Question.ts"
import { sumTokens } from "../answers/Tokens.ts"
import {
  isObject,
  numberAt,
  objectAt,
  stringsOf,
  textOf,
  type WireObject
} from "../answers/Wire.ts"
/** The wire format of Gemini models on Vertex AI. */
import { type Protocol, type Reply, wrongCounts } from "./Protocol.ts"
import { vertexPieces } from "./Streamed.ts"

const statusNames: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED"
}

const usage = (reply: Reply, outputTokens: number): WireObject => ({
  promptTokenCount: reply.inputTokens,
  ...(outputTokens > 0 ? { candidatesTokenCount: outputTokens } : {}),
  totalTokenCount: reply.inputTokens + outputTokens
})

const envelope = (reply: Reply): WireObject => ({
  modelVersion: reply.question.model,
  createTime: new Date(reply.created * 1000).toISOString(),
  responseId: reply.key.toString(36)
})

export const vertexProtocol: Protocol = {
  pieces: vertexPieces,
  read: (body, model) => {
    const contents = body["contents"]
    if (!Array.isArray(contents) || contents.length === 0)
      return "at least one contents field is required"
    const turns: Array<Turn> = []
    for (const content of contents) {
      if (!isObject(content)) return "Every one of 'contents' has to be an object with parts."
      turns.push({
        role: content["role"] === "model" ? "assistant" : "user",
        text: textOf(content["parts"])
      })
    }
    const config = objectAt(body, "generationConfig")
    const n = numberAt(config, "candidateCount") ?? 1
    const maxTokens = numberAt(config, "maxOutputTokens")
    const schema = config["responseJsonSchema"] ?? config["responseSchema"]
    return (
      wrongCounts(n, maxTokens) ?? {
        model,
        system: textOf(objectAt(body, "systemInstruction")["parts"]),
        ...splitConversation(turns),
        sample: numberAt(config, "seed"),
        n,
        maxTokens,
        stop: stringsOf(config["stopSequences"]),
        json: config["responseMimeType"] === "application/json",
        schema: isObject(schema) ? schema : undefined,
        logprobs: undefined
      }
    )
  },
  answer: (reply, answers) => ({
    candidates: answers.map(({ text, truncated }, index) => ({
      index,
      content: { role: "model", parts: [{ text }] },
      finishReason: truncated ? "MAX_TOKENS" : "STOP"
    })),
    usageMetadata: usage(reply, sumTokens(answers)),
    ...envelope(reply)
  }),
  refusal: (reply, { text }) => ({
    promptFeedback: { blockReason: "SAFETY", blockReasonMessage: text },
    usageMetadata: usage(reply, 0),
    ...envelope(reply)
  }),
  failure: ({ status, message }) => ({
    error: {
      code: status,
      message,
      status: statusNames[status] ?? (status < 500 ? "INVALID_ARGUMENT" : "INTERNAL"),
      details: []
    }
  })
}
