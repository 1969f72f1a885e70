/** vLLM, started for a run. */
import * as Schema from "effect/Schema"
import type { NamedLLM } from "../chat/LLM.ts"
import { withoutMagpie } from "../provider/ModelDocument.ts"
import { defineOwned, type OwnedServerOptions, type OwnedServerParameters } from "./defineOwned.ts"
import { serveArguments, type VLLMCommandOptions, vLLMFields } from "./vLLMCommand.ts"

/** Options of a `vLLM`; those that vLLM's command has go to it as they are. */
export interface vLLMOptions<Model extends string = string>
  extends OwnedServerOptions<Model>, VLLMCommandOptions {
  readonly tokenizer?: string | undefined
  readonly tokenizerMode?: string | undefined
  readonly tokenizerRevision?: string | undefined
  readonly chatTemplate?: string | undefined
}

/** A model in a vLLM server of its own. */
export interface vLLM<out Model extends string = string> extends NamedLLM<
  "vLLM",
  Model,
  OwnedServerParameters
> {}

export const vLLMProvider = defineOwned<vLLMOptions>({
  type: "vLLM",
  name: "vLLM",
  providerId: "vllm",
  command: ["vllm"],
  args: (options, port) =>
    serveArguments(options, port, {
      tokenizer: options.tokenizer,
      "tokenizer-mode": options.tokenizerMode,
      "tokenizer-revision": options.tokenizerRevision,
      "chat-template": options.chatTemplate
    }),
  readyPath: "/health",
  install: "pip install vllm",
  formatServer: "vllm",
  document: {
    pythonKwargs: [
      "max_new_tokens",
      "presence_penalty",
      "frequency_penalty",
      "repetition_penalty",
      "temperature",
      "top_p",
      "top_k",
      "min_p",
      "stop",
      "stop_token_ids"
    ],
    ignoredKwargs: [
      "logprobs",
      "include_stop_str_in_output",
      "skip_special_tokens",
      "logits_processors",
      "extra_sampling_params",
      "echo"
    ],
    fields: [
      ...vLLMFields,
      { key: "tokenizer", holds: Schema.String, python: true },
      { key: "tokenizer_mode", holds: Schema.String, python: true },
      { key: "tokenizer_revision", holds: Schema.String, python: true },
      { key: "chat_template", holds: Schema.String, python: true }
    ],
    pythonShares: ["structured_output"],
    ignores: {
      skip_tokenizer_init: [false],
      cuda_devices: ["auto"],
      disable_cuda_device_placement: [],
      ...withoutMagpie
    }
  }
})

/**
 * Describes a model in a vLLM server that a run starts, shares among its steps and ends: Python's
 * class of that name, for the server's process. Needs the command `vllm` (`pip install vllm`), or
 * another in option `command`.
 *
 * A free port of this machine is taken. The server has `startTimeout` seconds (1800) to load the
 * model; one that dies or hangs is started again, at most 3 times, and rows that were in flight are
 * asked again. If it cannot be started, the run ends with the last of what it wrote, and the place
 * of its log. Answers cost nothing, and are kept for the model, whatever the port was. With
 * `baseUrl` a server that runs already is asked.
 *
 * @example
 *   const llama = vLLM({
 *     model: "meta-llama/Llama-3.1-8B-Instruct",
 *     extraKwargs: { max_model_len: 8192 },
 *     generationKwargs: { maxNewTokens: 512, topK: 40 }
 *   })
 *
 * @fails LLMError when opened: Unreachable (the command is missing, ended or did not answer in time); per request: InvalidRequest, and what
 *   keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/vllm/
 */
export const vLLM = <const Model extends string>(options: vLLMOptions<Model>): vLLM<Model> =>
  vLLMProvider.describe(options)
