/**
 * Deadlines: all attempts at a model have the same time, so whoever begins first is late first. One
 * timer, for the attempt that began first, does for thousands in flight.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { monotonicMs } from "./monotonic.ts"

interface Attempt {
  readonly fiber: Fiber.Fiber<unknown, unknown>
  readonly dueMs: number
  isLate: boolean
}

export class Deadlines {
  readonly #ms: number
  readonly #underWay = new Set<Attempt>()
  #timer: Fiber.Fiber<void> | undefined

  /** Seconds that each attempt has. */
  constructor(seconds: number) {
    this.#ms = seconds * 1000
  }

  /** The effect, interrupted at its deadline; then what `late` says instead. */
  within<A, E, R>(effect: Effect.Effect<A, E, R>, late: () => E): Effect.Effect<A, E, R> {
    if (!Number.isFinite(this.#ms)) return effect
    return Effect.contextWith((context) =>
      Clock.clockWith((clock) =>
        Effect.callback<A, E>((resume) => {
          const fiber = Effect.runForkWith(context)(effect)
          const exit = fiber.pollUnsafe()
          if (exit !== undefined) {
            resume(exit)
            return
          }
          const attempt = { fiber, dueMs: monotonicMs(clock) + this.#ms, isLate: false }
          this.#underWay.add(attempt)
          if (this.#timer === undefined) this.#wait(clock, this.#ms)
          fiber.addObserver((exit) => {
            this.#underWay.delete(attempt)
            if (this.#underWay.size === 0) this.#stop()
            resume(
              attempt.isLate && Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
                ? Effect.fail(late())
                : exit
            )
          })
          return Fiber.interrupt(fiber)
        })
      )
    )
  }

  #wait(clock: Clock.Clock, ms: number): void {
    const timer = Effect.runFork(clock.sleep(Duration.millis(Math.max(1, ms))))
    this.#timer = timer
    timer.addObserver((exit) => {
      if (this.#timer !== timer || !Exit.isSuccess(exit)) return
      this.#timer = undefined
      this.#interruptLate(clock)
    })
  }

  #interruptLate(clock: Clock.Clock): void {
    const now = monotonicMs(clock)
    for (const attempt of this.#underWay) {
      if (attempt.dueMs > now) {
        this.#wait(clock, attempt.dueMs - now)
        return
      }
      attempt.isLate = true
      attempt.fiber.interruptUnsafe()
    }
  }

  /** A timer that nobody needs would keep the process. */
  #stop(): void {
    this.#timer?.interruptUnsafe()
    this.#timer = undefined
  }
}
