/**
 * How a run shows itself: live and in place on a terminal, as plain lines elsewhere, with a summary
 * at the end. All of it goes to stderr, so that stdout stays the program's own.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Shown } from "../../engine/services/Display.ts"
import type { GraphEnd } from "../../engine/watch/GraphEnd.ts"
import { currentPause, pausesOf, secondsPaused } from "../../engine/watch/Pauses.ts"
import { regularly } from "../../engine/watch/regularly.ts"
import { type RunSummary, rowsThrough, type StepTally } from "../../engine/watch/Tally.ts"
import { counted, dollars } from "../../words/figures.ts"
import { mediaWords } from "../../words/mediaWords.ts"
import { amount, amountOf, duration, table } from "../../words/terminal.ts"
import { colorsFor } from "./colors.ts"
import { Drawing } from "./Drawing.ts"

const pc = colorsFor(process.stderr)

/** The columns of a terminal; what is no terminal has no end of them. */
const widthOf = ({ columns, isTTY }: NodeJS.WriteStream): number => (isTTY ? columns : Infinity)

const liveMs = 100
const plainMs = 5000

/** Shows a run while the effect is at work. */
export const showProgress =
  ({ forgotten, mode, summary }: Shown) =>
  <E, R>(effect: Effect.Effect<GraphEnd, E, R>): Effect.Effect<GraphEnd, E, R> =>
    Effect.suspend(() => {
      if (mode === "none") return effect
      const stream = process.stderr
      const live = mode === "live" || (mode === "auto" && stream.isTTY)
      for (const notice of summary().notices) stream.write(`${pc.yellow("note")} ${notice}\n`)
      for (const name of forgotten)
        stream.write(
          `${pc.yellow("warning")} Step '${name}' was made but never connected: it will not run.\n`
        )
      const drawing = live ? new Drawing(stream) : undefined
      const drawn =
        drawing === undefined
          ? regularly(plainMs, () => stream.write(`${plainLine(summary())}\n`))
          : regularly(liveMs, () => drawing.draw(liveText(summary())))
      return Effect.scoped(Effect.andThen(drawn, effect)).pipe(
        Effect.onExit((exit) =>
          Effect.sync(() => {
            drawing?.end()
            stream.write(`${endText(summary(), Exit.isSuccess(exit) ? exit.value : "failed")}\n`)
          })
        )
      )
    })

/** When the run may be done: what it still waits for, and the rest as fast as it went so far. */
const timeLeft = (summary: RunSummary): string => {
  const { resumed, through, total } = rowsThrough(summary)
  const now = through - resumed
  const pause = currentPause(summary)?.seconds ?? 0
  if (total === undefined || now <= 0) return pause === 0 ? "" : `at least ${duration(pause)} left`
  return `about ${duration(pause + (Math.max(0, summary.seconds - secondsPaused(summary)) * (total - through)) / now)} left`
}

/** What is waited for. */
const pauseText = (summary: RunSummary): string => {
  const pause = currentPause(summary)
  return pause === undefined
    ? ""
    : `paused by ${pause.by} for ${duration(pause.seconds)} (${pause.why})`
}

const headline = (summary: RunSummary): string => {
  const { through, total } = rowsThrough(summary)
  const rows =
    total === undefined
      ? amountOf(through, "row")
      : `${amount(through)} of ${amountOf(total, "row")}`
  return [
    summary.pipeline,
    rows,
    duration(summary.seconds),
    summary.stopping !== undefined ? stoppingText(summary) : timeLeft(summary),
    costOf(summary)
  ]
    .filter((part) => part !== "")
    .join("  ")
}

/** What a run that is to stop waits for. */
const stoppingText = ({ steps }: RunSummary): string => {
  const requests = steps.reduce((sum, { onWire }) => sum + onWire, 0)
  return requests === 0
    ? "stopping"
    : `stopping: waiting for ${amountOf(requests, "answer")}, Ctrl+C again to leave them`
}

/** What the answers cost, as far as their prices are known. */
const costOf = ({ steps }: RunSummary): string => {
  const cost = steps.reduce((sum, step) => sum + step.cost, 0)
  const unpriced = steps.some((step) => step.unpriced > 0)
  if (cost === 0) return unpriced ? "price unknown" : ""
  const about = steps.some((step) => step.estimated > 0) ? "about " : ""
  return `${about}${dollars(cost)}${unpriced ? " and answers whose price is unknown" : ""}`
}

const plainLine = (summary: RunSummary): string => {
  const busy = summary.steps.filter(({ inFlight, requests }) => inFlight > 0 || requests > 0)
  const steps = busy.map((step) =>
    [
      step.name,
      amount(step.done),
      step.failed === 0 ? "" : `(${amount(step.failed)} failed)`,
      inFlight(step)
    ]
      .filter((part) => part !== "")
      .join(" ")
  )
  return [headline(summary), pauseText(summary), ...steps].filter((part) => part !== "").join(" | ")
}

