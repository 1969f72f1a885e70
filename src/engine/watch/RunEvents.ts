/** Telling a run's observer what happens in it. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import type { Priced } from "../../models/asking/prices.ts"
import type { LLMEvent } from "../../models/chat/LLMEvents.ts"
import { redacted } from "../../secrets/redact.ts"
import type { RunEvent, RunObserver } from "./RunEvent.ts"
import { RunStopped } from "./RunStopped.ts"
import { rowsThrough, type RunSummary } from "./Tally.ts"

/** What an answer to a step costs, in US dollars; undefined if its price is unknown. */
type CostOf = (step: string, used: Priced) => number | undefined

export class RunEvents {
  readonly #observer: RunObserver
  readonly #summary: () => RunSummary
  readonly #costOf: CostOf
  readonly #warn: (sentence: string) => void
  #hasThrown = false

  constructor(options: {
    readonly observer: RunObserver
    readonly summary: () => RunSummary
    readonly costOf: CostOf
    readonly warn: (sentence: string) => void
  }) {
    this.#observer = options.observer
    this.#summary = options.summary
    this.#costOf = options.costOf
    this.#warn = options.warn
  }

  readonly emit: RunObserver = (event) => {
    try {
      this.#observer(event)
    } catch (thrown) {
      if (this.#hasThrown) return
      this.#hasThrown = true
      this.#warn(`onEvent threw '${(thrown as Error).message}'; the run goes on.`)
    }
  }

  readonly progress = (): void => {
    const summary = this.#summary()
    const { through, total } = rowsThrough(summary)
    this.emit({
      kind: "progress",
      rows: through,
      total,
      steps: summary.steps.map(
        ({ cost, done, failed, inFlight, inputTokens, name, outputTokens, received }) => ({
          step: name,
          received,
          done,
          failed,
          inFlight,
          inputTokens,
          outputTokens,
          cost
        })
      )
    })
  }

  readonly onRequest = (event: LLMEvent): void => this.emit(this.#said(event))

  /** The run has ended. */
  ended(exit: Exit.Exit<unknown, unknown>): void {
    this.progress()
    const { seconds } = this.#summary()
    this.emit({ kind: "run ended", ...endOf(exit), seconds })
  }

  #said(event: LLMEvent): RunEvent {
    const {
      attempt,
      by = "",
      durationMs,
      inputTokens,
      kind,
      model,
      outputTokens,
      reason,
      row = "",
      step = "",
      waitMs,
      why = ""
    } = event
    if (kind === "recalled") return { kind, step, row, model }
    if (kind === "paused") return { kind, step, by, why, waitMs: waitMs ?? 0 }
    if (kind === "resting" || kind === "rested") return { kind, step, row, model }
    const cost =
      inputTokens === undefined || outputTokens === undefined
        ? undefined
        : this.#costOf(step, { ...event, inputTokens, outputTokens })
    return {
      kind: "request",
      state: kind,
      step,
      row,
      model,
      attempt,
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(outputTokens === undefined ? {} : { outputTokens }),
      ...(cost === undefined ? {} : { cost }),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(reason === undefined ? {} : { reason }),
      ...(waitMs === undefined ? {} : { waitMs })
    }
  }
}

const endOf = (
  exit: Exit.Exit<unknown, unknown>
): Pick<Extract<RunEvent, { kind: "run ended" }>, "end" | "detail"> => {
  if (Exit.isSuccess(exit)) return { end: "finished" }
  if (Cause.hasInterruptsOnly(exit.cause)) return { end: "stopped", detail: "was interrupted" }
  const error = Cause.squash(exit.cause)
  if (error instanceof RunStopped) return { end: "stopped", detail: error.why }
  return { end: "failed", detail: redacted(error instanceof Error ? error.message : String(error)) }
}
