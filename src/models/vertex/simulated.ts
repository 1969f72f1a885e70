/** The wire format of Gemini models on Vertex AI, for a simulator. */
import { type Protocol, type Reply, sumTokens, wrongCounts } from "../simulated/Protocol.ts"
import { type AskedTool, splitConversation, toolToCall, type Turn } from "../simulated/Question.ts"
import { eventsOf, wordsOf } from "../simulated/Streamed.ts"
import {
  decoded,
  isObject,
  numberAt,
  objectAt,
  stringsOf,
  textOf,
  type WireObject
} from "../simulated/Wire.ts"
import { vertexJobs } from "./simulatedBatches.ts"

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

/**
 * An answer in pieces: the words of its first candidate, then why it ended and what it
 * used.
 */
const vertexPieces = ({
  candidates,
  usageMetadata,
  ...envelope
}: WireObject): ReadonlyArray<WireObject> => {
  const [first] = Array.isArray(candidates) ? candidates.filter(isObject) : []
  const content = objectAt({ ...first }, "content")
  const parts = Array.isArray(content["parts"]) ? content["parts"].filter(isObject) : []
  const pieces = parts.flatMap((part) =>
    typeof part["text"] === "string" ? wordsOf(part["text"]).map((text) => ({ text })) : [part]
  )
  return [
    ...pieces.map((part) => ({
      candidates: [{ index: 0, content: { ...content, parts: [part] } }],
      ...envelope
    })),
    {
      ...(first === undefined
        ? {}
        : { candidates: [{ index: 0, finishReason: first["finishReason"] }] }),
      usageMetadata,
      ...envelope
    }
  ]
}

const partsWith = ({ parts }: WireObject, key: string): ReadonlyArray<WireObject> =>
  (Array.isArray(parts) ? parts.filter(isObject) : []).filter((part) => key in part)

/** The function that a request wants called. */
const toolOf = (body: WireObject, last: unknown): AskedTool | undefined => {
  const tools = Array.isArray(body["tools"]) ? body["tools"].filter(isObject) : []
  const declared = tools.flatMap(({ functionDeclarations: all }) =>
    (Array.isArray(all) ? all.filter(isObject) : []).map((each) => {
      const parameters = each["parametersJsonSchema"] ?? each["parameters"]
      return { name: String(each["name"]), parameters: isObject(parameters) ? parameters : {} }
    })
  )
  const config = objectAt(objectAt(body, "toolConfig"), "functionCallingConfig")
  const allowed = stringsOf(config["allowedFunctionNames"])
  return toolToCall(declared, {
    answered: isObject(last) && partsWith(last, "functionResponse").length > 0,
    forbidden: config["mode"] === "NONE",
    named: allowed[0]
  })
}

const path =
  /^\/v1(?:beta1?)?\/(?:projects\/[^/]+\/locations\/[^/]+\/)?(?:publishers\/google\/)?models\/([^/:]+)(:generateContent|:streamGenerateContent|:predict|:embedContent)?$/

const modelCard = (id: string): WireObject => ({
  name: `publishers/google/models/${id}`,
  versionId: "default"
})

const simulatedProject = (baseUrl: string) => ({
  baseUrl,
  accessToken: "simulated",
  project: "simulated"
})

export const vertexProtocol = {
  batches: vertexJobs,
  address: { name: "vertexUrl", path: "" },
  models: ["VertexAILLM"],
  options: (baseUrl) => ({
    ...simulatedProject(baseUrl),
    batchFolder: "gs://simulated/batches",
    storageUrl: baseUrl
  }),
  route: ({ method, path: at }) => {
    const [, model, action] = path.exec(at) ?? []
    if (model === undefined) return undefined
    if (method === "POST" && (action === ":predict" || action === ":embedContent"))
      return { kind: "embeddings", name: "embedContent", model: decoded(model) }
    if (method === "POST" && action !== undefined)
      return {
        kind: "answer",
        name: "generateContent",
        model: decoded(model),
        streams: action === ":streamGenerateContent"
      }
    return method === "GET" && action === undefined && !at.startsWith("/v1/models/")
      ? { kind: "models.get", name: "models.get", model: decoded(model) }
      : undefined
  },
  stream: (body) => eventsOf(vertexPieces(body)),
  embeddings: {
    read: (body, model) => {
      const { content, instances } = body
      const single = isObject(content)
      const texts = single
        ? [textOf(content["parts"])]
        : (Array.isArray(instances) ? instances.filter(isObject) : []).map((instance) =>
            String(instance["content"] ?? "")
          )
      if (texts.length === 0 || texts.includes("")) return "The text content is empty."
      const dimensions = numberAt(
        objectAt(body, single ? "embedContentConfig" : "parameters"),
        "outputDimensionality"
      )
      return { model, texts, dimensions, single }
    },
    answer: ({ single, texts }, vectors, inputTokens) =>
      single === true
        ? {
            embedding: { values: vectors[0] },
            usageMetadata: { promptTokenCount: inputTokens }
          }
        : {
            predictions: vectors.map((values, i) => ({
              embeddings: {
                values,
                statistics: {
                  truncated: false,
                  // The last text's count makes up for what rounding leaves.
                  token_count:
                    Math.floor(((i + 1) * inputTokens) / texts.length) -
                    Math.floor((i * inputTokens) / texts.length)
                }
              }
            }))
          }
  },
  modelCard,
  modelList: (ids) => ({ models: ids.map(modelCard) }),
  read: (body, model) => {
    const contents = body["contents"]
    if (!Array.isArray(contents) || contents.length === 0)
      return "at least one contents field is required"
    const turns: Array<Turn> = []
    for (const content of contents) {
      if (!isObject(content)) return "Every one of 'contents' has to be an object with parts."
      // What a tool gave is nobody's question.
      const isResult = partsWith(content, "functionResponse").length > 0
      turns.push({
        role: content["role"] === "model" || isResult ? "assistant" : "user",
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
        tool: toolOf(body, contents.at(-1)),
        json: config["responseMimeType"] === "application/json",
        schema: isObject(schema) ? schema : undefined,
        logprobs: undefined
      }
    )
  },
  answer: (reply, answers) => ({
    candidates: answers.map(({ call, text, truncated }, index) => ({
      index,
      content: {
        role: "model",
        parts: [
          call === undefined
            ? { text }
            : { functionCall: { name: call.name, args: call.arguments }, thoughtSignature: "c2ln" }
        ]
      },
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
} as const satisfies Protocol

/** The same for models that embed, which have no batch jobs. */
export const vertexEmbeddingsProtocol = {
  ...vertexProtocol,
  models: ["VertexAIEmbeddings"],
  options: simulatedProject,
  route: () => undefined
} as const satisfies Protocol
