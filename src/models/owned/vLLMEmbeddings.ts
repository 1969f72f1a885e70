/** Embeddings of vLLM, started for a run. */
import * as Schema from "effect/Schema"
import { sharedParameters } from "../asking/modelOptions.ts"
import { connectEmbeddings, EmbeddingsKwargs } from "../chatCompletions/embeddingsRequest.ts"
import {
  definedEmbeddings,
  embeddingsDocument,
  type NamedEmbeddings
} from "../provider/defineEmbeddings.ts"
import { Count } from "../provider/kwargs.ts"
import { type OwnedServerOptions, startedServer } from "./defineOwned.ts"
import { serveArguments, type VLLMCommandOptions, vLLMFields } from "./vLLMCommand.ts"

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
export interface vLLMEmbeddingsOptions<Model extends string = string>
  extends OwnedServerOptions<Model, EmbeddingsKwargs>, VLLMCommandOptions {
  readonly enforceEager?: boolean | undefined
}

/** An embedding model in a vLLM server of its own. */
export interface vLLMEmbeddings<out Model extends string = string> extends NamedEmbeddings<
  "vLLMEmbeddings",
  Model,
  vLLMEmbeddingsParameters
> {}

export const vLLMEmbeddingsProvider = definedEmbeddings<vLLMEmbeddingsOptions>({
  ...startedServer<vLLMEmbeddingsOptions>({
    type: "vLLMEmbeddings",
    name: "vLLM",
    providerId: "vllm",
    command: ["vllm"],
    args: (options, port) =>
      serveArguments(options, port, {
        runner: "pooling",
        "enforce-eager": options.enforceEager
      }),
    readyPath: "/health",
    install: "pip install vllm",
    document: {
      ...embeddingsDocument,
      fields: [...vLLMFields, { key: "enforce_eager", holds: Schema.Boolean, python: true }],
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
