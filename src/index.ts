/** distilabel-ts: synthetic-data pipelines, typed. */
import "./runtime/refuseOldNode.ts"
export { catalog, catalogWith } from "./catalog/catalog.ts"
export {
  fromFile,
  fromFilePromise,
  fromJson,
  fromJsonPromise,
  fromUrl,
  fromUrlPromise,
  fromYaml,
  fromYamlPromise,
  type LoadOptions,
  type LoadUrlOptions,
  save,
  type SaveOptions,
  savePromise,
  toJson,
  toJsonPromise,
  toYaml,
  toYamlPromise
} from "./catalog/documents.ts"
export type { Columns, RowOf } from "./columns/Columns.ts"
export type { Metadata } from "./columns/metadata.ts"
export type { Row } from "./columns/Row.ts"
export { oneOf, open } from "./columns/inputs.ts"
export { DataError } from "./data/rows/DataError.ts"
export type { Distiset, SavedDistiset, SplitDistiset } from "./data/distiset/Distiset.ts"
export { loadFromDisk, loadFromDiskPromise } from "./data/distiset/loadFromDisk.ts"
export { HubError } from "./data/hub/HubError.ts"
export type { Pushed, PushToHubOptions } from "./data/distiset/pushDataset.ts"
export { pushToHub, pushToHubPromise } from "./data/distiset/pushToHub.ts"
export { saveToDisk } from "./data/distiset/saveToDisk.ts"
export type { SaveToDiskOptions } from "./data/distiset/saveDataset.ts"
export type { Rows } from "./data/rows/Rows.ts"
export type { ErrorRow, Subset } from "./data/distiset/Subset.ts"
export type { SplitOptions } from "./data/distiset/trainTestSplit.ts"
export type { Dataset } from "./engine/local/dataset.ts"
export {
  DocumentFileError,
  DocumentProblem,
  InvalidDocument
} from "./document/tree/DocumentProblem.ts"
export { inspect, type Inspection, type StepInspection } from "./document/inspect.ts"
export type { DocumentWarning, LoadedPipeline } from "./document/read/LoadedPipeline.ts"
export type { Modules } from "./document/classes/modules.ts"
export type { MissingPart, Registry } from "./document/classes/Registry.ts"
export type { SaveWarning } from "./document/write/Writer.ts"
export type { RunSummary, StepTally } from "./engine/watch/Tally.ts"
export type { Estimate, StepEstimate } from "./engine/estimate/estimate.ts"
export { estimate, type EstimateOptions, estimatePromise } from "./run/estimate.ts"
export type { Estimated } from "./engine/estimate/Sums.ts"
export { otlp } from "./run/otlp.ts"
export { runEvents } from "./run/runEvents.ts"
export type { RunEvent, RunObserver, StepProgress } from "./engine/watch/RunEvent.ts"
export type { ClusterError } from "./cluster/clusterErrors.ts"
export type { ClusterOptions } from "./run/clusterOptions.ts"
export { dryRun, dryRunPromise, run, type RunOptions, runPromise } from "./run/run.ts"
export { AnswersLog } from "./engine/services/AnswersLog.ts"
export { Display } from "./engine/services/Display.ts"
export { OutputStore } from "./engine/services/OutputStore.ts"
export type { Files } from "./data/files/localFiles.ts"
export { FileStore } from "./data/stores/FileStore.ts"
export { LLMClients } from "./models/asking/LLMClients.ts"
export type { RunError } from "./engine/local/runErrors.ts"
export { PriceUnknown } from "./engine/record/PriceUnknown.ts"
export { JournalError } from "./journal/JournalError.ts"
export { RunLocked } from "./journal/RunLock.ts"
export { RunStopped, type StopReason } from "./engine/watch/RunStopped.ts"
export { runStep, runStepPromise, type StepResult } from "./engine/local/runStep.ts"
export type { Chat, ChatItem, ContentPart } from "./models/chat/Chat.ts"
export type { GenerateOutput, GenerateRequest, LLM, LLMClient } from "./models/chat/LLM.ts"
export type { Answer, FinishReason, Logprob, TokenUsage } from "./models/chat/Answer.ts"
export type {
  CompletionClient,
  CompletionModel,
  CompletionRequest
} from "./models/chat/Completion.ts"
export type {
  DrawnImage,
  ImageOutput,
  ImageRequest,
  ImagesClient,
  ImagesModel
} from "./models/chat/Images.ts"
export type { Model, ModelClient, ModelRequest } from "./models/chat/Model.ts"
export type {
  EmbeddingsClient,
  EmbeddingsModel,
  EmbedOutput,
  EmbedRequest
} from "./models/embeddings/Embeddings.ts"
export { embeddings } from "./models/own/embeddings.ts"
export { llm } from "./models/own/llm.ts"
export type {
  AnswerFormat,
  ChoicesFormat,
  JsonSchemaFormat,
  RegexFormat
} from "./models/chat/formats.ts"
export { LLMError, type LLMErrorReason } from "./models/chat/LLMError.ts"
export { fromAiSdk } from "./models/aiSdk/fromAiSdk.ts"
export { AnthropicLLM } from "./models/anthropic/AnthropicLLM.ts"
export type {
  AnthropicGenerationKwargs,
  AnthropicParameters
} from "./models/anthropic/AnthropicOptions.ts"
export { MistralEmbeddings } from "./models/mistral/MistralEmbeddings.ts"
export { MistralLLM } from "./models/mistral/MistralLLM.ts"
export type { MistralGenerationKwargs, MistralParameters } from "./models/mistral/MistralOptions.ts"
export { AnyscaleLLM } from "./models/compatible/AnyscaleLLM.ts"
export { AzureOpenAILLM } from "./models/azure/AzureOpenAILLM.ts"
export { CohereEmbeddings } from "./models/cohere/CohereEmbeddings.ts"
export { CohereLLM } from "./models/cohere/CohereLLM.ts"
export type { CohereGenerationKwargs, CohereParameters } from "./models/cohere/CohereOptions.ts"
export { balance, type BalancedLLM } from "./models/combined/balance.ts"
export { cascade, type CascadeLLM } from "./models/combined/cascade.ts"
export { fallback, type FallbackLLM } from "./models/combined/fallback.ts"
export { MixtureOfAgentsLLM } from "./models/combined/MixtureOfAgentsLLM.ts"
export { DeepSeekLLM } from "./models/compatible/DeepSeekLLM.ts"
export { FireworksLLM } from "./models/compatible/FireworksLLM.ts"
export { GeminiLLM } from "./models/gemini/GeminiLLM.ts"
export type { GeminiGenerationKwargs, GeminiParameters } from "./models/gemini/GeminiOptions.ts"
export { GroqLLM } from "./models/compatible/GroqLLM.ts"
export { EnergeticEmbeddings } from "./models/inProcess/EnergeticEmbeddings.ts"
export { InferenceEndpointsImages } from "./models/huggingface/InferenceEndpointsImages.ts"
export { InferenceEndpointsLLM } from "./models/huggingface/InferenceEndpointsLLM.ts"
export { LiteLLM } from "./models/liteLLM/LiteLLM.ts"
export { OpenRouterLLM } from "./models/compatible/OpenRouterLLM.ts"
export { TogetherLLM } from "./models/compatible/TogetherLLM.ts"
export { XaiLLM } from "./models/compatible/XaiLLM.ts"
export { LlamaCppLLM } from "./models/inProcess/LlamaCppLLM.ts"
export { LlamaCppEmbeddings } from "./models/inProcess/LlamaCppEmbeddings.ts"
export { TransformersEmbeddings } from "./models/inProcess/TransformersEmbeddings.ts"
export { vLLMEmbeddings } from "./models/owned/vLLMEmbeddings.ts"
export { TransformersLLM } from "./models/inProcess/TransformersLLM.ts"
export { LlamaServerLLM } from "./models/owned/LlamaServerLLM.ts"
export { MlxLLM } from "./models/owned/MlxLLM.ts"
export { SGLang } from "./models/owned/SGLang.ts"
export { vLLM } from "./models/owned/vLLM.ts"
export { OllamaLLM } from "./models/ollama/OllamaLLM.ts"
export type { OllamaGenerationKwargs, OllamaParameters } from "./models/ollama/OllamaOptions.ts"
export { OpenAICompletions } from "./models/openai/OpenAICompletions.ts"
export { OpenAIEmbeddings } from "./models/openai/OpenAIEmbeddings.ts"
export { OpenAIImages } from "./models/openai/OpenAIImages.ts"
export { ClientvLLM } from "./models/openai/ClientvLLM.ts"
export { ServedScores } from "./models/openai/ServedScores.ts"
export { OpenAILLM } from "./models/openai/OpenAILLM.ts"
export type { OpenAIGenerationKwargs, OpenAIParameters } from "./models/openai/OpenAIOptions.ts"
export { type Tool, tool } from "./tasks/Tool.ts"
export type { ToolCall, ToolChoice } from "./models/chat/tools.ts"
export { ScriptedLLM } from "./models/scripted/ScriptedLLM.ts"
export { VertexAIEmbeddings } from "./models/vertex/VertexAIEmbeddings.ts"
export { VertexAILLM } from "./models/vertex/VertexAILLM.ts"
export type { VertexAIGenerationKwargs, VertexAIParameters } from "./models/vertex/VertexOptions.ts"
export { toMermaid } from "./picture/toMermaid.ts"
export { type SvgOptions, toSvg } from "./picture/toSvg.ts"
export { concat, type Flow, from, join, zip } from "./pipeline/Flow.ts"
export { part } from "./pipeline/part.ts"
export { GraphBuilder } from "./pipeline/GraphBuilder.ts"
export { Pipeline } from "./pipeline/Pipeline.ts"
export { type BatchRouting, routingBatchFunction, sampleNSteps } from "./pipeline/Routing.ts"
export * from "./pipeline/problems.ts"
export type { GeneratorStep, JoinStep, Step } from "./step/Step.ts"
export { RowFailed, StepFailed, StepsFailed } from "./step/StepFailed.ts"
export type { LLMQuestion, StepAnswer, StepLLM } from "./step/StepLLM.ts"
export type { StepTools } from "./step/StepTools.ts"
export type { StepParameters, GeneratorParameters } from "./step/makeStep.ts"
export { callable, type Callable } from "./steps/calls/callable.ts"
export { allowNulls } from "./step/allowNulls.ts"
export { inThreads } from "./step/inThreads.ts"
export type { PythonClass } from "./step/Definition.ts"
export { defineStep, type StepConstructor } from "./step/defineStep.ts"
export { generatorStep } from "./step/generatorStep.ts"
export { globalStep, joinStep, step } from "./step/ownSteps.ts"
export type { RowStream } from "./step/OwnStepOptions.ts"
export {
  InstructionResponsePipeline,
  type InstructionResponseOptions
} from "./templates/InstructionResponsePipeline.ts"
export * from "./steps/readySteps.ts"
export * from "./gallery/readyTasks.ts"
export {
  defineTask,
  defineTaskByCase,
  type TaskByCaseConstructor,
  type TaskConstructor
} from "./tasks/defineTask.ts"
export { defineGeneratorTask, type GeneratorTaskConstructor } from "./tasks/defineGeneratorTask.ts"
export {
  type CallingTools,
  defineMultiCallTask,
  type MultiCallConstructor
} from "./tasks/defineMultiCallTask.ts"
export type { AnswerDetails } from "./tasks/Answer.ts"
export type { TaskParameters } from "./tasks/TaskStep.ts"
