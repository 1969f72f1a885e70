/** Embeddings of Hugging Face's Transformers.js in this process. */
import * as Schema from "effect/Schema"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import type { EmbeddingsModel, EmbedOutput, EmbedRequest } from "../embeddings/Embeddings.ts"
import type { Loaded } from "./defineInProcess.ts"
import {
  defineInProcessEmbeddings,
  type InProcessEmbeddingsOptions,
  inProcessParameters
} from "./inProcessEmbeddings.ts"

/** How the vectors of a text's tokens become one. */
const Pooling = Schema.Literals(["mean", "cls", "last_token"])

/** What `run({ parameters })` may set on a `TransformersEmbeddings`. */
export const TransformersEmbeddingsParameters = Schema.Struct({
  device: Schema.optionalKey(Schema.String),
  ...inProcessParameters
})

export interface TransformersEmbeddingsParameters extends Schema.Schema.Type<
  typeof TransformersEmbeddingsParameters
> {
  // A member of its own: messages then name the interface.
  readonly device?: string
}

/** Options of a `TransformersEmbeddings`. */
export interface TransformersEmbeddingsOptions<
  Model extends string = string
> extends InProcessEmbeddingsOptions<Model> {
  /** A model of the Hub with ONNX weights: `Xenova/all-MiniLM-L6-v2`. */
  readonly model: Model
  readonly revision?: string | undefined
  /** The type of weights: `fp32`, `fp16`, `q8`, … Default: what the package takes. */
  readonly dtype?: string | undefined
  /** `cpu`, `cuda`, `webgpu`, … */
  readonly device?: string | undefined
  /**
   * How the vectors of a text's tokens become one; the model's card says which it wants. Default
   * `mean`.
   */
  readonly pooling?: typeof Pooling.Type | undefined
  /** Whether vectors have length 1, so that their product is the cosine. Default true. */
  readonly normalizeEmbeddings?: boolean | undefined
}

/** A model of Transformers.js that embeds in this process. */
export interface TransformersEmbeddings<out Model extends string = string> extends EmbeddingsModel<
  Model,
  TransformersEmbeddingsParameters
> {
  readonly type: "TransformersEmbeddings"
  readonly configure: (
    parameters: Readonly<Record<string, unknown>>
  ) => TransformersEmbeddings<Model>
}

/** As much of `@huggingface/transformers` as is used. */
interface Transformers {
  readonly pipeline: (
    task: "feature-extraction",
    model: string,
    options: object
  ) => Promise<
    ((
      texts: ReadonlyArray<string>,
      options: object
    ) => Promise<{ readonly tolist: () => ReadonlyArray<ReadonlyArray<number>> }>) & {
      readonly dispose: () => Promise<void>
    }
  >
}

const load = async ({
  device,
  dtype,
  model,
  normalizeEmbeddings = true,
  pooling = "mean",
  revision
}: TransformersEmbeddingsOptions): Promise<Loaded<EmbedRequest, EmbedOutput>> => {
  const name = "@huggingface/transformers"
  const { pipeline } = (await import(name).catch(
    optionalPackage(name, "TransformersEmbeddings")
  )) as Transformers
  const extract = await pipeline("feature-extraction", model, {
    ...(revision === undefined ? {} : { revision }),
    ...(dtype === undefined ? {} : { dtype }),
    ...(device === undefined ? {} : { device })
  })
  return {
    ask: async ({ texts }) => {
      const vectors = await extract(texts, { pooling, normalize: normalizeEmbeddings })
      return { embeddings: vectors.tolist() }
    },
    release: () => extract.dispose()
  }
}

export const transformersEmbeddings = defineInProcessEmbeddings<TransformersEmbeddingsOptions>({
  type: "TransformersEmbeddings",
  about: "Embeds texts with a model of Transformers.js in this process.",
  providerId: "transformers",
  parameters: TransformersEmbeddingsParameters,
  options: ["revision", "dtype", "device", "pooling", "normalizeEmbeddings"],
  answersBy: ["revision", "dtype", "pooling", "normalizeEmbeddings"],
  load,
  document: {
    pythonName: "SentenceTransformerEmbeddings",
    fields: [
      { key: "revision", holds: Schema.String, python: true },
      { key: "device", holds: Schema.String, python: true },
      { key: "normalize_embeddings", holds: Schema.Boolean, python: true },
      { key: "dtype", holds: Schema.String, python: false },
      { key: "pooling", holds: Pooling, python: false }
    ],
    ignores: {
      prompts: [null],
      default_prompt_name: [null],
      trust_remote_code: [false],
      token: [],
      truncate_dim: [null],
      model_kwargs: [null],
      tokenizer_kwargs: [null],
      config_kwargs: [null],
      precision: ["float32"],
      cuda_devices: ["auto"],
      disable_cuda_device_placement: []
    }
  }
})

/**
 * Describes a model of the Hub with ONNX weights that embeds in this process. Needs the package
 * `@huggingface/transformers`, which fetches the weights from the Hub when the first step opens the
 * model.
 *
 * Vectors are those of a text's tokens on average, of length 1; options `pooling` and
 * `normalizeEmbeddings` say otherwise. One request at a time is answered, of many texts. Vectors
 * are kept from run to run for these options, the revision and the type of weights, and cost
 * nothing.
 *
 * @example
 *   const embed = EmbeddingGeneration({
 *     name: "embed",
 *     llm: TransformersEmbeddings({ model: "Xenova/all-MiniLM-L6-v2", dtype: "q8" })
 *   })
 *
 * @fails LLMError when opened: PackageMissing, ModelNotFound (the weights cannot be loaded)
 * @source https://distilabel.argilla.io/latest/components-gallery/embeddings/sentencetransformerembeddings/
 */
export const TransformersEmbeddings = <const Model extends string>(
  options: TransformersEmbeddingsOptions<Model>
): TransformersEmbeddings<Model> => transformersEmbeddings.describe(options)
