/** The wire format of Google's own API, for a simulator: that of Vertex AI under other paths. */
import type { Protocol } from "../simulated/Protocol.ts"
import { decoded, type WireObject } from "../simulated/Wire.ts"
import { vertexProtocol } from "../vertex/simulated.ts"
import { geminiJobs } from "./simulatedBatches.ts"

const path = /^\/v1beta\/models(?:\/([^/:]+)(:generateContent|:streamGenerateContent)?)?$/

const modelCard = (id: string): WireObject => ({
  name: `models/${id}`,
  version: "001",
  displayName: id,
  supportedGenerationMethods: ["generateContent"]
})

export const geminiProtocol = {
  ...vertexProtocol,
  address: { name: "geminiUrl", path: "" },
  batches: geminiJobs,
  models: ["GeminiLLM"],
  options: (baseUrl) => ({ baseUrl, apiKey: "simulated" }),
  route: ({ method, path: at }) => {
    const found = path.exec(at)
    if (found === null) return undefined
    const [, model, action] = found
    if (model === undefined)
      return method === "GET" ? { kind: "models.list", name: "models.list", model: "" } : undefined
    if (method === "POST" && action !== undefined)
      return {
        kind: "answer",
        name: "generateContent",
        model: decoded(model),
        streams: action === ":streamGenerateContent"
      }
    return method === "GET" && action === undefined
      ? { kind: "models.get", name: "models.get", model: decoded(model) }
      : undefined
  },
  modelCard,
  modelList: (ids) => ({ models: ids.map(modelCard) })
} as const satisfies Protocol
