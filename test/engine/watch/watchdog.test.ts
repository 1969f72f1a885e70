import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { shared, sharedMemory } from "../../../src/engine/watch/atWork.ts"
import { watchSteps } from "../../../src/engine/watch/watchdog.ts"

const at = (place: keyof typeof shared): number => Atomics.load(sharedMemory, shared[place])

it("a thread that begins one short run after the other is seen to be alive, and each run to be watched", async () => {
  const before = at("beat")
  await Effect.runPromise(Effect.scoped(watchSteps(["quick"])))
  await expect.poll(() => at("watches")).toBe(1)
  for (let run = 1; run <= 100; run++) {
    await Effect.runPromise(
      Effect.scoped(
        Effect.andThen(
          watchSteps(["quick"]),
          Effect.sync(() => expect(at("runs")).toBe(1))
        )
      )
    )
  }
  expect(at("beat") - before).toBeGreaterThanOrEqual(101)
  // Nothing runs any more, and so nothing is looked at; the next run is again.
  await expect.poll(() => at("watches")).toBe(0)
  await Effect.runPromise(
    Effect.scoped(
      Effect.andThen(
        watchSteps(["quick"]),
        Effect.promise(() => expect.poll(() => at("watches")).toBe(1))
      )
    )
  )
})
