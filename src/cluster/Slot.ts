/** A slot as its worker sees it: a process that works on one shard after the other. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import type { GivenPrices } from "../models/asking/prices.ts"
import { brokerVariable } from "./Broker.ts"
import type { ShardFigures } from "./figures.ts"
import type { FromSlot, SlotEnd, SlotWork, ToSlot } from "./slotMessages.ts"
import { within } from "./within.ts"

/** What a slot asks its worker in between. */
export type SlotAsks = Extract<FromSlot, { readonly kind: "paused" | "lease" | "turns" }>

export interface SlotOptions {
  /** The module that the process begins with. */
  readonly entry: URL
  /** The folder of the run, or its address. */
  readonly place: string
  readonly everyMs: number
  readonly prices: GivenPrices | undefined
  readonly otlp: string | undefined
  readonly onAsk: (slot: Slot, asked: SlotAsks) => void
}

/** A collector that is not there costs three seconds. */
const lastSpansMs = 4000

export class Slot {
  readonly #options: SlotOptions
  #child: ChildProcess | undefined
  #end: ((end: SlotEnd) => void) | undefined
  /** The shard that it works on. */
  #name: string | undefined
  #figures: ShardFigures | undefined
  #last: { readonly name: string; readonly figures: ShardFigures } | undefined
  #began = 0
  #share: ToSlot | undefined
  /** Processes that ended by themselves. */
  deaths = 0

  constructor(options: SlotOptions) {
    this.#options = options
  }

  /** What it works on; undefined while it waits. */
  get work():
    | { readonly name: string; readonly ms: number; readonly figures: ShardFigures | undefined }
    | undefined {
    return this.#name === undefined
      ? undefined
      : { name: this.#name, ms: performance.now() - this.#began, figures: this.#figures }
  }

  /** Starts the process and has it load the program, so that it is ready when a shard comes. */
  warm(): void {
    if (this.#child !== undefined) return
    const { entry, everyMs, otlp, place, prices } = this.#options
    // Whoever works on rows has no business with the broker.
    const { [brokerVariable]: _, ...env } = process.env
    const child = fork(entry, [], { env, stdio: ["ignore", "inherit", "inherit", "ipc"] })
    this.#child = child
    const gone = (how: string): void => {
      if (this.#child !== child) return
      this.#child = undefined
      this.deaths++
      this.#ended({ kind: "died", how })
    }
    child.on("message", (message: FromSlot) => this.#heard(message))
    child.on("exit", (code, signal) => gone(signal ?? `exit code ${code}`))
    child.on("error", (error) => gone(error.message))
    this.#send({ kind: "open", place, everyMs, prices, otlp })
    if (this.#share !== undefined) this.#send(this.#share)
  }

  /** The last shard and what was counted of it, while it waits for another. */
  get last(): { readonly name: string; readonly figures: ShardFigures } | undefined {
    return this.#name === undefined ? this.#last : undefined
  }

  /** Works on a shard, to whatever end. */
  run(name: string, work: SlotWork): Promise<SlotEnd> {
    return new Promise((resolve) => {
      this.#end = resolve
      this.#name = name
      this.#began = performance.now()
      this.warm()
      this.#send({ kind: "work", ...work })
    })
  }

  tell(
    message: Extract<ToSlot, { readonly kind: "stop" | "share" | "pause" | "grant" | "turns" }>
  ): void {
    if (message.kind === "share") this.#share = message
    this.#send(message)
  }

  /** Ends the process, at once if it is still at work. */
  async close(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    this.#child = undefined
    const ended = once(child, "exit")
    if (this.#options.otlp !== undefined) {
      child.send({ kind: "end" } satisfies ToSlot, () => {})
      await within(ended, lastSpansMs, undefined)
    }
    child.kill("SIGKILL")
    await ended
  }

  #send(message: ToSlot): void {
    // A process that is ending says so by its end.
    this.#child?.send(message, () => {})
  }

  #heard(message: FromSlot): void {
    switch (message.kind) {
      case "opened":
        return
      case "figures":
        this.#figures = message.figures
        return
      case "paused":
      case "lease":
      case "turns":
        this.#options.onAsk(this, message)
        return
      default:
        this.#ended(message)
    }
  }

  #ended(end: SlotEnd): void {
    const told = this.#end
    if (this.#name !== undefined && this.#figures !== undefined)
      this.#last = { name: this.#name, figures: this.#figures }
    this.#end = undefined
    this.#name = undefined
    this.#figures = undefined
    told?.(end)
  }
}
