/**
 * The protocols that a simulator speaks. The first that knows a request answers it; the last takes
 * what none knows.
 */
import { anthropicProtocol } from "./anthropic/simulated.ts"
import { azureProtocol } from "./azure/simulated.ts"
import { cohereProtocol } from "./cohere/simulated.ts"
import { services } from "./compatible/services.ts"
import { geminiProtocol } from "./gemini/simulated.ts"
import { inferenceEndpoints } from "./huggingface/InferenceEndpointsLLM.ts"
import { imagesProtocol } from "./huggingface/simulated.ts"
import { mistralProtocol } from "./mistral/simulated.ts"
import { ollamaProtocol } from "./ollama/simulated.ts"
import { openAIProtocol } from "./openai/simulated.ts"
import { servers } from "./owned/servers.ts"
import { vertexProtocol } from "./vertex/simulated.ts"

export const protocols = [
  cohereProtocol,
  mistralProtocol,
  anthropicProtocol,
  geminiProtocol,
  vertexProtocol,
  ollamaProtocol,
  azureProtocol,
  { ...openAIProtocol, ...imagesProtocol },
  // The address alone: there is no key.
  {
    ...openAIProtocol,
    models: servers.map(({ type }) => type),
    options: (baseUrl: string) => ({ baseUrl }),
    route: () => undefined
  },
  {
    ...openAIProtocol,
    models: [...openAIProtocol.models, ...services.map(({ type }) => type), inferenceEndpoints.type]
  }
] as const
