/**
 * Deadlines: all attempts at a model have the same time, and so have all rows, so whoever begins
 * first is late first. One timer, for the attempt that began first, does for thousands in flight.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { Diagnosis } from "./Diagnosis.ts"
import { monotonicMs } from "./monotonic.ts"
import type { Posting } from "./Posting.ts"
import { sleepAndLook } from "./sleepAndLook.ts"

interface Attempt {
  readonly dueMs: number
  /** Its time is over. */
  readonly late: () => void
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
          let isLate = false
          const attempt = this.#begun(clock, () => {
            isLate = true
            fiber.interruptUnsafe()
          })
          fiber.addObserver((exit) => {
            this.#over(attempt)
            resume(
              isLate && Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
                ? Effect.fail(late())
                : exit
            )
          })
          return Fiber.interrupt(fiber)
        })
      )
    )
  }

  /** The answer to a request that is posted, aborted at its deadline or where it is interrupted. */
  posted<A>(posting: Posting<A>, late: () => Diagnosis): Effect.Effect<A, Diagnosis> {
    return Clock.clockWith((clock) =>
      Effect.callback<A, Diagnosis>((resume) => {
        let isOver = false
        let attempt: Attempt | undefined
        const end = (exit: Exit.Exit<A, Diagnosis>): void => {
          if (isOver) return
          isOver = true
          if (attempt !== undefined) this.#over(attempt)
          resume(exit)
        }
        const abort = posting(
          (answer) => end(Exit.succeed(answer)),
          (diagnosis) => end(Exit.fail(diagnosis)),
          () => clock.currentTimeMillisUnsafe()
        )
        // It may have failed at once.
        if (isOver) return undefined
        const left = (exit: Exit.Exit<never, Diagnosis>): void => {
          end(exit)
          abort()
        }
        if (Number.isFinite(this.#ms)) attempt = this.#begun(clock, () => left(Exit.fail(late())))
        return Effect.sync(() => left(Exit.interrupt()))
      })
    )
  }

  #begun(clock: Clock.Clock, late: () => void): Attempt {
    const attempt = { dueMs: monotonicMs(clock) + this.#ms, late }
    this.#underWay.add(attempt)
    if (this.#timer === undefined) this.#wait(clock, this.#ms)
    return attempt
  }

  #over(attempt: Attempt): void {
    this.#underWay.delete(attempt)
    if (this.#underWay.size === 0) this.#stop()
  }

  #wait(clock: Clock.Clock, ms: number): void {
    const timer = Effect.runFork(sleepAndLook(clock, Math.max(1, ms)))
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
      attempt.late()
    }
  }

  /** A timer that nobody needs would keep the process. */
  #stop(): void {
    this.#timer?.interruptUnsafe()
    this.#timer = undefined
  }
}
