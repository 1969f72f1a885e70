/** How a run makes jobs, and looks at them. */
import type * as Effect from "effect/Effect"
import type { BatchStore } from "./BatchStore.ts"

export interface BatchSettings {
  readonly store: BatchStore
  /** At most so many questions in a job, however many the provider takes. */
  readonly size: number
  /** A question waits so long for others at most. */
  readonly afterMs: number
  /** Jobs are looked at so often. */
  readonly pollMs: number
  /** Whether files are removed from the provider once they are read. */
  readonly removes: boolean
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** How many US dollars may still be spent. */
  readonly room: () => number
  /** Whether anything new may be asked. */
  readonly takesNew: () => boolean
  /** Is told that the budget has no room for more questions. */
  readonly onTooDear: () => void
  readonly warn: (sentence: string) => void
  readonly fork: (work: Effect.Effect<void>) => void
}
