import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { Line, type Look } from "../../src/models/asking/Line.ts"

/** A line before something that holds so many. */
const room = (clock: Clock.Clock, places: number) => {
  const line = new Line<number, string>(clock)
  const state = { inside: 0, most: 0, entered: [] as Array<number> }
  const leave = (): void => {
    state.inside--
    line.look()
  }
  const enter = (n: number) => (): Look<number, string> => {
    if (state.inside >= places) return { kind: "wait", ms: Infinity }
    state.most = Math.max(state.most, ++state.inside)
    state.entered.push(n)
    return { kind: "passed", passed: n }
  }
  const work = (n: number, ends: Effect.Effect<void, string>): Effect.Effect<void, string> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(line.pass(restore, enter(n), leave), () =>
        Effect.ensuring(restore(ends), Effect.sync(leave))
      )
    )
  return { line, state, work }
}

describe("a line", () => {
  it.live("lets no more pass than there is room for, whoever fails or is interrupted", () =>
    Effect.gen(function* () {
      const { state, work } = room(yield* Clock.Clock, 2)
      const forked = yield* Effect.forEach(Array.from({ length: 60 }), (_, n) =>
        Effect.forkChild(
          work(
            n,
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
      expect([state.most, state.inside]).toEqual([2, 0])
      yield* Effect.all([work(61, Effect.sleep(10)), work(62, Effect.sleep(10))], {
        concurrency: 2
      })
      expect(state.most).toBe(2)
    })
  )

  it.effect("keeps the order in which they came", () =>
    Effect.gen(function* () {
      const { state, work } = room(yield* Clock.Clock, 1)
      const all = Effect.forEach(
        Array.from({ length: 200 }, (_, n) => n),
        (n) => work(n, n % 5 === 0 ? Effect.yieldNow : Effect.void),
        { concurrency: "unbounded" }
      )
      yield* all
      expect(state.entered).toEqual(Array.from({ length: 200 }, (_, n) => n))
    })
  )

  it.effect("looks again when its time has come, and no sooner", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const line = new Line<string, string>(clock)
      const looks: Array<number> = []
      const look = (): Look<string, string> => {
        const now = clock.currentTimeMillisUnsafe()
        looks.push(now)
        return now < 50 ? { kind: "wait", ms: 50 - now } : { kind: "passed", passed: "in" }
      }
      const waiting = yield* Effect.forkChild(
        Effect.uninterruptibleMask((restore) => line.pass(restore, look, () => {}))
      )
      yield* TestClock.adjust(49)
      expect(waiting.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust(1)
      expect(yield* Fiber.join(waiting)).toBe("in")
      expect(looks.every((at) => at === 0 || at === 50)).toBe(true)
    })
  )
})
