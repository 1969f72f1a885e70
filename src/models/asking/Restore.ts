/** Interruption: what a region that cannot be interrupted allows all the same. */
import type * as Effect from "effect/Effect"

/** A way to let an effect be interrupted within a region that cannot be. */
export type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
