/**
 * The list of prices that others keep: the one that came with the package, or one that was fetched
 * since.
 */
import { createRequire } from "node:module"
import type * as GenaiPrices from "@pydantic/genai-prices"

const require = createRequire(import.meta.url)

/** It takes longer to load than a request to send. */
const loaded = (): typeof GenaiPrices => require("@pydantic/genai-prices") as typeof GenaiPrices

/** What the package calls a token of each kind: `cache_read_tokens`, `input_audio_tokens`. */
export interface ListedUsage extends Readonly<Record<string, number>> {
  readonly input_tokens: number
  readonly output_tokens: number
}

/** How a model is looked up. */
export interface Way {
  readonly model: string
  readonly options: { readonly providerApiUrl?: string; readonly providerId?: string }
}

let newest: ReadonlyArray<object> | undefined

/** Takes another list from now on. */
export const useProviders = (providers: ReadonlyArray<object>): void => {
  if (providers === newest) return
  newest = providers
  loaded().updatePrices(({ setProviderData }) => {
    setProviderData(providers as unknown as Array<GenaiPrices.Provider>)
  })
}

/** What a list holds, as far as it can be used; undefined where it is none. */
export const checkedProviders = (
  json: unknown
): ReadonlyArray<{ readonly models: ReadonlyArray<unknown> }> | undefined => {
  const listed: unknown =
    typeof json === "object" && json !== null && "providers" in json ? json.providers : json
  if (!Array.isArray(listed)) return undefined
  const providers = listed.filter(
    (each): each is { readonly models: ReadonlyArray<unknown> } =>
      typeof each === "object" &&
      each !== null &&
      typeof (each as { readonly id?: unknown }).id === "string" &&
      Array.isArray((each as { readonly models?: unknown }).models)
  )
  return providers.length === listed.length && providers.some(({ models }) => models.length > 0)
    ? providers
    : undefined
}

/** Where newer lists are. */
export const listUrl = (): string => loaded().REMOTE_DATA_JSON_URL

/** What the package calls seconds of audio, which models of speech are paid by. */
export const audioSeconds = "audio_seconds"

/**
 * What a use costs, in US dollars; undefined where the model is not listed, the list makes no sense
 * of what was counted, or what the model is paid by was not counted.
 */
export const listedPrice = (usage: ListedUsage, { model, options }: Way): number | undefined => {
  try {
    const found = loaded().calcPrice({ ...usage }, model, options)
    return found !== null && isCounted(Object.keys(found.model_price), usage)
      ? found.total_price
      : undefined
  } catch {
    return undefined
  }
}

/** Whether what a model is paid by was counted: tokens always are, and pages of documents never. */
const isCounted = (paidBy: ReadonlyArray<string>, usage: ListedUsage): boolean =>
  paidBy.length === 0 ||
  paidBy.some((unit) => /_mtok$|^requests_/.test(unit)) ||
  (paidBy.includes("audio_hours") && audioSeconds in usage)
