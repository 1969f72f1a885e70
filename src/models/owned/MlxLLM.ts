/** MLX on Apple's chips, started for a run. */
import * as Schema from "effect/Schema"
import type { NamedLLM } from "../chat/LLM.ts"
import { withoutMagpie } from "../provider/ModelDocument.ts"
import {
  defineOwned,
  flags,
  type OwnedServerOptions,
  type OwnedServerParameters
} from "./defineOwned.ts"

/** Options of an `MlxLLM`. */
export interface MlxOptions<Model extends string = string> extends OwnedServerOptions<Model> {
  /** A folder with the weights of an adapter. */
  readonly adapterPath?: string | undefined
}

/** A model in an MLX server of its own. */
export interface MlxLLM<out Model extends string = string> extends NamedLLM<
  "MlxLLM",
  Model,
  OwnedServerParameters
> {}

export const mlx = defineOwned<MlxOptions>({
  type: "MlxLLM",
  name: "MLX",
  providerId: "mlx",
  command: ["mlx_lm.server"],
  args: ({ adapterPath, model }, port) =>
    flags({ model, host: "127.0.0.1", port, "adapter-path": adapterPath }),
  readyPath: "/v1/models",
  install: "pip install mlx-lm",
  document: {
    modelKey: "path_or_hf_repo",
    pythonKwargs: ["top_p", "min_p", "top_k"],
    ignoredKwargs: [
      "max_tokens",
      "temp",
      "logits_processors",
      "max_kv_size",
      "prompt_cache",
      "prefill_step_size",
      "kv_bits",
      "kv_group_size",
      "quantized_kv_start",
      "prompt_progress_callback",
      "min_tokens_to_keep"
    ],
    fields: [{ key: "adapter_path", holds: Schema.String, python: true }],
    pythonShares: ["structured_output"],
    ignores: {
      tokenizer_config: [],
      mlx_model_config: [],
      ...withoutMagpie
    }
  }
})

/**
 * Describes a model in an MLX server that a run starts, shares among its steps and ends, as `vLLM`
 * does. For Apple's chips; needs the command `mlx_lm.server` (`pip install mlx-lm`), or another in
 * option `command`.
 *
 * @example
 *   const small = MlxLLM({ model: "mlx-community/Qwen3-4B-4bit", generationKwargs: { maxNewTokens: 256 } })
 *
 * @fails LLMError when opened: Unreachable (the command is missing, ended or did not answer in time); per request: InvalidRequest, and what
 *   keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/mlxllm/
 */
export const MlxLLM = <const Model extends string>(options: MlxOptions<Model>): MlxLLM<Model> =>
  mlx.describe(options)
