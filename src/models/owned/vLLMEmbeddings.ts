/** Embeddings of vLLM, started for a run. */
import * as Schema from "effect/Schema"
import { sharedParameters } from "../asking/modelOptions.ts"
import {
  connectEmbeddings,
  embedWord,
  EmbeddingsKwargs
} from "../chatCompletions/embeddingsRequest.ts"
import {
  type EmbeddingsModel,
  embeddingsKind,
  type EmbedOutput,
  type EmbedRequest
} from "../embeddings/Embeddings.ts"
import { defineModels } from "../provider/defineProvider.ts"
import { Count } from "../provider/kwargs.ts"
import { flags, type OwnedServerOptions, startedServer } from "./defineOwned.ts"
import { dashed } from "./vLLM.ts"

/** What `run({ parameters })` may set on a `vLLMEmbeddings`. */
export const vLLMEmbeddingsParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(EmbeddingsKwargs),
  baseUrl: Schema.optionalKey(Schema.String),
  startTimeout: Count,
  ...sharedParameters
})

export interface vLLMEmbeddingsParameters extends Schema.Schema.Type<
  typeof vLLMEmbeddingsParameters
> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: EmbeddingsKwargs
}

/** Options of a `vLLMEmbeddings`; those that vLLM's command has go to it as they are. */
export interface vLLMEmbeddingsOptions<Model extends string = string> extends OwnedServerOptions<
  Model,
  EmbeddingsKwargs
> {
  /** The type of weights and activations: `auto`, `bfloat16`, … */
  readonly dtype?: string | undefined
  readonly quantization?: string | undefined
  readonly revision?: string | undefined
  readonly trustRemoteCode?: boolean | undefined
  readonly enforceEager?: boolean | undefined
  readonly seed?: number | undefined
  /** Further arguments by name, as Python's class takes them: `{ tensor_parallel_size: 2 }`. */
  readonly extraKwargs?: Readonly<Record<string, unknown>> | undefined
}

/** An embedding model in a vLLM server of its own. */
export interface vLLMEmbeddings<out Model extends string = string> extends EmbeddingsModel<
  Model,
  vLLMEmbeddingsParameters
> {
  readonly type: "vLLMEmbeddings"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => vLLMEmbeddings<Model>
}

export const vLLMEmbeddingsProvider = defineModels<
  vLLMEmbeddingsOptions,
  EmbedRequest,
  EmbedOutput
>(embeddingsKind, embedWord, {
  ...startedServer<vLLMEmbeddingsOptions>({
    type: "vLLMEmbeddings",
    name: "vLLM",
    providerId: "vllm",
    command: ["vllm"],
    args: (options, port) => [
      "serve",
      options.model,
      ...flags({
        host: "127.0.0.1",
        port,
        runner: "pooling",
        dtype: options.dtype,
        quantization: options.quantization,
        revision: options.revision,
        "trust-remote-code": options.trustRemoteCode,
        "enforce-eager": options.enforceEager,
        seed: options.seed,
        ...dashed(options.extraKwargs)
      })
    ],
    readyPath: "/health",
    install: "pip install vllm",
    document: {
      pythonKwargs: [],
      fields: [
        { key: "dtype", holds: Schema.String, python: true },
        { key: "quantization", holds: Schema.String, python: true },
        { key: "revision", holds: Schema.String, python: true },
        { key: "trust_remote_code", holds: Schema.Boolean, python: true },
        { key: "enforce_eager", holds: Schema.Boolean, python: true },
        { key: "seed", holds: Schema.Int, python: true },
        { key: "extra_kwargs", holds: Schema.Record(Schema.String, Schema.Unknown), python: true }
      ],
      pythonShares: [],
      lacks: ["structured_output", "stream"],
      ignores: { cuda_devices: ["auto"], disable_cuda_device_placement: [] }
    }
  }),
  parameters: vLLMEmbeddingsParameters,
  connect: connectEmbeddings
})

/**
 * Describes an embedding model in a vLLM server that a run starts, shares among its steps and ends:
 * Python's class of that name, for the server's process. Needs the command `vllm` (`pip install
 * vllm`), or another in option `command`.
 *
 * The server is started as that of `vLLM`, with `--runner pooling`: a free port, `startTimeout`
 * seconds (1800) to load the model, at most 3 starts. Vectors cost nothing, and are kept for the
 * model, whatever the port was. With `baseUrl` a server that runs already is asked.
 *
 * @example
 *   const embed = vLLMEmbeddings({ model: "intfloat/e5-mistral-7b-instruct", dtype: "bfloat16" })
 *
 * @fails LLMError when opened: Unreachable (the server cannot be started), ModelNotFound; per request:
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/embeddings/vllmembeddings/
 */
export const vLLMEmbeddings = <const Model extends string>(
  options: vLLMEmbeddingsOptions<Model>
): vLLMEmbeddings<Model> => vLLMEmbeddingsProvider.describe(options)
