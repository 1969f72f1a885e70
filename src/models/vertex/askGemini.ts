/** Asking Gemini through Google's SDK, wherever it is served. */
import type { GoogleGenAI, ServiceTier } from "@google/genai"
import type { Fetch } from "../http/Fetch.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import type { Connection, ProviderOptions } from "../provider/ProviderDefinition.ts"
import { asking } from "../provider/sdk.ts"
import { vertexAnswer } from "./vertexAnswer.ts"
import { vertexRequest } from "./vertexRequest.ts"

/** One request after the other through a client. */
export const askGemini = (
  client: GoogleGenAI,
  fetch: Fetch,
  { model, stream = false }: ProviderOptions,
  tier?: string
): Connection["ask"] =>
  asking((request, signal) => {
    const given = vertexRequest(model, request, signal)
    const parameters =
      tier === undefined
        ? given
        : { ...given, config: { ...given.config, serviceTier: tier as ServiceTier } }
    // The plain response: the SDK keeps only what it knows of an answer, and nothing of an error with status 200.
    return rawAnswer(fetch, (keeping): Promise<unknown> => {
      const asked = {
        ...parameters,
        config: { ...parameters.config, httpOptions: { fetch: keeping } }
      }
      return stream
        ? client.models.generateContentStream(asked)
        : client.models.generateContent(asked)
    })
  }, vertexAnswer)
