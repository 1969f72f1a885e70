import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { Deadlines } from "../../src/models/asking/Deadlines.ts"

describe("deadlines", () => {
  it.effect("end each attempt at its own time, and those that are done before never", () =>
    Effect.gen(function* () {
      const deadlines = new Deadlines(10)
      let interrupted = 0
      const attempt = (takes: number) =>
        Effect.forkChild(
          Effect.exit(
            deadlines.within(
              Effect.sleep(`${takes} seconds`).pipe(
                Effect.as(takes),
                Effect.onInterrupt(() => Effect.sync(() => interrupted++))
              ),
              () => "late"
            )
          ),
          { startImmediately: true }
        )
      const first = yield* attempt(4)
      const slow = yield* attempt(100)
      yield* TestClock.adjust("3 seconds")
      const later = yield* attempt(8)
      const never = yield* attempt(1000)
      yield* TestClock.adjust("6999 millis")
      expect(slow.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(slow)).toEqual(Exit.fail("late"))
      yield* TestClock.adjust("3 seconds")
      expect(yield* Fiber.join(first)).toEqual(Exit.succeed(4))
      expect(yield* Fiber.join(later)).toEqual(Exit.succeed(8))
      expect(yield* Fiber.join(never)).toEqual(Exit.fail("late"))
      expect(interrupted).toBe(2)
    })
  )

  it.effect("leave failures, and interruption from outside, as they are", () =>
    Effect.gen(function* () {
      const deadlines = new Deadlines(1)
      expect(yield* Effect.exit(deadlines.within(Effect.fail("no"), () => "late"))).toEqual(
        Exit.fail("no")
      )
      const waiting = yield* Effect.forkChild(
        deadlines.within(Effect.never, () => "late"),
        {
          startImmediately: true
        }
      )
      yield* Fiber.interrupt(waiting)
      expect(Exit.hasInterrupts(yield* Fiber.await(waiting))).toBe(true)
    })
  )
})
