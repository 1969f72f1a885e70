/** Requests that may go side by side, a few at a time. */
import * as Effect from "effect/Effect"

const atOnce = 4

/** Does something with each item, some of them side by side; fails with the first that fails. */
export const inTurn = <A>(
  items: ReadonlyArray<A>,
  each: (item: A) => Promise<void>
): Promise<void> =>
  Effect.runPromise(
    Effect.forEach(
      items,
      (item) => Effect.tryPromise({ try: () => each(item), catch: (thrown) => thrown }),
      { concurrency: atOnce, discard: true }
    )
  )
