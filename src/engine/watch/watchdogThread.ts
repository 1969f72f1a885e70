/**
 * The watchdog's thread: it sees when the main thread no longer answers, says which step keeps it,
 * and ends the program at the third signal, or at the first one when the step has not come back by
 * the time a run may take to stop.
 *
 * JavaScript that computes without end hears no signals: Node hands them over between two tasks.
 * Only a thread of its own can hear them meanwhile. It imports nothing of the library, so that it
 * is there within milliseconds.
 */
import { writeSync } from "node:fs"
import { createRequire } from "node:module"
import { constants } from "node:os"
import { isMainThread, parentPort, workerData } from "node:worker_threads"

type Signal = "SIGINT" | "SIGTERM" | "SIGHUP"

/** What the thread is given. */
export interface WatchdogData {
  readonly memory: Int32Array
  readonly places: {
    readonly beat: number
    readonly mark: number
    readonly runs: number
    readonly hears: number
    readonly watches: number
  }
}

/** What the thread is told; absent parts stay as they are. */
export interface WatchdogOrder {
  /** Names of steps that were added, in the order of their marks. */
  readonly names?: ReadonlyArray<string>
  /** Signals that the program leaves to its runs. */
  readonly signals?: ReadonlyArray<Signal>
  /** Milliseconds that a run may take to stop. */
  readonly graceMs?: number
}

/** Node's own handle for a signal, which `process.on` uses and only the main thread may. */
interface SignalHandle {
  onsignal: (signal: number) => void
  readonly start: (signal: number) => number
  readonly close: () => void
}

const everyMs = 250
const blockedMs = 5000
/** A main thread that is free ends the program by itself well before. */
const forceMs = 1500

const { memory, places } = workerData as WatchdogData
const names: Array<string> = []
const handles: Array<SignalHandle> = []
let graceMs = Infinity
let beat = -1
let beatAt = performance.now()
let said = 0
/** When signals came. */
let heard: Array<number> = []
let timer: NodeJS.Timeout | undefined

const isOn = (place: number): boolean => Atomics.load(memory, place) > 0
const say = (text: string): void => {
  try {
    writeSync(2, `${text}\n`)
  } catch {
    // Nobody reads it.
  }
}

const whatComputes = (): string => {
  const mark = Atomics.load(memory, places.mark)
  const name = names[Math.abs(mark) - 1]
  if (name === undefined) return "A function of the program"
  return mark > 0
    ? `Step '${name}'`
    : `A function of the program, perhaps of step '${name}', which was at work last,`
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`

const kill = (why: string): void => {
  say(
    `${whatComputes()} does not come back, and the program is ended ${why}. What was answered is kept: the same command goes on from here.`
  )
  process.kill(process.pid, "SIGKILL")
}

const look = (): void => {
  const now = performance.now()
  if (!isOn(places.runs)) {
    Atomics.store(memory, places.watches, 0)
    // A run that has begun in this moment has seen that it is watched.
    if (!isOn(places.runs)) {
      clearInterval(timer)
      timer = undefined
      return
    }
    Atomics.store(memory, places.watches, 1)
  }
  const latest = Atomics.load(memory, places.beat)
  if (latest !== beat) {
    beat = latest
    beatAt = now
    said = 0
  }
  const blocked = now - beatAt
  if (blocked >= blockedMs && blocked >= said * 10) {
    said = blocked
    say(
      `${whatComputes()} has been computing for ${seconds(blocked)} without a break: no other row moves meanwhile, and Ctrl+C is noticed only when it comes back. ${leaveBy()}`
    )
  }
  if (!isOn(places.hears)) return
  const [first, , third] = heard
  if (third !== undefined && now - third >= forceMs) kill("at the third signal")
  else if (first !== undefined && now - first >= graceMs + forceMs && blocked >= graceMs)
    kill(`${seconds(now - first)} after it was asked to stop`)
}

const leaveBy = (): string =>
  handles.length > 0
    ? "Ctrl+C three times ends the program at once."
    : `'kill -9 ${process.pid}' ends the program.`

const hear = (wanted: ReadonlyArray<Signal>): void => {
  for (const handle of handles.splice(0)) handle.close()
  heard = []
  const Handle = signalHandle()
  if (Handle === undefined) return
  for (const name of wanted) {
    const handle = new Handle()
    handle.onsignal = () => {
      if (isOn(places.hears)) {
        if (name !== "SIGHUP" || heard.length === 0) heard.push(performance.now())
        return
      }
      // The last run has just ended: the signal is the program's own again.
      for (const each of handles.splice(0)) each.close()
      process.kill(process.pid, name)
    }
    if (handle.start(constants.signals[name]) === 0) handles.push(handle)
  }
}

/**
 * Undefined in a Node that does not give it: then the watchdog says what it sees, and cannot end
 * the program.
 */
const signalHandle = (): (new () => SignalHandle) | undefined => {
  try {
    const { internalBinding } = createRequire(import.meta.url)("internal/test/binding") as {
      readonly internalBinding: (name: string) => { readonly Signal: new () => SignalHandle }
    }
    return internalBinding("signal_wrap").Signal
  } catch {
    return undefined
  }
}

if (!isMainThread && parentPort !== null) {
  parentPort.on("message", (order: WatchdogOrder) => {
    names.push(...(order.names ?? []))
    graceMs = order.graceMs ?? graceMs
    if (order.signals !== undefined) hear(order.signals)
    if (timer !== undefined) return
    Atomics.store(memory, places.watches, 1)
    beatAt = performance.now()
    timer = setInterval(look, everyMs)
  })
}
