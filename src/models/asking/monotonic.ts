/**
 * Time for waits and limits: setting the machine's clock changes nothing about it, and effect's
 * TestClock moves it.
 */
import type * as Clock from "effect/Clock"

/** Milliseconds since some moment: only the difference of two readings means something. */
export const monotonicMs = (clock: Clock.Clock): number =>
  Number(clock.monotonicTimeNanosUnsafe()) / 1e6

/** What Node tells of the time that its event loop waited; other runtimes do not. */
const { nodeTiming } = performance as { readonly nodeTiming?: { readonly idleTime?: number } }

/**
 * Milliseconds for which this thread was at work, not waiting for anything, since some moment. What
 * arrives meanwhile is seen later.
 */
export const busyMs = (): number =>
  nodeTiming?.idleTime === undefined ? 0 : performance.now() - nodeTiming.idleTime
