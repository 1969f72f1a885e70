/** Models under LiteLLM's names: behind its proxy, or asked by the class here. */
import * as Effect from "effect/Effect"
import { environment } from "../asking/environment.ts"
import { sharedParameters } from "../asking/modelOptions.ts"
import type { GenerateRequest, LLM } from "../chat/LLM.ts"
import type { Observer } from "../chat/LLMEvents.ts"
import type { Model } from "../chat/Model.ts"
import { pythonChatKwargs } from "../chatCompletions/chatKwargs.ts"
import {
  type CompatibleLLM,
  type CompatibleOptions,
  defineCompatible,
  maxTokensInDocuments
} from "../chatCompletions/defineCompatible.ts"
import type { Provider } from "../provider/defineProvider.ts"
import { serverFields } from "../provider/ModelDocument.ts"
import { type Named, namedModel } from "./named.ts"

const proxy = defineCompatible({
  type: "LiteLLM",
  name: "LiteLLM",
  providerId: "litellm",
  hosts: /(^|\.)litellm\.ai$/,
  variables: "LITELLM",
  url: "http://localhost:4000",
  document: {
    pythonKwargs: pythonChatKwargs.filter(
      (name) => !/^(max_new_tokens|(top_)?logprobs)$/.test(name)
    ),
    fields: [...serverFields().map((field) => ({ ...field, python: false })), maxTokensInDocuments],
    pythonShares: ["structured_output"],
    ignores: { verbose: [false] }
  }
})

/** Options that say the same to every class; a format of answers goes with each request. */
const sharedOptions = [
  "apiKey",
  "stream",
  "preflight",
  ...Object.keys(sharedParameters).filter((name) => name !== "structuredOutput")
]

type Options = CompatibleOptions & Readonly<Record<string, unknown>>

/** The class here that asks the model; undefined where a proxy does, as far as is known now. */
const direct = (options: Options): Named | undefined =>
  options.baseUrl === undefined && environment("LITELLM_BASE_URL") === undefined
    ? namedModel(
        options.model,
        Object.fromEntries(
          sharedOptions.flatMap((name) =>
            options[name] === undefined ? [] : [[name, options[name]]]
          )
        )
      )
    : undefined

/** The class decides when it is opened: nothing of the environment is read before. */
const describe = (options: Options): LLM => {
  const described: LLM = proxy.describe(options)
  const own = described.options as Options
  return {
    ...described,
    priceId: namedModel(own.model, {})?.llm.priceId,
    address: () => direct(own)?.llm.address() ?? described.address(),
    configure: (parameters) => describe(described.configure(parameters).options as Options),
    open: Effect.suspend(() => {
      const named = direct(own)
      if (named === undefined) return described.open
      const { kwargs, llm } = named
      return Effect.map(llm.open, (client) => ({
        ...client,
        generate: (request, observer) =>
          client.generate(
            { ...request, generationKwargs: kwargs(request.generationKwargs) },
            observer
          ),
        ...(client.recall === undefined
          ? {}
          : {
              recall: (request: GenerateRequest, observer?: Observer) =>
                client.recall!(
                  { ...request, generationKwargs: kwargs(request.generationKwargs) },
                  observer
                )
            })
      }))
    })
  }
}

export const liteLLM: Provider<CompatibleOptions> = {
  ...proxy,
  describe: <Described extends Model>(options: CompatibleOptions) =>
    describe(options as Options) as unknown as Described
}

/** A model behind a LiteLLM proxy. */
export interface LiteLLM<out Model extends string = string> extends CompatibleLLM<
  "LiteLLM",
  Model
> {}

/**
 * Describes a model by LiteLLM's name for it, `anthropic/claude-sonnet-5-5`.
 *
 * With an address, a LiteLLM proxy is asked, which takes the names that its configuration lists.
 * Without one the class here asks the model itself, with the key of its provider: `openai`,
 * `anthropic`, `gemini`, `mistral`, `groq`, `deepseek`, `xai`, `openrouter`, `together_ai` and
 * `fireworks_ai` are known. Any other name is a proxy's at `http://localhost:4000`.
 *
 * The key comes from option `apiKey`, else from `LITELLM_API_KEY`; the address from `baseUrl`, else
 * from `LITELLM_BASE_URL`, else it is `http://localhost:4000`. Retries, timeouts (seconds) and
 * limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120, `maxConcurrency` 64. Several
 * answers to a question are one request where the model takes that, else as many.
 *
 * @example
 *   const llm = LiteLLM({ model: "anthropic/claude-sonnet-5-5" })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/litellm/
 */
export const LiteLLM = <const Model extends string>(
  options: CompatibleOptions<Model>
): LiteLLM<Model> => liteLLM.describe(options)
