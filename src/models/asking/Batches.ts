/** Delivery by jobs: a run brings it to whoever asks. */
import * as Context from "effect/Context"
import type { Batches } from "./ModelAccess.ts"

/** The jobs of a run; outside of any run there are none. */
export const CurrentBatches = Context.Reference<Batches | undefined>("distilabel-ts/llms/Batches", {
  defaultValue: () => undefined
})
