/** All services that speak chat completions: one is added here, and exported by index. */
import { anyscale } from "./AnyscaleLLM.ts"
import { deepSeek } from "./DeepSeekLLM.ts"
import { fireworks } from "./FireworksLLM.ts"
import { groq } from "./GroqLLM.ts"
import { openRouter } from "./OpenRouterLLM.ts"
import { together } from "./TogetherLLM.ts"
import { xai } from "./XaiLLM.ts"

export const services = [together, anyscale, openRouter, deepSeek, fireworks, xai, groq] as const
