/**
 * The process of a slot: it loads the program of a run once, works on the shards that its worker
 * names, and tells how they go. It ends with its worker.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Display } from "../engine/services/Display.ts"
import { Signals, type Stoppable } from "../engine/services/Signals.ts"
import { RunStopped } from "../engine/watch/RunStopped.ts"
import type { RunSummary } from "../engine/watch/Tally.ts"
import type { GivenPrices } from "../models/asking/prices.ts"
import { CurrentSharedLimits } from "../models/asking/SharedLimits.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { redacted } from "../secrets/redact.ts"
import { figuresOf } from "./figures.ts"
import { OtherRows, OtherVersion } from "./problems.ts"
import { readPlan, type RunPlan } from "./RunPlan.ts"
import { SlotLimits } from "./SlotLimits.ts"
import type { FromSlot, ToSlot } from "./slotMessages.ts"
import { checked, type CheckedRun, workShard, type Worked } from "./workShard.ts"

/** What a program is, once it is loaded. */
export interface LoadedProgram {
  readonly pipeline: AnyPipeline
  /** Rows in place of the source's own. */
  readonly dataset?: unknown
}

export interface SlotServer {
  /** Loads the program of a plan. */
  readonly load: (plan: RunPlan) => Promise<LoadedProgram>
  /** Of distilabel-ts. */
  readonly version: string
}

/** Serves the worker that has started this process, as long as that lives. */
export const serveSlot = (server: SlotServer): void => {
  process.on("disconnect", () => process.exit(1))
  // A terminal sends them to the worker too, which stops its slots in its own order.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {})
  const slot = new ServedSlot(server)
  process.on("message", (message: ToSlot) => slot.hear(message))
}

class ServedSlot {
  readonly #server: SlotServer
  #run: Promise<CheckedRun> | undefined
  #everyMs = 1000
  /** The run of the shard that is worked on. */
  #control: Stoppable | undefined
  #isStopping = false
  readonly #limits = new SlotLimits(send)

  constructor(server: SlotServer) {
    this.#server = server
  }

  hear(message: ToSlot): void {
    switch (message.kind) {
      case "open":
        this.#everyMs = message.everyMs
        this.#run = this.#open(message.folder, message.prices)
        this.#run.then(
          () => send({ kind: "opened" }),
          // Whoever wants it worked on is told.
          () => {}
        )
        return
      case "work":
        void this.#work(message.part, message.index).then(send)
        return
      case "stop":
        this.#isStopping = true
        this.#control?.stop("SIGTERM")
        return
      default:
        this.#limits.hear(message)
    }
  }

  async #open(folder: string, prices: GivenPrices | undefined): Promise<CheckedRun> {
    const { load, version } = this.#server
    const plan = await Effect.runPromise(readPlan(folder))
    const { dataset, pipeline } = await load(plan)
    // The coordinator counts for the whole run.
    const settings = { progress: "none", maxErrorRate: 1, ...(prices && { prices }) } as const
    return Effect.runPromise(checked({ folder, plan, pipeline, dataset, settings }, version))
  }

  async #work(part: number, index: number): Promise<FromSlot> {
    try {
      const run = await this.#run!
      if (this.#isStopping) return { kind: "stopped" }
      const exit = await Effect.runPromiseExit(
        this.#observed(workShard(run, part, index), run.plan.parts[part]!.steps)
      )
      if (Exit.isSuccess(exit)) return { kind: "worked", worked: exit.value }
      throw Cause.squash(exit.cause)
    } catch (thrown) {
      const message = redacted(thrown instanceof Error ? thrown.message : String(thrown))
      if (thrown instanceof OtherVersion || thrown instanceof OtherRows)
        return { kind: "refused", message }
      if (thrown instanceof RunStopped && thrown.reason === "SIGTERM") return { kind: "stopped" }
      return { kind: "failed", message }
    } finally {
      this.#control = undefined
    }
  }

  /** A shard whose figures are told while it is worked on, and which the worker can stop. */
  #observed<E>(
    work: Effect.Effect<Worked, E>,
    steps: ReadonlyArray<string>
  ): Effect.Effect<Worked, E> {
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

const send = (message: FromSlot): void => void process.send?.(message)
