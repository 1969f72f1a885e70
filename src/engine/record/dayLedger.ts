/** The ledger of a run for limits of a day: opened when a model has such, closed with the run. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { SharedLedger } from "../../journal/SharedLedger.ts"
import type { DayLedger } from "../../models/asking/DayLimits.ts"

export const dayLedger = (cacheDir: string): Effect.Effect<DayLedger, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      let opened: SharedLedger | undefined
      const ledger = (): SharedLedger => (opened ??= SharedLedger.at(cacheDir))
      return {
        usedSince: (model: string, hour: number) => ledger().usedSince(model, hour),
        use: (model: string, use: Parameters<DayLedger["use"]>[1]) => ledger().use(model, use),
        close: () => opened?.close()
      }
    }),
    ({ close }) => Effect.sync(close)
  )
