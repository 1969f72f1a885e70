/** Models with a server of their own, which speaks chat completions. */
import { llamaServer } from "./LlamaServerLLM.ts"
import { mlx } from "./MlxLLM.ts"
import { sglang } from "./SGLang.ts"
import { vLLMProvider } from "./vLLM.ts"

export const servers = [vLLMProvider, sglang, mlx, llamaServer] as const
