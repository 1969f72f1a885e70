/** Signals: Ctrl+C stops a run gently, a second one at once, a third one leaves the program. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { RunControl } from "./RunControl.ts"

type Signal = "SIGINT" | "SIGTERM"

/** What a shell reports of a program that a signal ended. */
export const exitCodes: Readonly<Record<Signal, number>> = { SIGINT: 130, SIGTERM: 143 }

/** Runs that signals stop. */
const running = new Set<RunControl>()
let count = 0

const on = (signal: Signal) => (): void => {
  count++
  if (count > 2) process.exit(exitCodes[signal])
  for (const control of running) {
    if (count === 1) control.stop(signal)
    else control.stopNow()
  }
}

const listeners = { SIGINT: on("SIGINT"), SIGTERM: on("SIGTERM") }
const signals = ["SIGINT", "SIGTERM"] as const

/** Lets signals stop a run as long as the scope lives. A signal that the program looks after itself stays its own. */
export const stopOnSignals = (control: RunControl): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(Effect.acquireRelease(
    Effect.sync(() => {
      if (running.size === 0) {
        count = 0
        for (const signal of signals) if (process.listenerCount(signal) === 0) process.on(signal, listeners[signal])
      }
      running.add(control)
    }),
    () =>
      Effect.sync(() => {
        running.delete(control)
        if (running.size === 0) for (const signal of signals) process.off(signal, listeners[signal])
      })
  ))
