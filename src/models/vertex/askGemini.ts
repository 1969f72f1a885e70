/** Asking Gemini through Google's SDK, wherever it is served. */
import type { GenerateContentConfig, GoogleGenAI } from "@google/genai"
import type { Fetch } from "../http/Fetch.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import type { Connection, ProviderOptions } from "../provider/ProviderDefinition.ts"
import { asking } from "../provider/sdk.ts"
import { vertexAnswer } from "./vertexAnswer.ts"
import { vertexRequest } from "./vertexRequest.ts"

/** One request after the other through a client; `more` goes with each, to say which tier is asked. */
export const askGemini = (
  client: GoogleGenAI,
  fetch: Fetch,
  { model, stream = false }: ProviderOptions,
  more: GenerateContentConfig = {}
): Connection["ask"] =>
  asking((request, signal) => {
    const parameters = vertexRequest(model, request, signal)
    // The plain response: the SDK keeps only what it knows of an answer, and nothing of an error with status 200.
    return rawAnswer(fetch, (keeping): Promise<unknown> => {
      const asked = {
        ...parameters,
        config: {
          ...parameters.config,
          ...more,
          httpOptions: { ...more.httpOptions, fetch: keeping }
        }
      }
      return stream
        ? client.models.generateContentStream(asked)
        : client.models.generateContent(asked)
    })
  }, vertexAnswer)
