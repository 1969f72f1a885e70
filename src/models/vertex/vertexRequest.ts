/** Gemini's requests: the way from a question to what Google's SDK takes. */
import type { GenerateContentConfig, GenerateContentParameters } from "@google/genai"
import type { GenerateRequest } from "../chat/LLM.ts"
import { vertexMessages } from "./vertexMessages.ts"

/** The request: what was given, and nothing else. */
export const vertexRequest = (
  model: string,
  request: GenerateRequest,
  abortSignal: AbortSignal
): GenerateContentParameters => {
  const { contents, systemInstruction } = vertexMessages(request.messages)
  const { structuredOutput } = request
  const config = {
    ...(request.generationKwargs as GenerateContentConfig),
    ...(systemInstruction === undefined ? {} : { systemInstruction }),
    ...(structuredOutput === undefined
      ? {}
      : { responseMimeType: "application/json", responseJsonSchema: structuredOutput.schema }),
    abortSignal
  }
  return { model, contents, config }
}
