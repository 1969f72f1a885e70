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
    ...toolFields(request),
    ...(abortSignal === undefined ? {} : { abortSignal })
  }
  return { model, contents, config }
}

const modes = { auto: "AUTO", none: "NONE", required: "ANY" } as const

const toolFields = ({ toolChoice, tools = [] }: GenerateRequest): GenerateContentConfig => {
  if (tools.length === 0) return {}
  const mode = typeof toolChoice === "string" ? modes[toolChoice] : "ANY"
  const config = {
    mode,
    ...(typeof toolChoice === "object" ? { allowedFunctionNames: [toolChoice.tool] } : {})
  }
  return {
    tools: [
      {
        functionDeclarations: tools.map(({ parameters, ...tool }) => ({
          ...tool,
          parametersJsonSchema: parameters
        }))
      }
    ],
    ...(toolChoice === undefined
      ? {}
      : {
          toolConfig: { functionCallingConfig: config } as NonNullable<
            GenerateContentConfig["toolConfig"]
          >
        })
  }
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
