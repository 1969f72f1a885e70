/** Routes: which question a request's method, path and client make it. */
import { mistralProtocol } from "../protocol/MistralProtocol.ts"
import { openAIProtocol } from "../protocol/OpenAIProtocol.ts"
import type { Protocol } from "../protocol/Protocol.ts"
import { vertexProtocol } from "../protocol/VertexProtocol.ts"
import type { RouteName } from "./RequestLog.ts"

/** Where a request goes. */
export interface Route {
  readonly name: RouteName
  readonly protocol: Protocol
  /** The model in the path; "" where the path names none. */
  readonly model: string
  /** Whether the route itself asks for a stream; other requests say so in their body. */
  readonly streams?: boolean
}

const vertexPath =
  /^\/v1(?:beta1?)?\/(?:projects\/[^/]+\/locations\/[^/]+\/)?(?:publishers\/google\/)?models\/([^/:]+)(:generateContent|:streamGenerateContent)?$/

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/**
 * Finds the route of a request. OpenAI and Mistral share their paths and are told apart by the
 * client's name.
 */
export const routeOf = (method: string, url: string, userAgent: string): Route => {
  const protocol = userAgent.includes("mistral") ? mistralProtocol : openAIProtocol
  const query = url.indexOf("?")
  const path = query === -1 ? url : url.slice(0, query)
  if (method === "POST" && path === "/v1/chat/completions")
    return { name: "chat.completions", protocol, model: "" }
  if (method === "GET" && path === "/v1/models") return { name: "models.list", protocol, model: "" }
  if (method === "GET" && path.startsWith("/v1/models/")) {
    return { name: "models.get", protocol, model: decode(path.slice("/v1/models/".length)) }
  }
  const [, model, action] = vertexPath.exec(path) ?? []
  if (model !== undefined && method === "POST" && action !== undefined) {
    return {
      name: "generateContent",
      protocol: vertexProtocol,
      model: decode(model),
      streams: action === ":streamGenerateContent"
    }
  }
  if (model !== undefined && method === "GET" && action === undefined) {
    return { name: "models.get", protocol: vertexProtocol, model: decode(model) }
  }
  return { name: "unknown", protocol, model: "" }
}
