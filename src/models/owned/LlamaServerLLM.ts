/** llama.cpp's server, started for a run. */
import * as Schema from "effect/Schema"
import type { NamedLLM } from "../chat/LLM.ts"
import {
  defineOwned,
  flags,
  type OwnedServerOptions,
  type OwnedServerParameters
} from "./defineOwned.ts"

/** Options of a `LlamaServerLLM`. */
export interface LlamaServerOptions<
  Model extends string = string
> extends OwnedServerOptions<Model> {
  /** A GGUF file, or a repository of the Hub with one: `ggml-org/gemma-3-4b-it-GGUF`. */
  readonly model: Model
  /** Tokens that it may look back at. */
  readonly ctxSize?: number | undefined
  /** Layers that go to the GPU. */
  readonly gpuLayers?: number | undefined
  /** Requests that it answers at once. */
  readonly parallel?: number | undefined
}

/** A model in a llama.cpp server of its own. */
export interface LlamaServerLLM<out Model extends string = string> extends NamedLLM<
  "LlamaServerLLM",
  Model,
  OwnedServerParameters
> {}

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const llamaServer = defineOwned<LlamaServerOptions>({
  type: "LlamaServerLLM",
  name: "llama-server",
  providerId: "llama_server",
  command: ["llama-server"],
  args: ({ ctxSize, gpuLayers, model, parallel }, port) =>
    flags({
      ...(model.endsWith(".gguf") ? { model } : { "hf-repo": model }),
      host: "127.0.0.1",
      port,
      "ctx-size": ctxSize,
      "gpu-layers": gpuLayers,
      parallel,
      jinja: true
    }),
  readyPath: "/health",
  install: "https://github.com/ggml-org/llama.cpp",
  document: {
    pythonKwargs: [],
    fields: [
      { key: "ctx_size", holds: Count, python: false },
      { key: "gpu_layers", holds: Count, python: false },
      { key: "parallel", holds: Count, python: false }
    ],
    pythonShares: []
  }
})

/**
 * Describes a model in a llama.cpp server that a run starts, shares among its steps and ends, as
 * `vLLM` does. Needs the command `llama-server`, or another in option `command`.
 *
 * @example
 *   const gemma = LlamaServerLLM({ model: "models/gemma-3-4b-it-Q4_K_M.gguf", parallel: 4, ctxSize: 16384 })
 *
 * @fails LLMError when opened: Unreachable (the command is missing, ended or did not answer in time); per request: InvalidRequest, and what
 *   keeps failing after the retries
 * @source https://github.com/ggml-org/llama.cpp/tree/master/tools/server
 */
export const LlamaServerLLM = <const Model extends string>(
  options: LlamaServerOptions<Model>
): LlamaServerLLM<Model> => llamaServer.describe(options)
