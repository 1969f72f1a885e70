/**
 * The protocols that a simulator speaks. The first that knows a request answers it; the last takes
 * what none knows.
 */
import { anthropicProtocol } from "./anthropic/simulated.ts"
import { azureProtocol } from "./azure/simulated.ts"
import type { LLM } from "./chat/LLM.ts"
import { chatRouteBehind } from "./chatCompletions/simulated.ts"
import { inlineJobs } from "./chatCompletions/simulatedInlineBatches.ts"
import { cohereProtocol } from "./cohere/simulated.ts"
import { openRouter } from "./compatible/OpenRouterLLM.ts"
import { services } from "./compatible/services.ts"
import { geminiProtocol } from "./gemini/simulated.ts"
import { inferenceEndpoints } from "./huggingface/InferenceEndpointsLLM.ts"
import { imagesProtocol } from "./huggingface/simulated.ts"
import { llamaCpp } from "./inProcess/LlamaCppLLM.ts"
import { transformers } from "./inProcess/TransformersLLM.ts"
import { liteLLM } from "./liteLLM/LiteLLM.ts"
import { mistralProtocol } from "./mistral/simulated.ts"
import { ollamaProtocol } from "./ollama/simulated.ts"
import { OpenAILLM } from "./openai/OpenAILLM.ts"
import { openAIProtocol } from "./openai/simulated.ts"
import { servers } from "./owned/servers.ts"
import { vertexEmbeddingsProtocol, vertexProtocol } from "./vertex/simulated.ts"

export const protocols = [
  cohereProtocol,
  mistralProtocol,
  anthropicProtocol,
  geminiProtocol,
  vertexProtocol,
  vertexEmbeddingsProtocol,
  ollamaProtocol,
  azureProtocol,
  { ...openAIProtocol, ...imagesProtocol },
  {
    ...openAIProtocol,
    address: { name: "openRouterUrl", path: "/api/v1" },
    models: [openRouter.type],
    route: chatRouteBehind("/api"),
    batches: inlineJobs
  },
  // The address alone: there is no key.
  {
    ...openAIProtocol,
    models: servers.map(({ type }) => type),
    options: (baseUrl: string) => ({ baseUrl }),
    route: () => undefined
  },
  {
    ...openAIProtocol,
    models: [
      ...openAIProtocol.models,
      ...services.map(({ type }) => type),
      liteLLM.type,
      inferenceEndpoints.type
    ]
  }
] as const

const inProcess: ReadonlySet<string> = new Set([llamaCpp.type, transformers.type])

/**
 * Who answers at a simulator for a model that would run in this process; undefined for one that is
 * asked at an address, or as it is.
 */
export const inItsPlace = (url: string, { model, type }: LLM): LLM | undefined =>
  inProcess.has(type)
    ? OpenAILLM({ model: model === "" ? type : model, baseUrl: `${url}/v1`, apiKey: "simulated" })
    : undefined
