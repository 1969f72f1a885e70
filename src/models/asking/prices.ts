/** Prices: what tokens cost, from a list that others keep, or as the user says. */
import { createRequire } from "node:module"
import type * as GenaiPrices from "@pydantic/genai-prices"
import type { Model } from "../chat/Model.ts"

/** The price of a model's tokens, in US dollars for a million of them. */
export interface Price {
  readonly input: number
  readonly output: number
}

/** Prices as users give them, by model name. */
export type GivenPrices = Readonly<Record<string, Price>>

/** What so many tokens of one request cost, in US dollars; undefined if the price is not known. */
export type CostOf = (inputTokens: number, outputTokens: number) => number | undefined

/**
 * The price of a model: as given, else as listed for its address, else as listed for its provider.
 * A model without a server costs nothing.
 */
export const pricesOf = (
  models: ReadonlyArray<Model>,
  given: GivenPrices = {}
): ReadonlyMap<Model, CostOf> => new Map(models.map((llm) => [llm, priceOf(llm, given[llm.model])]))

const priceOf = (llm: Model, own: Price | undefined): CostOf => {
  if (own !== undefined)
    return (input, output) => (input * own.input + output * own.output) / 1_000_000
  if (llm.isFree === true || llm.address() === undefined) return () => 0
  let cost: CostOf | undefined
  // The list takes longer to load than a request to send: it comes with the first answer, or with the check of a budget.
  return (input, output) => (cost ??= listed(llm))(input, output)
}

const require = createRequire(import.meta.url)

const listed = (llm: Model): CostOf => {
  const { calcPrice } = require("@pydantic/genai-prices") as typeof GenaiPrices
  const found = waysTo(llm).find(
    ({ model, options }) =>
      calcPrice({ input_tokens: 1, output_tokens: 1 }, model, options) !== null
  )
  return (input, output) =>
    found === undefined
      ? undefined
      : calcPrice({ input_tokens: input, output_tokens: output }, found.model, found.options)
          ?.total_price
}

interface Way {
  readonly model: string
  readonly options: { readonly providerApiUrl?: string; readonly providerId?: string }
}

/**
 * Names to look a price up by, the surest first. Gateways put a provider before a model's name:
 * `openai/gpt-4o-mini`.
 */
const waysTo = (llm: Model): ReadonlyArray<Way> => {
  const address = llm.address()
  const provider = llm.priceId
  const parts = llm.model.split("/")
  const tail = parts.at(-1)!.replace(/:[a-z]+$/, "")
  return [
    ...(address === undefined ? [] : [{ model: llm.model, options: { providerApiUrl: address } }]),
    ...(provider === undefined ? [] : [{ model: llm.model, options: { providerId: provider } }]),
    ...parts
      .slice(0, -1)
      .toReversed()
      .map((providerId) => ({ model: tail, options: { providerId } })),
    ...(parts.length === 1 ? [] : [{ model: tail, options: {} }])
  ]
}
