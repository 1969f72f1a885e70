/** Prices that were fetched since the package came out, where the cache directory has them. */
import * as Effect from "effect/Effect"
import { readPriceList } from "../../journal/PriceList.ts"

/** The providers of the list; undefined where there is none, or it cannot be read. */
export const newerPrices = (cacheDir: string): Effect.Effect<ReadonlyArray<object> | undefined> =>
  Effect.suspend(() => {
    const list = readPriceList(cacheDir)
    return list === "damaged"
      ? Effect.as(
          Effect.logWarning(
            `The list of prices in ${cacheDir} is damaged, and that of the package is used: distilabel-ts prices update fetches another.`
          ),
          undefined
        )
      : Effect.succeed(list?.providers)
  })
