/** Turns: at most so many requests at once, the others in the order they came. */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"

export interface Turns {
  /** Waits for a turn. */
  readonly take: Effect.Effect<void>
  /** Gives it back. */
  readonly give: Effect.Effect<void>
}

/**
 * So many turns at once. A queue of them rather than effect's semaphore, whose every release goes
 * through all that wait: thousands of rows do.
 */
export const makeTurns = (count: number): Effect.Effect<Turns> =>
  Effect.gen(function* () {
    const turns = yield* Queue.unbounded<null>()
    yield* Queue.offerAll(
      turns,
      Array.from({ length: count }, () => null)
    )
    return { take: Effect.asVoid(Queue.take(turns)), give: Effect.asVoid(Queue.offer(turns, null)) }
  })

/** A way to let an effect be interrupted within a region that cannot be. */
export type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/**
 * Waits for a turn, and gives it back however the effect ends. The effect itself says where it may
 * be interrupted.
 */
export const inTurn = <A, E>(
  turns: Turns,
  restore: Restore,
  effect: Effect.Effect<A, E>
): Effect.Effect<A, E> => Effect.andThen(restore(turns.take), Effect.ensuring(effect, turns.give))
