/**
 * The protocols that a simulator speaks. The first that knows a request answers it; the last takes
 * what none knows.
 */
import { mistralProtocol } from "./mistral/simulated.ts"
import { openAIProtocol } from "./openai/simulated.ts"
import { vertexProtocol } from "./vertex/simulated.ts"

export const protocols = [mistralProtocol, vertexProtocol, openAIProtocol] as const
