/**
 * The process of a slot: it loads the program of a run once, works on the shards that its worker
 * names, and tells how they go. It ends with its worker.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Tracer from "effect/Tracer"
import type { RunServices } from "../engine/local/execute.ts"
import { Display } from "../engine/services/Display.ts"
import { Signals, type Stoppable } from "../engine/services/Signals.ts"
import { RunStopped } from "../engine/watch/RunStopped.ts"
import type { RunSummary } from "../engine/watch/Tally.ts"
import type { GivenPrices } from "../models/asking/prices.ts"
import { CurrentSharedLimits } from "../models/asking/SharedLimits.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { redacted } from "../secrets/redact.ts"
import { figuresOf } from "./figures.ts"
import { openPlace } from "./openPlace.ts"
import { OtherRows } from "./problems.ts"
import { readPlan, type RunPlan } from "./RunPlan.ts"
import { SlotLimits } from "./SlotLimits.ts"
import type { FromSlot, SlotWork, ToSlot } from "./slotMessages.ts"
import { checked, type CheckedRun, workShard, type Worked } from "./workShard.ts"

/** What a program is, once it is loaded. */
export interface LoadedProgram {
  readonly pipeline: AnyPipeline
  /** Rows in place of the source's own. */
  readonly dataset?: unknown
}

export interface SlotServer {
  /** Loads the program of a plan, which lies in a folder. */
  readonly load: (folder: string, plan: RunPlan) => Promise<LoadedProgram>
  /** Of distilabel-ts. */
  readonly version: string
  /** Gives the work on a shard what runs are usually surrounded by. */
  readonly surround: <A, E>(work: Effect.Effect<A, E, RunServices>) => Effect.Effect<A, E>
  /** Sends spans to the collector at an address. */
  readonly collector: (address: string) => Layer.Layer<never>
}

const slot = Symbol.for("distilabel-ts/slot")

/** Whether this process is a slot's, by whichever copy of the library that was begun. */
export const isInSlot = (): boolean => slot in globalThis

/** Serves the worker that has started this process, as long as that lives. */
export const serveSlot = (server: SlotServer): void => {
  Object.defineProperty(globalThis, slot, { value: true })
  process.on("disconnect", () => process.exit(1))
  // A terminal sends them to the worker too, which stops its slots in its own order.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {})
  const served = new ServedSlot(server)
  process.on("message", (message: ToSlot) => served.hear(message))
}

class ServedSlot {
  readonly #server: SlotServer
  #run: Promise<CheckedRun> | undefined
  #everyMs = 1000
  /** The run of the shard that is worked on. */
  #control: Stoppable | undefined
  #isStopping = false
  readonly #limits = new SlotLimits(send)
  /** What sends spans, if anything does. */
  #runtime = ManagedRuntime.make(Layer.empty)

  constructor(server: SlotServer) {
    this.#server = server
  }

  hear(message: ToSlot): void {
    switch (message.kind) {
      case "open":
        this.#everyMs = message.everyMs
        if (message.otlp !== undefined)
          this.#runtime = ManagedRuntime.make(this.#server.collector(message.otlp))
        this.#run = this.#open(message.place, message.prices)
        this.#run.then(
          () => send({ kind: "opened" }),
          // Whoever wants it worked on is told.
          () => {}
        )
        return
      case "work":
        void this.#work(message).then(send)
        return
      case "end":
        void this.#runtime.dispose().finally(() => process.exit(0))
        return
      case "stop":
        this.#isStopping = true
        this.#control?.stop("SIGTERM")
        return
      default:
        this.#limits.hear(message)
    }
  }

  async #open(name: string, prices: GivenPrices | undefined): Promise<CheckedRun> {
    const { load, version } = this.#server
    const place = await openPlace(name)
    const plan = await Effect.runPromise(readPlan(place.folder))
    const { dataset, pipeline } = await load(place.folder, plan)
    // The coordinator counts for the whole run.
    const settings = { progress: "none", maxErrorRate: 1, ...(prices && { prices }) } as const
    return Effect.runPromise(checked({ place, plan, pipeline, dataset, settings }, version))
  }

  async #work({ index, part, trace }: SlotWork): Promise<FromSlot> {
    let run: CheckedRun
    try {
      run = await this.#run!
    } catch (thrown) {
      // What is wrong with this worker's files, packages or folders is not wrong with the shard.
      return { kind: "refused", message: sentenceOf(thrown) }
    }
    if (this.#isStopping) return { kind: "stopped" }
    try {
      const work = this.#observed(workShard(run, part, index), run.plan.parts[part]!.steps)
      const exit = await this.#runtime.runPromiseExit(
        this.#server.surround(
          trace === undefined
            ? work
            : Effect.withParentSpan(work, Tracer.externalSpan({ ...trace, sampled: true }))
        )
      )
      if (Exit.isSuccess(exit)) return { kind: "worked", worked: exit.value }
      throw Cause.squash(exit.cause)
    } catch (thrown) {
      const message = sentenceOf(thrown)
      if (thrown instanceof OtherRows) return { kind: "refused", message }
      if (thrown instanceof RunStopped && thrown.reason === "SIGTERM") return { kind: "stopped" }
      return { kind: "failed", message }
    } finally {
      this.#control = undefined
    }
  }

  /** A shard whose figures are told while it is worked on, and which the worker can stop. */
  #observed<E>(
    work: Effect.Effect<Worked, E, RunServices>,
    steps: ReadonlyArray<string>
  ): Effect.Effect<Worked, E, RunServices> {
    const began = Date.now()
    let summary: (() => RunSummary) | undefined
    const tell = (): void => {
      if (summary !== undefined)
        send({ kind: "figures", figures: figuresOf(began, summary(), steps) })
    }
    const told = setInterval(tell, this.#everyMs)
    return work.pipe(
      Effect.provideService(Display, {
        show: (shown) => (running) => {
          summary = shown.summary
          return running
        }
      }),
      Effect.provideService(Signals, {
        stopOn: (control) =>
          Effect.sync(() => {
            this.#control = control
            if (this.#isStopping) control.stop("SIGTERM")
          })
      }),
      Effect.provideService(CurrentSharedLimits, this.#limits.gate),
      Effect.ensuring(
        Effect.sync(() => {
          clearInterval(told)
          tell()
          this.#limits.clear()
        })
      )
    )
  }
}

const sentenceOf = (thrown: unknown): string =>
  redacted(thrown instanceof Error ? thrown.message : String(thrown))

// A worker that was killed hears nothing any more: its slot ends by itself.
const send = (message: FromSlot): void => void process.send?.(message, () => {})
