/** Gemini's requests: the way from a question to what Google's SDK takes. */
import type { GenerateContentConfig, GenerateContentParameters, Type } from "@google/genai"
import { jsonFormat } from "../asking/jsonFormat.ts"
import type { AnswerFormat } from "../chat/formats.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { vertexMessages } from "./vertexMessages.ts"

/** The request: what was given, and nothing else. */
export const vertexRequest = (
  model: string,
  request: GenerateRequest,
  abortSignal?: AbortSignal
): GenerateContentParameters => {
  const { contents, systemInstruction } = vertexMessages(request.messages)
  const { structuredOutput } = request
  const config = {
    ...(request.generationKwargs as GenerateContentConfig),
    ...(systemInstruction === undefined ? {} : { systemInstruction }),
    ...formatFields(structuredOutput),
    ...(abortSignal === undefined ? {} : { abortSignal })
  }
  return { model, contents, config }
}

/** Choices are what Gemini calls an enum, answered as plain text. */
const formatFields = (format: AnswerFormat | undefined): GenerateContentConfig => {
  if (format === undefined) return {}
  if ("choices" in format)
    return {
      responseMimeType: "text/x.enum",
      responseSchema: { type: "STRING" as Type.STRING, enum: [...format.choices] }
    }
  return {
    responseMimeType: "application/json",
    responseJsonSchema: jsonFormat(format)!.schema
  }
}
