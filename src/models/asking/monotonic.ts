/**
 * Time for waits and limits: setting the machine's clock changes nothing about it, and effect's
 * TestClock moves it.
 */
import type * as Clock from "effect/Clock"

/** Milliseconds since some moment: only the difference of two readings means something. */
export const monotonicMs = (clock: Clock.Clock): number =>
  Number(clock.monotonicTimeNanosUnsafe()) / 1e6
