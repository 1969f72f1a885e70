/** Embeddings of llama.cpp in this process. */
import * as Schema from "effect/Schema"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import type { EmbeddingsModel, EmbedOutput, EmbedRequest } from "../embeddings/Embeddings.ts"
import { Count } from "../provider/kwargs.ts"
import type { Loaded } from "./defineInProcess.ts"
import {
  defineInProcessEmbeddings,
  type InProcessEmbeddingsOptions,
  inProcessParameters
} from "./inProcessEmbeddings.ts"

/** What `run({ parameters })` may set on a `LlamaCppEmbeddings`. */
export const LlamaCppEmbeddingsParameters = Schema.Struct({
  modelPath: Schema.optionalKey(Schema.String),
  nGpuLayers: Schema.optionalKey(Schema.Int),
  ...inProcessParameters
})

export interface LlamaCppEmbeddingsParameters extends Schema.Schema.Type<
  typeof LlamaCppEmbeddingsParameters
> {
  // A member of its own: messages then name the interface.
  readonly modelPath?: string
}

/** Options of a `LlamaCppEmbeddings`. */
export interface LlamaCppEmbeddingsOptions<
  Model extends string = string
> extends InProcessEmbeddingsOptions<Model> {
  /** A GGUF file. */
  readonly model: Model
  /** The folder that it lies in. Default: the one that the process runs in. */
  readonly modelPath?: string | undefined
  /** Layers that go to the GPU; -1 for as many as fit. Default -1. */
  readonly nGpuLayers?: number | undefined
  /** Tokens of a text that count. Default: as many as the model was made for, and memory holds. */
  readonly nCtx?: number | undefined
  /** Tokens that it reads at once. */
  readonly nBatch?: number | undefined
  /** Whether vectors have length 1, so that their product is the cosine. Default false. */
  readonly normalizeEmbeddings?: boolean | undefined
}

/** A model of llama.cpp that embeds in this process. */
export interface LlamaCppEmbeddings<out Model extends string = string> extends EmbeddingsModel<
  Model,
  LlamaCppEmbeddingsParameters
> {
  readonly type: "LlamaCppEmbeddings"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => LlamaCppEmbeddings<Model>
}

/** As much of `node-llama-cpp` as is used: the package cannot be installed without its binaries. */
interface NodeLlamaCpp {
  readonly getLlama: () => Promise<{
    readonly loadModel: (options: object) => Promise<{
      readonly createEmbeddingContext: (options: object) => Promise<{
        readonly getEmbeddingFor: (
          text: string
        ) => Promise<{ readonly vector: ReadonlyArray<number> }>
      }>
      readonly dispose: () => Promise<void>
    }>
  }>
}

const load = async (
  options: LlamaCppEmbeddingsOptions
): Promise<Loaded<EmbedRequest, EmbedOutput>> => {
  const { model, modelPath, nBatch, nCtx, nGpuLayers = -1, normalizeEmbeddings = false } = options
  const name = "node-llama-cpp"
  const { getLlama } = (await import(name).catch(
    optionalPackage(name, "LlamaCppEmbeddings")
  )) as NodeLlamaCpp
  const llama = await getLlama()
  const loaded = await llama.loadModel({
    modelPath: modelPath === undefined ? model : `${modelPath.replace(/\/+$/, "")}/${model}`,
    ...(nGpuLayers < 0 ? {} : { gpuLayers: nGpuLayers })
  })
  const context = await loaded.createEmbeddingContext({
    ...(nCtx === undefined ? {} : { contextSize: nCtx }),
    ...(nBatch === undefined ? {} : { batchSize: nBatch })
  })
  return {
    ask: async ({ texts }, signal) => {
      const embeddings: Array<ReadonlyArray<number>> = []
      for (const text of texts) {
        signal.throwIfAborted()
        const { vector } = await context.getEmbeddingFor(text)
        embeddings.push(normalizeEmbeddings ? ofLengthOne(vector) : [...vector])
      }
      return { embeddings }
    },
    release: () => loaded.dispose()
  }
}

const ofLengthOne = (vector: ReadonlyArray<number>): ReadonlyArray<number> => {
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((value) => value / length)
}

export const llamaCppEmbeddings = defineInProcessEmbeddings<LlamaCppEmbeddingsOptions>({
  type: "LlamaCppEmbeddings",
  about: "Embeds texts with a model of llama.cpp in this process.",
  providerId: "llama_cpp",
  parameters: LlamaCppEmbeddingsParameters,
  options: ["modelPath", "nGpuLayers", "nCtx", "nBatch", "normalizeEmbeddings"],
  answersBy: ["modelPath", "nCtx", "normalizeEmbeddings"],
  load,
  document: {
    fields: [
      { key: "model_path", holds: Schema.String, python: true },
      { key: "n_gpu_layers", holds: Schema.Int, python: true },
      { key: "n_ctx", holds: Count.schema, python: true },
      { key: "n_batch", holds: Count.schema, python: true },
      { key: "normalize_embeddings", holds: Schema.Boolean, python: true }
    ],
    ignores: {
      repo_id: [null],
      seed: [],
      verbose: [],
      extra_kwargs: [],
      cuda_devices: ["auto"],
      disable_cuda_device_placement: []
    }
  }
})

/**
 * Describes a model of llama.cpp that embeds in this process, on a GPU where there is one. Needs
 * the package `node-llama-cpp`.
 *
 * The file is loaded when the first step opens the model, and released with the last. Texts are
 * embedded one after the other. Vectors are as the model gives them, unless `normalizeEmbeddings`
 * makes them of length 1; they are kept from run to run for the file and these options, and cost
 * nothing.
 *
 * @example
 *   const embed = LlamaCppEmbeddings({ model: "all-MiniLM-L6-v2-Q4_K_M.gguf", modelPath: "models" })
 *
 * @fails LLMError when opened: PackageMissing, ModelNotFound (the file cannot be loaded); per request: what keeps failing
 *   after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/embeddings/llamacppembeddings/
 */
export const LlamaCppEmbeddings = <const Model extends string>(
  options: LlamaCppEmbeddingsOptions<Model>
): LlamaCppEmbeddings<Model> => llamaCppEmbeddings.describe(options)
