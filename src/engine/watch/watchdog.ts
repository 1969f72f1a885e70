/**
 * The watchdog: another thread that sees when a step's code computes without end, says so, and lets
 * signals end the program all the same.
 */
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { markedNames, markOf, shared, sharedMemory } from "./atWork.ts"
import type { WatchdogData, WatchdogOrder } from "./watchdogThread.ts"

const beatMs = 250

const beat = (): void => void Atomics.add(sharedMemory, shared.beat, 1)

let thread: Worker | undefined
let heart: NodeJS.Timeout | undefined
let namesSent = 0

/**
 * Watches over the steps of a run as long as the scope lives. The thread starts with the first run
 * and stays, without keeping the program from its end.
 */
export const watchSteps = (steps: Iterable<string>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => {
        for (const step of steps) markOf(step)
        Atomics.add(sharedMemory, shared.runs, 1)
        // Runs that are over before the next beat may follow each other for long.
        beat()
        heart ??= setInterval(beat, beatMs).unref()
        const names = markedNames().slice(namesSent)
        namesSent += names.length
        // A message wakes the thread, which costs a short run more than all else here.
        if (names.length > 0 || Atomics.load(sharedMemory, shared.watches) === 0) send({ names })
      }),
      () =>
        Effect.sync(() => {
          if (Atomics.sub(sharedMemory, shared.runs, 1) > 1) return
          clearInterval(heart)
          heart = undefined
        })
    )
  )

/** The watchdog hears these signals too, from now on; a run may take so long to stop. */
export const hearSignals = (signals: WatchdogOrder["signals"] & {}, graceMs: number): void => {
  Atomics.store(sharedMemory, shared.hears, signals.length === 0 ? 0 : 1)
  if (signals.length > 0 || thread !== undefined) send({ signals, graceMs })
}

const send = (order: WatchdogOrder): void => {
  thread ??= startThread()
  thread?.postMessage(order, [])
}

const startThread = (): Worker | undefined => {
  const file = new URL(
    import.meta.url.endsWith(".ts") ? "./watchdogThread.ts" : "./watchdogThread.js",
    import.meta.url
  )
  const workerData: WatchdogData = { memory: sharedMemory, places: shared }
  try {
    // Signals in a thread are an internal matter of Node's; this flag opens it, to this thread alone. It writes to the descriptor, not through this thread.
    const started = new Worker(file, {
      workerData,
      execArgv: ["--expose-internals", "--no-warnings"],
      stdout: true,
      stderr: true,
      name: "distilabel-ts watchdog",
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 }
    })
    started.unref()
    // A run goes on without it.
    started.on("error", () => {})
    return started
  } catch {
    return undefined
  }
}
