/** All kinds of models that this library knows. A provider is added here, and exported by index. */
import { anthropic } from "./anthropic/provider.ts"
import { azureOpenAI } from "./azure/AzureOpenAILLM.ts"
import { cohereEmbeddings } from "./cohere/CohereEmbeddings.ts"
import { cohere } from "./cohere/provider.ts"
import { balanceKind } from "./combined/balance.ts"
import { cascadeKind } from "./combined/cascade.ts"
import { fallbackKind } from "./combined/fallback.ts"
import { mixtureOfAgentsKind } from "./combined/MixtureOfAgentsLLM.ts"
import { services } from "./compatible/services.ts"
import { gemini } from "./gemini/provider.ts"
import { inferenceEndpointsImages } from "./huggingface/InferenceEndpointsImages.ts"
import { inferenceEndpoints } from "./huggingface/InferenceEndpointsLLM.ts"
import { energeticEmbeddings } from "./inProcess/EnergeticEmbeddings.ts"
import { llamaCppEmbeddings } from "./inProcess/LlamaCppEmbeddings.ts"
import { llamaCppKind } from "./inProcess/LlamaCppLLM.ts"
import { transformersEmbeddings } from "./inProcess/TransformersEmbeddings.ts"
import { transformers } from "./inProcess/TransformersLLM.ts"
import { liteLLM } from "./liteLLM/LiteLLM.ts"
import { mistralEmbeddings } from "./mistral/MistralEmbeddings.ts"
import { mistral } from "./mistral/provider.ts"
import { ollama } from "./ollama/provider.ts"
import { clientvLLM } from "./openai/ClientvLLM.ts"
import { openAICompletions } from "./openai/OpenAICompletions.ts"
import { openAIEmbeddings } from "./openai/OpenAIEmbeddings.ts"
import { openAIImages } from "./openai/OpenAIImages.ts"
import { openAI } from "./openai/provider.ts"
import { servedScores } from "./openai/ServedScores.ts"
import { servers } from "./owned/servers.ts"
import { vLLMEmbeddingsProvider } from "./owned/vLLMEmbeddings.ts"
import type { ModelDocument } from "./provider/ModelDocument.ts"
import { scripted } from "./scripted/ScriptedLLM.ts"
import { vertexAI } from "./vertex/provider.ts"
import { vertexAIEmbeddings } from "./vertex/VertexAIEmbeddings.ts"

/** A kind of model, as documents need it. */
export interface ModelKind {
  readonly type: string
  /** The function that makes it, where it is not called like the class. */
  readonly madeBy?: string
  /** What such a model does, in a sentence. */
  readonly about: string
  readonly document: ModelDocument
  readonly describe: (options: never) => unknown
}

export const modelKinds: ReadonlyArray<ModelKind> = [
  openAI,
  mistral,
  vertexAI,
  gemini,
  anthropic,
  cohere,
  ollama,
  ...services,
  liteLLM,
  azureOpenAI,
  inferenceEndpoints,
  ...servers,
  llamaCppKind,
  transformers,
  openAIEmbeddings,
  mistralEmbeddings,
  cohereEmbeddings,
  vertexAIEmbeddings,
  openAICompletions,
  openAIImages,
  inferenceEndpointsImages,
  clientvLLM,
  servedScores,
  fallbackKind,
  balanceKind,
  cascadeKind,
  mixtureOfAgentsKind,
  energeticEmbeddings,
  transformersEmbeddings,
  llamaCppEmbeddings,
  vLLMEmbeddingsProvider,
  scripted
]

/** What makes models of users' own; where there is nothing, what many servers can stand in for. */
export const ownModels = {
  chat: "llm",
  embeddings: "embeddings",
  images: openAIImages.type,
  scores: servedScores.type
} as const
