/**
 * Sleep before something is given up. A program that computes for long keeps answers waiting that
 * have arrived in time, and timers come before anybody looks at them: a sleep that was kept from
 * ending in time has them read first.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { monotonicMs } from "./monotonic.ts"

/** A sleep that ends later than this was kept from ending. */
const lateMs = 100
/** So long what has arrived meanwhile has to be read. */
const readingMs = 1000

/** Sleeps, and looks at what has arrived. */
export const sleepAndLook = (clock: Clock.Clock, ms: number): Effect.Effect<void> =>
  Effect.suspend(() => {
    const dueMs = monotonicMs(clock) + ms
    return Effect.andThen(
      clock.sleep(Duration.millis(ms)),
      Effect.suspend(() =>
        monotonicMs(clock) - dueMs > lateMs ? clock.sleep(Duration.millis(readingMs)) : Effect.void
      )
    )
  })
