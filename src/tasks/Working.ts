/** What functions of users return: a value at once, or a promise or an effect of one. */
import * as Effect from "effect/Effect"

/** A value, or a promise or an effect of one. `R` are the services that the effect requires. */
export type Working<A, R = never> = A | PromiseLike<A> | Effect.Effect<A, unknown, R>

/**
 * What a function returns, as an effect that fails with what it throws. Services that it requires
 * are in the type of the step.
 */
export const settled = <A>(work: () => Working<A>): Effect.Effect<A, unknown> =>
  Effect.suspend(() => {
    try {
      const working = work()
      if (Effect.isEffect(working)) return working
      return isPromise(working)
        ? Effect.tryPromise({ try: async () => working, catch: (thrown) => thrown })
        : Effect.succeed(working)
    } catch (thrown) {
      return Effect.fail(thrown)
    }
  })

export const isPromise = <A>(working: A | PromiseLike<A>): working is PromiseLike<A> =>
  typeof working === "object" &&
  working !== null &&
  "then" in working &&
  typeof working.then === "function"
