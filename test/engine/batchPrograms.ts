/** Programs whose answers come in jobs, of each provider that has a batch API. */
import {
  AnthropicLLM,
  from,
  GeminiLLM,
  GroqLLM,
  LoadDataFromDicts,
  MistralLLM,
  OpenAILLM,
  OpenRouterLLM,
  Pipeline,
  TextGeneration,
  TogetherLLM,
  VertexAILLM
} from "distilabel-ts"
import type { AnyLLM } from "../../src/models/chat/LLM.ts"

/** By their classes: the model that is asked at the simulator of an address. */
export const batchModels: Readonly<Record<string, (url: string) => AnyLLM>> = {
  OpenAILLM: (url) => OpenAILLM({ model: "gpt-4o-mini", baseUrl: `${url}/v1`, apiKey: "k" }),
  GroqLLM: (url) => GroqLLM({ model: "m", baseUrl: `${url}/v1`, apiKey: "k" }),
  TogetherLLM: (url) => TogetherLLM({ model: "m", baseUrl: `${url}/v1`, apiKey: "k" }),
  AnthropicLLM: (url) => AnthropicLLM({ model: "m", baseUrl: url, apiKey: "k" }),
  GeminiLLM: (url) => GeminiLLM({ model: "m", baseUrl: url, apiKey: "k" }),
  MistralLLM: (url) => MistralLLM({ model: "m", endpoint: url, apiKey: "k" }),
  OpenRouterLLM: (url) => OpenRouterLLM({ model: "m", baseUrl: `${url}/api/v1`, apiKey: "k" }),
  VertexAILLM: (url) =>
    VertexAILLM({
      model: "m",
      baseUrl: url,
      accessToken: "k",
      project: "p",
      batchFolder: "gs://bucket/jobs",
      storageUrl: url
    })
}

/** Rows whose questions come again and again. */
export const questions = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ instruction: `Say ${i % 17}.` }))

/** So many questions to a model. */
export const asking = (llm: AnyLLM, delivery: "batch" | "online", count = 20) =>
  Pipeline(
    "asking",
    {},
    from(LoadDataFromDicts({ name: "load", data: questions(count) })).to(
      TextGeneration({ name: "say", llm, delivery })
    )
  )
