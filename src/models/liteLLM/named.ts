/** Names as LiteLLM has them, `provider/model`: the class here that asks such a model itself. */
import { anthropic } from "../anthropic/provider.ts"
import type { LLM } from "../chat/LLM.ts"
import { deepSeek } from "../compatible/DeepSeekLLM.ts"
import { fireworks } from "../compatible/FireworksLLM.ts"
import { groq } from "../compatible/GroqLLM.ts"
import { openRouter } from "../compatible/OpenRouterLLM.ts"
import { together } from "../compatible/TogetherLLM.ts"
import { xai } from "../compatible/XaiLLM.ts"
import { gemini } from "../gemini/provider.ts"
import { mistral } from "../mistral/provider.ts"
import { openAI } from "../openai/provider.ts"

/** A class, and other names for what goes with requests to it. */
interface Target {
  readonly describe: (options: never) => unknown
  readonly names?: Readonly<Record<string, string>>
}

const stops = { stop: "stopSequences" }

const targets: Readonly<Record<string, Target>> = {
  openai: openAI,
  mistral,
  anthropic: { describe: anthropic.describe, names: { ...stops, maxNewTokens: "maxTokens" } },
  gemini: { describe: gemini.describe, names: { ...stops, maxNewTokens: "maxOutputTokens" } },
  groq,
  deepseek: deepSeek,
  xai,
  openrouter: openRouter,
  together_ai: together,
  fireworks_ai: fireworks
}

/** A model of a class here, and how it is asked what a `LiteLLM` is asked. */
export interface Named {
  readonly llm: LLM
  readonly kwargs: (given: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
}

/** The model that a name stands for; undefined for one whose provider has no class here. */
export const namedModel = (name: string, options: object): Named | undefined => {
  const slash = name.indexOf("/")
  const target = slash < 1 ? undefined : targets[name.slice(0, slash)]
  if (target === undefined) return undefined
  const kwargs = (given: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(given).map(([key, value]) => [target.names?.[key] ?? key, value])
    )
  const described = target.describe({ ...options, model: name.slice(slash + 1) } as never)
  return { llm: described as LLM, kwargs }
}
