/** `distilabel-ts prices`: the newest list of what models cost. */
import * as Effect from "effect/Effect"
import { cacheDirectory } from "../data/rows/cacheDirectory.ts"
import { writePriceList } from "../journal/PriceList.ts"
import { checkedProviders, listUrl } from "../models/asking/listedPrices.ts"
import { makeFetch } from "../models/http/undiciFetch.ts"
import { counted } from "../words/figures.ts"
import { UsageError } from "./UsageError.ts"

const timeoutMs = 60_000

/** Fetches the list and keeps it; gives the exit code. */
export const updatePrices = async ({
  dir,
  from = listUrl()
}: {
  readonly dir: string | undefined
  readonly from: string | undefined
}): Promise<number> => {
  if (!URL.canParse(from) || !/^https?:$/.test(new URL(from).protocol))
    throw new UsageError("prices update", `--from takes an address, not '${from}'`)
  const fetched = await fetchedList(from).catch((thrown: unknown) =>
    thrown instanceof Error ? thrown : new Error(String(thrown))
  )
  if (fetched instanceof Error) {
    console.error(
      `The list of prices could not be fetched from ${from}: ${fetched.message}. The one that is there stays in use; option prices of run, or --price, say what a model costs.`
    )
    return 1
  }
  const models = fetched.reduce((sum, { models }) => sum + models.length, 0)
  const path = writePriceList(cacheDirectory(dir), {
    fetchedAt: Date.now(),
    from,
    providers: fetched
  })
  console.log(
    `${counted(models, "model")} of ${counted(fetched.length, "provider")} in ${path}, which runs with this cache directory use.`
  )
  return 0
}

const fetchedList = async (
  from: string
): Promise<ReadonlyArray<{ readonly models: ReadonlyArray<unknown> }>> => {
  const text = await Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(makeFetch(from, 1), (fetch) =>
        Effect.promise(async () => {
          const response = await fetch(from, { signal: AbortSignal.timeout(timeoutMs) })
          return response.text()
        })
      )
    )
  )
  const providers = checkedProviders(parsed(text))
  if (providers === undefined) throw new Error("what is there is not such a list")
  return providers
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