const liveText = (summary: RunSummary): string => {
  const rows = summary.steps.map((step) => [
    stateOf(step),
    step.name,
    amountOf(step.done, "row"),
    pc.dim(`${amount(step.done / Math.max(summary.seconds, 0.001))}/s`),
    inFlight(step),
    step.failed === 0 ? "" : pc.red(`${amount(step.failed)} failed`),
    tokensOf(step)
  ])
  const pause = pauseText(summary)
  return [
    pc.bold(headline(summary)),
    ...(pause === "" ? [] : [`  ${pc.yellow(pause)}`]),
    table(rows, widthOf(process.stderr))
  ].join("\n")
}

/**
 * Requests on the wire where the step asks a model, else rows in its hands; and questions that wait
 * for batch jobs.
 */
const inFlight = ({ inFlight, onWire, requests, resting }: StepTally): string => {
  const count = requests > 0 || resting > 0 ? onWire : inFlight
  return [
    count === 0 ? "" : `${amount(count)} in flight`,
    resting === 0 ? "" : `${amount(resting)} in batch jobs`
  ]
    .filter((part) => part !== "")
    .join(", ")
}

const stateOf = ({ done, failed, inFlight, received }: StepTally): string =>
  inFlight > 0 ? pc.cyan("●") : received + done + failed === 0 ? pc.dim("○") : pc.green("●")

const tokensOf = ({
  cachedInput,
  countedInput,
  inputTokens,
  media,
  outputTokens
}: StepTally): string =>
  inputTokens + outputTokens === 0
    ? ""
    : pc.dim(
        [
          `${amount(inputTokens)} → ${amount(outputTokens)} tokens`,
          ...(media === undefined ? [] : [mediaWords(media, amount)]),
          ...(cachedInput === 0
            ? []
            : [`${Math.floor((cachedInput / countedInput) * 100)} % of input cached`])
        ].join(", ")
      )

const longestDetail = 160

/** The first line of what a failure says. */
const shortened = (detail: string): string => {
  const [line = ""] = detail.split("\n")
  return line.length > longestDetail ? `${line.slice(0, longestDetail)}…` : line
}

const endText = (summary: RunSummary, end: GraphEnd | "failed"): string => {
  const name = pc.bold(summary.pipeline)
  if (end === "done before")
    return `${pc.green("✓")} ${name} was done before, with the same steps and rows: nothing is asked again`
  const barren = summary.steps.find(({ done, failed }) => done === 0 && failed > 0)
  const [mark, word] =
    end === "done" && barren !== undefined
      ? [pc.red("✗"), "finished"]
      : end === "done"
        ? [pc.green("✓"), "finished"]
        : end === "stopped"
          ? [pc.yellow("■"), "stopped"]
          : [pc.red("✗"), "failed"]
  const cost = costOf(summary)
  const lost =
    end === "done" && barren !== undefined ? `: every row failed at '${barren.name}'` : ""
  const head = `${mark} ${name} ${word} after ${duration(summary.seconds)}${cost === "" ? "" : `, ${cost}`}${lost}`
  const rows = summary.steps.map((step) => [
    "",
    step.name,
    pc.dim(step.kind),
    amountOf(step.done, "row"),
    step.failed === 0 ? "" : pc.red(`${amount(step.failed)} failed`),
    [
      step.requests === 0 ? "" : amountOf(step.requests, "request"),
      step.retries === 0 ? "" : amountOf(step.retries, "retry", "retries"),
      step.recalled === 0 ? "" : `${amount(step.recalled)} answered before`
    ]
      .filter((part) => part !== "")
      .join(", "),
    tokensOf(step),
    step.cost > 0 ? dollars(step.cost) : step.unpriced > 0 ? pc.dim("price unknown") : ""
  ])
  // A run that never got going has nothing to tell of its steps.
  if (end !== "done" && summary.steps.every(({ done, failed }) => done + failed === 0)) return head
  const reasons = summary.steps.flatMap((step) =>
    [...step.reasons].map(([reason, count]) => {
      const detail = step.firstDetails.get(reason)
      const first = detail === undefined ? "" : `: ${shortened(detail)}`
      return `  ${pc.red(String(count))} × ${reason} at ${step.name}${first}`
    })
  )
  const cut = summary.steps.flatMap((step) =>
    [...step.cut].map(
      ([limit, count]) =>
        `  ${pc.yellow(amountOf(count, "answer"))} cut at ${limit} at ${step.name}`
    )
  )
  const shared = summary.steps
    .filter(({ answers }) => answers.size > 1)
    .map(
      ({ answers, name }) =>
        `  answers at ${name}: ${[...answers].map(([model, count]) => `${amount(count)} of ${model}`).join(", ")}`
    )
  const pauses = summary.steps.flatMap((step) =>
    [...pausesOf(step, summary.seconds * 1000)].map(
      ([why, ms]) => `  ${pc.yellow(duration(ms / 1000))} paused (${why}) at ${step.name}`
    )
  )
  const damage =
    summary.damaged === 0
      ? []
      : [
          `${pc.yellow("warning")} ${counted(summary.damaged, "damaged place")} among the answers kept from earlier runs: what was there is asked for again. 'distilabel-ts cache verify' tells where.`
        ]
  return [
    head,
    table(rows, widthOf(process.stderr)),
    ...reasons,
    ...shared,
    ...cut,
    ...pauses,
    ...damage
  ].join("\n")
}
