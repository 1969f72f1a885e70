import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { inTurn, makeTurns } from "../../src/models/asking/Turns.ts"

describe("turns", () => {
  it.live(
    "are as many as there are, and come back from those that fail or are interrupted, waiting or at work",
    () =>
      Effect.gen(function* () {
        const turns = yield* makeTurns(2)
        let inside = 0
        let most = 0
        const work = (ends: Effect.Effect<void, string>) =>
          Effect.uninterruptibleMask((restore) =>
            inTurn(
              turns,
              restore,
              Effect.suspend(() => {
                most = Math.max(most, ++inside)
                return Effect.ensuring(
                  restore(ends),
                  Effect.sync(() => inside--)
                )
              })
            )
          )
        const forked = yield* Effect.forEach(Array.from({ length: 60 }), (_, n) =>
          Effect.forkChild(
            work(
              n % 3 === 0 ? Effect.fail("no") : n % 3 === 1 ? Effect.sleep(n % 5) : Effect.never
            ),
            { startImmediately: n % 2 === 0 }
          )
        )
        for (const [n, fiber] of forked.entries()) {
          if (n % 4 === 0) yield* Effect.sleep(1)
          if (n % 3 === 2 || n % 7 === 0) yield* Fiber.interrupt(fiber)
        }
        yield* Effect.forEach(forked, (fiber) => Fiber.await(fiber), { discard: true })
        expect([most, inside]).toEqual([2, 0])
        yield* Effect.all([work(Effect.sleep(10)), work(Effect.sleep(10))], { concurrency: 2 })
        expect(most).toBe(2)
      })
  )
})
