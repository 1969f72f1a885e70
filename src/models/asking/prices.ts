/** Prices: what tokens cost, from a list that others keep, or as the user says. */
import type { Model } from "../chat/Model.ts"
import type { Usage } from "./Answers.ts"
import { listedPrice, useProviders, type Way } from "./listedPrices.ts"

/** The price of a model's tokens, in US dollars for a million of them. */
export interface Price {
  readonly input: number
  readonly output: number
  /** That of input which the provider had cached. Default: as all input. */
  readonly cached?: number
  /** That of input which the provider has put into its cache. Default: as all input. */
  readonly written?: number
}

/** Prices as users give them, by model name. */
export type GivenPrices = Readonly<Record<string, Price>>

/** What a price depends on. */
export type Priced = Pick<
  Usage,
  | "inputTokens"
  | "outputTokens"
  | "cachedTokens"
  | "writtenTokens"
  | "llm"
  | "model"
  | "priceShare"
  | "cost"
>

/** What one request cost, in US dollars; undefined if the price is not known. */
export type CostOf = (used: Priced) => number | undefined

/**
 * The price of a model: as given, else as listed for its address, else as listed for its provider.
 * A model without a server costs nothing. `newer` is a list that was fetched.
 */
export const pricesOf = (
  models: ReadonlyArray<Model>,
  given: GivenPrices = {},
  newer?: ReadonlyArray<object>
): ReadonlyMap<Model, CostOf> => {
  if (newer !== undefined) useProviders(newer)
  return new Map(models.map((llm) => [llm, inShares(priceOf(llm, given))]))
}

/**
 * An answer of a batch job, or of a cheaper tier, costs a share of its price; what is said is
 * believed.
 */
const inShares =
  (costOf: CostOf): CostOf =>
  (used) => {
    if (used.cost !== undefined) return used.cost
    const cost = costOf(used)
    return cost === undefined ? undefined : cost * (used.priceShare ?? 1)
  }

const priceOf = (llm: Model, given: GivenPrices): CostOf => {
  const members = Object.values(llm.members ?? {}).flat()
  if (members.length > 0) return priceAmong(members, given)
  const own = given[llm.model]
  if (own !== undefined) return (used) => costAt(own, used)
  if (llm.isFree === true || llm.address() === undefined) return () => 0
  let cost: CostOf | undefined
  // The list takes longer to load than a request to send: it comes with the first answer, or with the check of a budget.
  return (used) => (cost ??= listed(llm))(used)
}

/** The price of whoever answered; while that is not known, the highest. */
const priceAmong = (members: ReadonlyArray<Model>, given: GivenPrices): CostOf => {
  const prices = members.map((member) => ({ member, costOf: priceOf(member, given) }))
  return (used) => {
    const asked = prices.filter(({ member }) => answersAs(member, used))
    const costs = (asked.length === 0 ? prices : asked.slice(0, 1)).map(({ costOf }) =>
      costOf(used)
    )
    return costs.includes(undefined) ? undefined : Math.max(...(costs as ReadonlyArray<number>))
  }
}

const answersAs = (model: Model, used: Priced): boolean =>
  (model.type === used.llm && model.model === used.model) ||
  Object.values(model.members ?? {})
    .flat()
    .some((member) => answersAs(member, used))

const costAt = (
  { cached: cachedPrice, input, output, written: writtenPrice }: Price,
  { cachedTokens = 0, inputTokens, outputTokens, writtenTokens = 0 }: Priced
): number =>
  ((inputTokens - cachedTokens - writtenTokens) * input +
    cachedTokens * (cachedPrice ?? input) +
    writtenTokens * (writtenPrice ?? input) +
    outputTokens * output) /
  1_000_000

const listed = (llm: Model): CostOf => {
  const found = waysTo(llm).find(
    (way) => listedPrice({ input_tokens: 1, output_tokens: 1 }, way) !== undefined
  )
  return ({ cachedTokens, inputTokens, outputTokens, writtenTokens }) =>
    found === undefined
      ? undefined
      : listedPrice(
          {
            input_tokens: inputTokens,
            output_tokens: outputTokens,
            ...(cachedTokens === undefined ? {} : { cache_read_tokens: cachedTokens }),
            ...(writtenTokens === undefined ? {} : { cache_write_tokens: writtenTokens })
          },
          found
        )
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
