/**
 * Who worked on a run in shards: a lane for each slot, with what it did when and when it had
 * nothing to do.
 */
import { counted } from "../../words/figures.ts"
import { quantile } from "../figures/Histogram.ts"
import { count, duration, percent } from "../figures/shownFigures.ts"
import type { WorkerFigures, WorkersFigures } from "../figures/WorkersFigures.ts"
import { Tile } from "./Tile.tsx"

/** More lanes than anybody looks at. */
const mostShown = 40
const width = 1000
const laneHeight = 14
const barHeight = 10

/** A worker whose shards take so many times the usual is slow. */
const slowFrom = 1.5

export const WorkersView = ({ workers }: { readonly workers: WorkersFigures }) => {
  const all = workers.workers
  const bars = all.flatMap(({ slots }) => slots.flat())
  if (bars.length === 0) return null
  const from = Math.min(...bars.map((bar) => bar.from))
  const until = Math.max(...bars.map((bar) => bar.to))
  const [present, busy] = [sum(all, "presentMs"), sum(all, "busyMs")]
  const median = quantile(workers.shardMs, 0.5)!
  const mean = workers.shardMs.sum / workers.shardMs.count
  const [longest] = workers.longest
  return (
    <section aria-labelledby="workers">
      <h2 id="workers">Workers</h2>
      <dl class="summary">
        <Tile
          name="Workers"
          value={count(workers.count)}
          about={`${counted(
            bars.reduce((shards, bar) => shards + bar.shards, 0),
            "shard"
          )} done`}
        />
        <Tile
          name="Shard"
          value={duration(median)}
          about={`half take less, 95 % less than ${duration(quantile(workers.shardMs, 0.95)!)}`}
        />
        <Tile
          name="Longest shard"
          value={longest === undefined ? "" : duration(longest.ms)}
          about={
            longest === undefined
              ? ""
              : `${longest.name}, ${(longest.ms / Math.max(1, median)).toFixed(1)} × the median`
          }
        />
        <Tile
          name="Idle"
          value={present === 0 ? "unknown" : percent(Math.max(0, 1 - busy / present))}
          about="of the time that slots were there, starting and ending included"
        />
      </dl>
      <figure class="workers">
        <figcaption>
          <h3>Lanes</h3>
          <span class="readout">a lane for each slot, {duration(until - from)} in all</span>
        </figcaption>
        <ol>
          {all.slice(0, mostShown).map((worker) => (
            <Lanes
              key={worker.name}
              worker={worker}
              from={from}
              until={until}
              isSlow={isSlow(worker, mean)}
            />
          ))}
        </ol>
        {workers.count > mostShown && (
          <p class="note">and {counted(workers.count - mostShown, "more worker")}</p>
        )}
      </figure>
    </section>
  )
}

const sum = (workers: ReadonlyArray<WorkerFigures>, of: "presentMs" | "busyMs"): number =>
  workers.reduce((all, worker) => all + worker[of], 0)

const isSlow = ({ busyMs, shards }: WorkerFigures, mean: number): boolean =>
  shards >= 2 && busyMs / shards > slowFrom * mean

const Lanes = ({
  from,
  isSlow,
  until,
  worker: { busyMs, name, presentMs, restarts, shards, slots }
}: {
  readonly worker: WorkerFigures
  readonly from: number
  readonly until: number
  readonly isSlow: boolean
}) => {
  const x = (at: number): number => ((at - from) / Math.max(1, until - from)) * width
  const height = Math.max(1, slots.length) * laneHeight
  return (
    <li>
      <div class="label">
        <span class="name">{name}</span>
        <span class="about">
          {[
            counted(shards, "shard"),
            presentMs === 0 ? "" : `${percent(Math.min(1, busyMs / presentMs))} busy`,
            restarts === 0 ? "" : counted(restarts, "restart"),
            isSlow ? "slow" : ""
          ]
            .filter((part) => part !== "")
            .join(", ")}
        </span>
      </div>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        style={`height: ${height}px`}
        role="img"
        aria-label={`${name}: ${counted(shards, "shard")} in ${duration(busyMs)} of work`}
      >
        {slots.flatMap((bars, lane) => [
          <rect
            key={`lane ${lane}`}
            class="lane"
            width={width}
            y={lane * laneHeight + (laneHeight - barHeight) / 2}
            height={barHeight}
          />,
          ...bars.map((bar) => (
            <rect
              key={`${lane} ${bar.from}`}
              class={isSlow ? "bar slow" : "bar"}
              x={x(bar.from)}
              // A hairline stays free, so that one sees where the next begins.
              width={Math.max(1, x(bar.to) - x(bar.from) - 1)}
              y={lane * laneHeight + (laneHeight - barHeight) / 2}
              height={barHeight}
            >
              <title>
                {bar.shards === 1
                  ? `shard ${bar.name}, ${duration(bar.to - bar.from)}`
                  : `${counted(bar.shards, "shard")} from ${bar.name} on, ${duration(bar.to - bar.from)}`}
              </title>
            </rect>
          ))
        ])}
      </svg>
    </li>
  )
}
