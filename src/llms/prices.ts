/** Prices: what tokens cost, from a list that others keep, or as the user says. */
import * as Effect from "effect/Effect"
import type { LLM } from "./LLM.ts"

/** The price of a model's tokens, in US dollars for a million of them. */
export interface Price {
  readonly input: number
  readonly output: number
}

/** Prices as users give them, by model name. */
export type GivenPrices = Readonly<Record<string, Price>>

/** What so many tokens of one request cost, in US dollars; undefined if the price is not known. */
export type CostOf = (inputTokens: number, outputTokens: number) => number | undefined

/** Providers as the price list names them. */
const providers: Readonly<Record<string, string>> = { OpenAILLM: "openai", MistralLLM: "mistral", VertexAILLM: "google" }

/** The price of a model: as given, else as listed for its address, else as listed for its provider. A model without a server costs nothing. */
export const pricesOf = (models: ReadonlyArray<LLM>, given: GivenPrices = {}): Effect.Effect<ReadonlyMap<LLM, CostOf>> =>
  Effect.gen(function*() {
    const costs = new Map<LLM, CostOf>()
    for (const llm of models) {
      const own = given[llm.model]
      if (own !== undefined) costs.set(llm, (input, output) => (input * own.input + output * own.output) / 1_000_000)
      else if (llm.address() === undefined) costs.set(llm, () => 0)
      else costs.set(llm, yield* listed(llm))
    }
    return costs
  })

const listed = (llm: LLM): Effect.Effect<CostOf> =>
  Effect.map(Effect.promise(() => import("@pydantic/genai-prices")), ({ calcPrice }) => {
    const address = llm.address()
    const provider = providers[llm.type]
    const ways = [...(address === undefined ? [] : [{ providerApiUrl: address }]), ...(provider === undefined ? [] : [{ providerId: provider }])]
    const way = ways.find((options) => calcPrice({ input_tokens: 1, output_tokens: 1 }, llm.model, options) !== null)
    return (input, output) => way === undefined ? undefined : calcPrice({ input_tokens: input, output_tokens: output }, llm.model, way)?.total_price
  })
