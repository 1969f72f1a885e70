/** SGLang, started for a run. */
import type { LLM } from "../chat/LLM.ts"
import {
  defineOwned,
  flags,
  type OwnedServerOptions,
  type OwnedServerParameters
} from "./defineOwned.ts"

/** A model in an SGLang server of its own. */
export interface SGLang<out Model extends string = string> extends LLM<
  Model,
  OwnedServerParameters
> {
  readonly type: "SGLang"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => SGLang<Model>
}

export const sglang = defineOwned<OwnedServerOptions>({
  type: "SGLang",
  name: "SGLang",
  providerId: "sglang",
  command: ["python", "-m", "sglang.launch_server"],
  args: ({ model }, port) => flags({ "model-path": model, host: "127.0.0.1", port }),
  readyPath: "/health",
  install: 'pip install "sglang[all]"',
  formatServer: "sglang",
  document: { pythonKwargs: [], fields: [], pythonShares: [] }
})

/**
 * Describes a model in an SGLang server that a run starts, shares among its steps and ends, as
 * `vLLM` does. Needs `sglang` for the command `python`, or another command in option `command`.
 *
 * @example
 *   const qwen = SGLang({ model: "Qwen/Qwen3-8B", args: ["--tp", "2"] })
 *
 * @fails LLMError when opened: Unreachable (the command is missing, ended or did not answer in time); per request: InvalidRequest, and what
 *   keeps failing after the retries
 * @source https://docs.sglang.ai/backend/server_arguments.html
 */
export const SGLang = <const Model extends string>(
  options: OwnedServerOptions<Model>
): SGLang<Model> => sglang.describe(options)
