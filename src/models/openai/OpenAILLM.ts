/** OpenAI's chat models, and those of every server that speaks OpenAI's protocol. */
import type { NamedLLM } from "../chat/LLM.ts"
import type { OpenAIOptions, OpenAIParameters } from "./OpenAIOptions.ts"
import { openAI } from "./provider.ts"

/** A chat model of OpenAI, or of a server that speaks its protocol. */
export interface OpenAILLM<out Model extends string = string> extends NamedLLM<
  "OpenAILLM",
  Model,
  OpenAIParameters
> {}

/**
 * Describes a chat model of OpenAI, or of any server that speaks OpenAI's protocol (vLLM, Ollama,
 * OpenRouter, …).
 *
 * Nothing is read or opened before a run: the key and the address come from the options, else from
 * `OPENAI_API_KEY` and `OPENAI_BASE_URL` at that time. A server that is not OpenAI's may do without
 * a key. Several answers to a question are one request.
 *
 * Requests are tried again up to `maxRetries` times (default 6) on rate limits, server errors, lost
 * connections, timeouts and unusable answers, after the provider's `Retry-After` or 0.5, 1, 2, 4 …
 * seconds; each attempt takes at most `timeout` seconds (default 120); at most `maxConcurrency`
 * (default 64) are in flight. Only the kwargs that are given are sent: an answer is as long as the
 * server lets it be, unless `maxNewTokens` says otherwise.
 *
 * @example
 *   const gpt = OpenAILLM({
 *     model: "gpt-4-0125-preview",
 *     generationKwargs: { temperature: 0.7, maxNewTokens: 512 }
 *   })
 *   const local = OpenAILLM({ model: "qwen3:8b", baseUrl: "http://localhost:11434/v1" })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/openaillm/
 */
export const OpenAILLM = <const Model extends string>(
  options: OpenAIOptions<Model>
): OpenAILLM<Model> => openAI.describe(options)
