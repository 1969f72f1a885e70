/** Prices: what tokens cost, from a list that others keep, or as the user says. */
import { type MediaKind, mediaKinds } from "../chat/MediaTokens.ts"
import type { Model } from "../chat/Model.ts"
import type { Usage } from "./Answers.ts"
import {
  audioSeconds,
  listedPrice,
  type ListedUsage,
  useProviders,
  type Way
} from "./listedPrices.ts"

/** The price of a model's tokens, in US dollars for a million of them. */
export interface Price {
  readonly input: number
  readonly output: number
  /** That of input which the provider had cached. Default: as all input. */
  readonly cached?: number
  /** That of input which the provider has put into its cache. Default: as all input. */
  readonly written?: number
  /** That of output which is thoughts. Default: as all output. */
  readonly reasoning?: number
  /** Those of audio, images and video in the input. Default: as all input. */
  readonly audioIn?: number
  readonly imageIn?: number
  readonly videoIn?: number
  /** Those of audio, images and video in the output. Default: as all output. */
  readonly audioOut?: number
  readonly imageOut?: number
  readonly videoOut?: number
  /** That of an hour of audio in the input, besides its tokens. Default: nothing. */
  readonly audioHour?: number
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
  | "reasoningTokens"
  | "media"
  | "audioSeconds"
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

const costAt = (price: Price, used: Priced): number => {
  const { cachedTokens = 0, inputTokens, outputTokens, writtenTokens = 0 } = used
  const { input, output } = price
  const media = mediaIn(used)
  const thoughts = used.reasoningTokens ?? 0
  // What the provider had cached costs what it takes for that, whatever it is of.
  let cost =
    (inputTokens - cachedTokens - writtenTokens) * input +
    cachedTokens * (price.cached ?? input) +
    writtenTokens * (price.written ?? input) +
    (outputTokens - thoughts) * output +
    thoughts * (price.reasoning ?? output)
  for (const { cached, given, kind, made } of media) {
    cost += (given - cached) * ((price[`${kind}In`] ?? input) - input)
    cost += made * ((price[`${kind}Out`] ?? output) - output)
  }
  return cost / 1_000_000 + ((used.audioSeconds ?? 0) / 3600) * (price.audioHour ?? 0)
}

const listed = (llm: Model): CostOf => {
  const found = waysTo(llm).find(
    (way) =>
      listedPrice({ input_tokens: 1, output_tokens: 1, ...listedSeconds(0) }, way) !== undefined
  )
  return (used) => (found === undefined ? undefined : listedPrice(listedUsage(used), found))
}

/** The list wants to be told of all audio, and how much of it was given. */
const listedSeconds = (seconds: number) => ({
  [audioSeconds]: seconds,
  [`input_${audioSeconds}`]: seconds
})

/** What was used, in the words of the list. */
const listedUsage = (used: Priced): ListedUsage => {
  const { cachedTokens, inputTokens, outputTokens, reasoningTokens, writtenTokens } = used
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    ...(cachedTokens === undefined ? {} : { cache_read_tokens: cachedTokens }),
    ...(writtenTokens === undefined ? {} : { cache_write_tokens: writtenTokens }),
    ...(reasoningTokens === undefined ? {} : { output_reasoning_tokens: reasoningTokens }),
    ...(used.audioSeconds === undefined ? {} : listedSeconds(used.audioSeconds)),
    ...Object.assign(
      {},
      ...mediaIn(used).map(({ cached, given, kind, made }) => ({
        ...(given === 0 ? {} : { [`input_${kind}_tokens`]: given }),
        // The list wants to be told how much of what was cached is media; what is written is text.
        ...(given === 0 || cachedTokens === undefined
          ? {}
          : { [`cache_${kind}_read_tokens`]: cached }),
        ...(given === 0 || writtenTokens === undefined
          ? {}
          : { [`cache_${kind}_write_tokens`]: 0 }),
        ...(made === 0 ? {} : { [`output_${kind}_tokens`]: made }),
        // Nor are thoughts media.
        ...(made === 0 || reasoningTokens === undefined
          ? {}
          : { [`output_${kind}_reasoning_tokens`]: 0 })
      }))
    )
  }
}

/** Tokens of one kind of media: those given, of them those that were cached, and those made. */
interface MediaUse {
  readonly kind: MediaKind
  readonly given: number
  readonly cached: number
  readonly made: number
}

/**
 * Tokens of media, no more of them than there are in all. What was cached is text's, unless the
 * provider says that it is not, or there is too much of it.
 */
const mediaIn = ({
  cachedTokens = 0,
  inputTokens,
  media,
  outputTokens,
  reasoningTokens = 0,
  writtenTokens = 0
}: Priced): ReadonlyArray<MediaUse> => {
  if (media === undefined) return []
  let [freeIn, freeOut, more] = [inputTokens, outputTokens - reasoningTokens, cachedTokens]
  const told = mediaKinds.map((kind): MediaUse => {
    const given = Math.min(media[`${kind}In`] ?? 0, freeIn)
    const made = Math.min(media[`${kind}Out`] ?? 0, freeOut)
    const cached = Math.min(media[`${kind}Cached`] ?? 0, given, more)
    freeIn -= given
    freeOut -= made
    more -= cached
    return { kind, given, made, cached }
  })
  more -= Math.max(0, freeIn - writtenTokens)
  return told.map((each) => {
    const rest = Math.max(0, Math.min(more, each.given - each.cached))
    more -= rest
    return { ...each, cached: each.cached + rest }
  })
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
