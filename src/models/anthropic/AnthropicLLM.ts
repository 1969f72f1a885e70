/** Anthropic's models. */
import type { NamedLLM } from "../chat/LLM.ts"
import type { AnthropicOptions, AnthropicParameters } from "./AnthropicOptions.ts"
import { anthropic } from "./provider.ts"

/** A model of Anthropic. */
export interface AnthropicLLM<out Model extends string = string> extends NamedLLM<
  "AnthropicLLM",
  Model,
  AnthropicParameters
> {}

/**
 * Describes a model of Anthropic, asked by its Messages API. Needs the
 * package `@anthropic-ai/sdk`.
 *
 * Nothing is read or opened before a run: the key and the address come from the options, else from
 * `ANTHROPIC_API_KEY` and `ANTHROPIC_BASE_URL` at that time. System messages are sent apart, as the
 * API wants them. The API wants a limit of tokens, too: it is `maxTokens`, or 4096. Thoughts are
 * told apart from the answer; tokens read from a cache count as input. Several answers to a
 * question are as many requests.
 *
 * Retries, timeouts (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120,
 * `maxConcurrency` 64. An overloaded provider (529) is waited for.
 *
 * @example
 *   const claude = AnthropicLLM({ model: "claude-sonnet-5-5", generationKwargs: { maxTokens: 1024 } })
 *
 * @fails LLMError when opened: PackageMissing, MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/anthropicllm/
 */
export const AnthropicLLM = <const Model extends string>(
  options: AnthropicOptions<Model>
): AnthropicLLM<Model> => anthropic.describe(options)
