/** Models whose providers have batch APIs, asked at a simulator. */
import {
  AnthropicLLM,
  GeminiLLM,
  GroqLLM,
  MistralLLM,
  OpenAILLM,
  TogetherLLM
} from "../../src/index.ts"
import type { AnyLLM } from "../../src/models/chat/LLM.ts"

/** By their classes: the model that is asked at the simulator of an address. */
export const batchModels: Readonly<Record<string, (url: string) => AnyLLM>> = {
  OpenAILLM: (url) => OpenAILLM({ model: "gpt-4o-mini", baseUrl: `${url}/v1`, apiKey: "k" }),
  GroqLLM: (url) => GroqLLM({ model: "m", baseUrl: `${url}/v1`, apiKey: "k" }),
  TogetherLLM: (url) => TogetherLLM({ model: "m", baseUrl: `${url}/v1`, apiKey: "k" }),
  AnthropicLLM: (url) => AnthropicLLM({ model: "m", baseUrl: url, apiKey: "k" }),
  GeminiLLM: (url) => GeminiLLM({ model: "m", baseUrl: url, apiKey: "k" }),
  MistralLLM: (url) => MistralLLM({ model: "m", endpoint: url, apiKey: "k" })
}
