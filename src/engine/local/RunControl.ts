/** Run control: stops a run from outside, first gently, then at once. */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { sleepAndLook } from "../../models/asking/sleepAndLook.ts"
import type { Machine } from "../nodes/Machine.ts"
import type { Stoppable } from "../services/Signals.ts"
import type { StopReason } from "../watch/RunStopped.ts"

/** Does something after so many milliseconds, unless the run has ended by then. */
type Later = (ms: number, work: () => void) => void

export class RunControl implements Stoppable {
  #machine: Machine | undefined
  #reason: StopReason | undefined
  #detail: string | undefined
  readonly #later: Later
  readonly #left = Deferred.makeUnsafe<"stopped">()
  /** What is under way when a run is to stop is waited for so long. */
  readonly graceMs: number

  constructor(graceMs: number, later: Later) {
    this.graceMs = graceMs
    this.#later = later
  }

  /** Why the run is to stop; undefined if it is not. */
  get reason(): StopReason | undefined {
    return this.#reason
  }

  get detail(): string | undefined {
    return this.#detail
  }

  /** Done when the run is to be left at once. */
  get left(): Effect.Effect<"stopped"> {
    return Deferred.await(this.#left)
  }

  attach(machine: Machine): void {
    this.#machine = machine
    if (this.#reason !== undefined) machine.stopAdmitting()
  }

  /** Takes up nothing new, waits for what is under way, then ends the run. The first reason counts. */
  stop(reason: StopReason, detail?: string): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#detail = detail
    this.#machine?.stopAdmitting()
    // A model that hangs must not keep the run from ending.
    this.#later(this.graceMs, () => this.stopNow())
  }

  /** Ends the run, whatever is under way. */
  stopNow(): void {
    if (this.#machine === undefined) Deferred.doneUnsafe(this.#left, Effect.succeed("stopped"))
    else this.#machine.stopNow()
  }
}

/** The control of a run, as long as the scope lives. */
export const runControl = Effect.fnUntraced(function* (
  graceMs: number
): Effect.fn.Return<RunControl, never, Scope.Scope> {
  const scope = yield* Effect.scope
  const clock = yield* Clock.Clock
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  return new RunControl(graceMs, (ms, work) => {
    fork(sleepAndLook(clock, ms).pipe(Effect.andThen(Effect.sync(work)), Effect.forkIn(scope)))
  })
})
