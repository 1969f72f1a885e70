/**
 * Signals: Ctrl+C stops a run gently, a second one at once, a third one leaves the program. A
 * closed terminal and an output that nobody reads are like the first.
 */
import { isMainThread } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Stoppable } from "../engine/services/Signals.ts"
import { hearSignals } from "../engine/watch/watchdog.ts"

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const
type Signal = (typeof signals)[number]

/**
 * What a shell reports of a program that a signal ended; one that writes where nobody reads is
 * ended by SIGPIPE.
 */
export const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, EPIPE: 141 } as const

/** Runs that signals stop. */
const running = new Set<Stoppable>()
let count = 0

const on = (signal: Signal) => (): void => {
  // A terminal that is closed sends its signal, and so does the shell in it.
  if (signal === "SIGHUP" && count > 0) return
  count++
  if (count > 2) process.exit(exitCodes[signal])
  for (const control of running) {
    if (count === 1) control.stop(signal)
    else control.stopNow()
  }
}

const listeners = { SIGINT: on("SIGINT"), SIGTERM: on("SIGTERM"), SIGHUP: on("SIGHUP") }

/** What an output says once nobody reads it: a pipe, or a terminal that was closed. */
const closed: Readonly<Record<string, "EPIPE" | "SIGHUP">> = {
  EPIPE: "EPIPE",
  ECONNRESET: "EPIPE",
  ENOTCONN: "EPIPE",
  EIO: "SIGHUP",
  ENXIO: "SIGHUP"
}

const onOutputError = (error: NodeJS.ErrnoException): void => {
  const reason = closed[error.code ?? ""]
  if (reason === undefined) throw error
  for (const control of running) control.stop(reason)
}

const outputs = (): ReadonlyArray<NodeJS.WriteStream> => [process.stdout, process.stderr]

/**
 * Lets signals and closed outputs stop a run as long as the scope lives. A signal that the program
 * looks after itself stays its own.
 */
export const stopOnSignals = (control: Stoppable): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => {
        if (running.size === 0) {
          count = 0
          const ours = signals.filter((signal) => process.listenerCount(signal) === 0)
          for (const signal of ours) process.on(signal, listeners[signal])
          for (const output of outputs())
            if (!output.listeners("error").includes(onOutputError))
              output.on("error", onOutputError)
          // In a thread of a program nothing hears signals, and nothing may take them from the program.
          hearSignals(isMainThread ? ours : [], control.graceMs)
        }
        running.add(control)
      }),
      () =>
        Effect.sync(() => {
          running.delete(control)
          if (running.size > 0) return
          for (const signal of signals) process.off(signal, listeners[signal])
          hearSignals([], control.graceMs)
          // An output says a little later what became of the last text.
          setImmediate(() => {
            if (running.size === 0)
              for (const output of outputs()) output.off("error", onOutputError)
          })
        })
    )
  )
