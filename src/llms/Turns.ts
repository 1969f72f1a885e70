/** Turns: at most so many requests at once, the others in the order they came. */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"

/** Lets an effect have its turn. */
export interface Turns {
  readonly withTurn: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** So many turns at once. A queue of them rather than effect's semaphore, whose every release goes through all that wait: thousands of rows do. */
export const makeTurns = (count: number): Effect.Effect<Turns> =>
  Effect.gen(function*() {
    const turns = yield* Queue.unbounded<null>()
    yield* Queue.offerAll(turns, Array.from({ length: count }, () => null))
    return {
      withTurn: (effect) =>
        Effect.uninterruptibleMask((restore) =>
          Effect.flatMap(restore(Queue.take(turns)), () => Effect.ensuring(restore(effect), Queue.offer(turns, null))))
    }
  })
