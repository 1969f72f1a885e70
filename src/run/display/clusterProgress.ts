/** How a run over many workers shows itself: its steps, its workers, and what it has spent. */
import type { ClusterState } from "../../cluster/ClusterState.ts"
import type { WorkerState } from "../../cluster/messages.ts"
import { counted, dollars } from "../../words/figures.ts"
import { amount, amountOf, duration, table } from "../../words/terminal.ts"
import { colorsFor } from "./colors.ts"
import { Drawing } from "./Drawing.ts"

const pc = colorsFor(process.stderr)

const liveMs = 200
const plainMs = 5000

/** A view of a run, until it is closed. */
export interface View {
  /** Writes a line above the view. */
  readonly say: (line: string) => void
  readonly close: () => void
}

/** Shows a run on stderr: in place, as a line every few seconds, or not at all. */
export const showCluster = (
  mode: "auto" | "live" | "plain" | "none",
  state: () => ClusterState | undefined
): View => {
  const { stderr } = process
  const say = (line: string): void => void stderr.write(`${line}\n`)
  if (mode === "none") return { say, close: () => {} }
  const live = mode === "live" || (mode === "auto" && stderr.isTTY)
  const drawing = live ? new Drawing(stderr) : undefined
  const timer = setInterval(
    () => {
      const now = state()
      if (now === undefined) return
      if (drawing === undefined) say(plainText(now))
      else drawing.draw(liveText(now))
    },
    live ? liveMs : plainMs
  )
  return {
    say,
    close: () => {
      clearInterval(timer)
      drawing?.end()
    }
  }
}

/** What a run has come to. */
export const endText = (state: ClusterState): string =>
  [
    state.pipeline,
    `${amountOf(state.rows.all, "row")} in ${counted(state.shards.all, "shard")}`,
    duration(state.seconds),
    costText(state)
  ]
    .filter((part) => part !== "")
    .join("  ")

/** The whole of a run in one line: rows, time, workers, shards, requests, money. */
const headline = (state: ClusterState): string => {
  const { pipeline, rows, seconds, shards, workers } = state
  return [
    pipeline,
    `${amount(rows.done)} of ${amountOf(rows.all, "row")}`,
    duration(seconds),
    leftText(state),
    shards.active === 0 && workers.length === 0
      ? "no workers"
      : `${amountOf(workers.length, "worker")}, ${shards.active} of ${counted(slotsOf(workers), "slot")} busy`,
    `${shards.done} of ${counted(shards.all, "shard")}`,
    costText(state)
  ]
    .filter((part) => part !== "")
    .join("  ")
}

const leftText = ({ hears, rows, seconds, stopping }: ClusterState): string => {
  if (stopping !== undefined)
    return "stopping: workers keep what is answered, Ctrl+C again to leave"
  if (!hears) return "Redis is away: what is worked on goes on"
  const now = rows.done - rows.before
  return now <= 0 ? "" : `about ${duration((seconds * (rows.all - rows.done)) / now)} left`
}

const costText = ({ sums }: ClusterState): string => {
  const cost = sums.of((tally) => tally.cost)
  return cost === 0 ? "" : dollars(cost)
}

const slotsOf = (workers: ReadonlyArray<WorkerState>): number =>
  workers.reduce((sum, { slots }) => sum + slots, 0)

const plainText = (state: ClusterState): string =>
  [
    headline(state),
    ...[...state.sums.steps.values()]
      .filter(({ inFlight, requests }) => inFlight > 0 || requests > 0)
      .map(({ done, failed, name, onWire, requests }) =>
        [
          name,
          amount(done),
          failed === 0 ? "" : `(${amount(failed)} failed)`,
          requests > 0 && onWire > 0 ? `${amount(onWire)} in flight` : ""
        ]
          .filter((part) => part !== "")
          .join(" ")
      )
  ].join(" | ")

const mostWorkers = 12

const liveText = (state: ClusterState): string => {
  const width = process.stderr.isTTY ? process.stderr.columns : Infinity
  const { seconds, sums, workers } = state
  const steps = [...sums.steps.values()].map((step) => [
    step.name,
    amountOf(step.done, "row"),
    pc.dim(`${amount(step.done / Math.max(seconds, 0.001))}/s`),
    step.onWire === 0 ? "" : `${amount(step.onWire)} in flight`,
    step.failed === 0 ? "" : pc.red(`${amount(step.failed)} failed`)
  ])
  const shown = workers.slice(0, mostWorkers).map((worker) => workerCells(worker, workers))
  const more = workers.length - shown.length
  return [
    pc.bold(headline(state)),
    ...(steps.length === 0 ? [] : [table(steps, width)]),
    ...(shown.length === 0 ? [] : [table(shown, width)]),
    ...(more > 0 ? [`  and ${counted(more, "more worker")}`] : [])
  ].join("\n")
}

/** A worker: where it is, what it has done, and the shard that takes it longest. */
export const workerCells = (
  { deaths, done, host, pid, shards, slots }: WorkerState,
  all: ReadonlyArray<WorkerState>
): ReadonlyArray<string> => {
  const [longest] = shards.toSorted((a, b) => b.ms - a.ms)
  const mean = all.reduce((sum, worker) => sum + worker.done / worker.slots, 0) / all.length
  return [
    `${host}:${pid}`,
    `${shards.length}/${counted(slots, "slot")}`,
    `${counted(done, "shard")} done`,
    longest === undefined ? "idle" : `${longest.name} for ${duration(longest.ms / 1000)}`,
    deaths === 0 ? "" : pc.yellow(counted(deaths, "restart")),
    mean >= 4 && done / slots < mean / 2 ? pc.yellow("slow") : ""
  ]
}
