/** Work that is done again and again while a run goes on. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** Does something every so many milliseconds of the run's clock, as long as the scope lives. */
export const regularly = (
  everyMs: number,
  work: () => void
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.sleep(everyMs).pipe(
    Effect.andThen(Effect.sync(work)),
    Effect.forever,
    Effect.forkScoped,
    Effect.asVoid
  )
