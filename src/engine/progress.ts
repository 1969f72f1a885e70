/** How a run shows itself: live and in place on a terminal, as plain lines elsewhere, with a summary at the end. All of it goes to stderr, so that stdout stays the program's own. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { createLogUpdate } from "log-update"
import { createColors } from "picocolors"
import { amount, duration, table } from "./figures.ts"
import type { RunSummary, StepTally } from "./Tally.ts"

export type ProgressMode = "auto" | "live" | "plain" | "none"

interface Shown {
  readonly mode: ProgressMode
  readonly summary: () => RunSummary
  /** Steps that were made but never connected. */
  readonly forgotten: ReadonlyArray<string>
}

// Only a terminal gets colours: picocolors would also give them to logs of a CI.
const pc = createColors(process.stderr.isTTY === true && process.env["NO_COLOR"] === undefined)

const liveMs = 100
const plainMs = 5000

/** Shows a run while the effect is at work. */
export const showProgress = ({ forgotten, mode, summary }: Shown) => <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    if (mode === "none") return effect
    const stream = process.stderr
    const live = mode === "live" || (mode === "auto" && stream.isTTY)
    for (const name of forgotten) stream.write(`${pc.yellow("warning")} Step '${name}' was made but never connected: it will not run.\n`)
    const update = live ? createLogUpdate(stream) : undefined
    const timer = update === undefined
      ? setInterval(() => stream.write(`${plainLine(summary())}\n`), plainMs)
      : setInterval(() => update(liveText(summary())), liveMs)
    timer.unref()
    return effect.pipe(Effect.onExit((exit) =>
      Effect.sync(() => {
        clearInterval(timer)
        update?.clear()
        stream.write(`${endText(summary(), Exit.isSuccess(exit))}\n`)
      })
    ))
  })

/** Rows that are through, how many there will be as far as known, and when that may be. */
const overall = ({ atWork, seconds, steps }: RunSummary): { readonly through: number; readonly total: number | undefined; readonly eta: number | undefined } => {
  const sources = steps.filter(({ received, total }) => total !== undefined || received === 0)
  const given = sources.reduce((sum, { done }) => sum + done, 0)
  const through = Math.max(0, given - atWork)
  const totals = sources.map(({ total }) => total)
  const total = totals.every((count) => count !== undefined) ? totals.reduce((sum, count) => sum + count, 0) : undefined
  return { through, total, eta: total === undefined || through === 0 ? undefined : seconds * (total - through) / through }
}

const headline = (summary: RunSummary): string => {
  const { eta, through, total } = overall(summary)
  const rows = `${amount(through)}${total === undefined ? "" : ` of ${amount(total)}`} rows`
  return `${summary.pipeline}  ${rows}  ${duration(summary.seconds)}${eta === undefined ? "" : `  about ${duration(eta)} left`}`
}

const plainLine = (summary: RunSummary): string => {
  const busy = summary.steps.filter(({ inFlight, requests }) => inFlight > 0 || requests > 0)
  const steps = busy.map((step) => [step.name, amount(step.done), step.failed === 0 ? "" : `(${amount(step.failed)} failed)`, inFlight(step)].filter((part) => part !== "").join(" "))
  return [headline(summary), ...steps].join(" | ")
}

const liveText = (summary: RunSummary): string => {
  const rows = summary.steps.map((step) => [
    stateOf(step),
    step.name,
    `${amount(step.done)} rows`,
    pc.dim(`${amount(step.done / Math.max(summary.seconds, 0.001))}/s`),
    inFlight(step),
    step.failed === 0 ? "" : pc.red(`${amount(step.failed)} failed`),
    tokensOf(step)
  ])
  return `${pc.bold(headline(summary))}\n${table(rows)}`
}

/** Requests on the wire where the step asks a model, else rows in its hands. */
const inFlight = ({ inFlight, onWire, requests }: StepTally): string => {
  const count = requests > 0 ? onWire : inFlight
  return count === 0 ? "" : `${amount(count)} in flight`
}

const stateOf = ({ done, failed, inFlight, received }: StepTally): string =>
  inFlight > 0 ? pc.cyan("●") : received + done + failed === 0 ? pc.dim("○") : pc.green("●")

const tokensOf = ({ inputTokens, outputTokens }: StepTally): string =>
  inputTokens + outputTokens === 0 ? "" : pc.dim(`${amount(inputTokens)} → ${amount(outputTokens)} tokens`)

const endText = (summary: RunSummary, well: boolean): string => {
  const head = `${well ? pc.green("✓") : pc.red("✗")} ${pc.bold(summary.pipeline)} ${well ? "finished" : "stopped"} after ${duration(summary.seconds)}`
  const rows = summary.steps.map((step) => [
    "",
    step.name,
    pc.dim(step.kind),
    `${amount(step.done)} rows`,
    step.failed === 0 ? "" : pc.red(`${amount(step.failed)} failed`),
    step.requests === 0 ? "" : `${amount(step.requests)} requests${step.retries === 0 ? "" : `, ${amount(step.retries)} retries`}`,
    tokensOf(step)
  ])
  // A run that never got going has nothing to tell of its steps.
  if (!well && summary.steps.every(({ done, failed }) => done + failed === 0)) return head
  const reasons = summary.steps.flatMap((step) => [...step.reasons].map(([reason, count]) => `  ${pc.red(String(count))} × ${reason} at ${step.name}`))
  return [head, table(rows), ...reasons].join("\n")
}
