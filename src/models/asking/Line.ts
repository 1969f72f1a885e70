/**
 * Lines: who waits to pass, in the order in which they came. The first in line looks whether it may
 * go, the others wait behind it; whoever comes while nobody waits looks at once.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type { Restore } from "./Restore.ts"

/** What the first in line finds. */
export type Look<Passed, Why> =
  | { readonly kind: "passed"; readonly passed: Passed }
  /** It looks again after this time, or when something happens; `Infinity` waits for that alone. */
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "left"; readonly why: Why }

/** Looks whether one may go; `waits` says whether it is in line already. */
type Looks<Passed, Why> = (waits: boolean) => Look<Passed, Why>

interface Waiting<Passed, Why> {
  readonly look: Looks<Passed, Why>
  readonly resume: (found: Effect.Effect<Passed, Why>) => void
  passed: Passed | undefined
}

export class Line<Passed, Why> {
  readonly #clock: Clock.Clock
  readonly #waiting = new Set<Waiting<Passed, Why>>()
  #timer: Fiber.Fiber<void> | undefined
  #looking = false
  #lookAgain = false

  constructor(clock: Clock.Clock) {
    this.#clock = clock
  }

  /**
   * Waits for one's turn to pass. Only the wait may be interrupted; `undo` takes back what passed
   * in the moment in which it was.
   */
  pass(
    restore: Restore,
    look: Looks<Passed, Why>,
    undo: (passed: Passed) => void
  ): Effect.Effect<Passed, Why> {
    return Effect.suspend(() => {
      if (this.#waiting.size === 0) {
        const found = look(false)
        if (found.kind === "passed") return Effect.succeed(found.passed)
        if (found.kind === "left") return Effect.fail(found.why)
      }
      let waiting: Waiting<Passed, Why> | undefined
      const turn = Effect.callback<Passed, Why>((resume) => {
        const joined = { look, resume, passed: undefined }
        waiting = joined
        this.#waiting.add(joined)
        if (this.#waiting.size === 1) this.look()
        return Effect.sync(() => {
          this.#waiting.delete(joined)
          this.look()
        })
      })
      return Effect.onExit(restore(turn), (exit) =>
        Effect.sync(() => {
          if (Exit.isFailure(exit) && waiting?.passed !== undefined) undo(waiting.passed)
        })
      )
    })
  }

  /** Something has happened: who is first looks whether it may go, and then who is next. */
  look(): void {
    // Whoever goes may be through before the next one has looked.
    this.#lookAgain = true
    if (this.#looking) return
    this.#looking = true
    let waitMs = Infinity
    try {
      while (this.#lookAgain) {
        this.#lookAgain = false
        waitMs = this.#letGo()
      }
    } finally {
      this.#looking = false
    }
    this.#wakeAfter(waitMs)
  }

  /** Lets all go that may; gives how long the first of the others waits. */
  #letGo(): number {
    for (const first of this.#waiting) {
      const found = first.look(true)
      if (found.kind === "wait") return found.ms
      this.#waiting.delete(first)
      if (found.kind === "passed") {
        first.passed = found.passed
        first.resume(Effect.succeed(found.passed))
      } else first.resume(Effect.fail(found.why))
    }
    return Infinity
  }

  #wakeAfter(ms: number): void {
    this.#timer?.interruptUnsafe()
    this.#timer = undefined
    if (ms === Infinity) return
    // Timers know no less than a millisecond.
    const timer = Effect.runFork(this.#clock.sleep(Duration.millis(Math.max(1, ms))))
    this.#timer = timer
    timer.addObserver((exit) => {
      if (this.#timer !== timer || !Exit.isSuccess(exit)) return
      this.#timer = undefined
      this.look()
    })
  }
}
