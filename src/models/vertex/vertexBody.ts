/** Requests as they go over the wire, for files of them: Google's SDK makes this of its parameters. */
import type { GenerateRequest } from "../chat/LLM.ts"
import { vertexRequest } from "./vertexRequest.ts"

/** Settings that stand beside the generation's own. */
const apart = ["safetySettings", "systemInstruction", "toolConfig", "tools"] as const

/** The body of a request; the model is named where it is sent. */
export const vertexBody = (
  model: string,
  request: GenerateRequest
): Readonly<Record<string, unknown>> => {
  const { config = {}, contents } = vertexRequest(model, request)
  const settings: Readonly<Record<string, unknown>> = { ...config }
  const isApart = (name: string): boolean => (apart as ReadonlyArray<string>).includes(name)
  const entries = Object.entries(settings)
  const own = entries.filter(([name]) => !isApart(name))
  return {
    contents,
    ...Object.fromEntries(entries.filter(([name]) => isApart(name))),
    ...(own.length === 0 ? {} : { generationConfig: Object.fromEntries(own) })
  }
}
