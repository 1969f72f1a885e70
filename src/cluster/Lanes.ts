/**
 * Lanes: who worked on which shards when, of all shards that are done. However many these are, it
 * holds a few thousand bars at most: work without a rest becomes one of them.
 */
import { addValue, emptyHistogram } from "../report/figures/Histogram.ts"
import type { WorkBar, WorkerFigures, WorkersFigures } from "../report/figures/WorkersFigures.ts"
import type { ShardFigures } from "./figures.ts"

/** A worker, as the coordinator has seen it. */
export interface Presence {
  readonly slots: number
  /** In milliseconds of the coordinator's clock. */
  readonly first: number
  readonly last: number
  readonly restarts: number
}

const mostBars = 4000
const mostWorkers = 100
const mostLongest = 5

/** Pauses between two shards that are shorter do not show at first. */
const firstGapMs = 1
/** Longer than any run. */
const longestGapMs = 1e12

interface Lane {
  readonly bars: Array<WorkBar>
}

interface WorkerLanes {
  readonly slots: Map<number, Lane>
  shards: number
  busyMs: number
}

export class Lanes {
  readonly #workers = new Map<string, WorkerLanes>()
  readonly #shardMs = emptyHistogram()
  #longest: WorkersFigures["longest"] = []
  #bars = 0
  #gapMs = firstGapMs
  /** More are merged; of very many slots each has one at least. */
  #most = mostBars

  /** A shard is done. */
  add(shard: string, { began, host, pid, seconds, worker }: ShardFigures): void {
    const name = laneName(host, worker)
    const ms = seconds * 1000
    addValue(this.#shardMs, ms)
    this.#longest = [...this.#longest, { name: shard, worker: name, ms }]
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, mostLongest)
    const lanes: WorkerLanes = this.#workers.get(name) ?? { slots: new Map(), shards: 0, busyMs: 0 }
    this.#workers.set(name, lanes)
    lanes.shards++
    lanes.busyMs += ms
    const lane: Lane = lanes.slots.get(pid) ?? { bars: [] }
    lanes.slots.set(pid, lane)
    lane.bars.push({ from: began, to: began + ms, shards: 1, name: shard })
    if (++this.#bars > this.#most) this.#merge()
  }

  /** What is known, with what the coordinator has seen of workers, by their lanes' names. */
  figures(present: ReadonlyMap<string, Presence>): WorkersFigures {
    const names = [...new Set([...this.#workers.keys(), ...present.keys()])].toSorted()
    return {
      workers: names.slice(0, mostWorkers).map((name): WorkerFigures => {
        const lanes = this.#workers.get(name)
        const seen = present.get(name)
        return {
          name,
          slots: [...(lanes?.slots.values() ?? [])].map(({ bars }) =>
            bars.toSorted((a, b) => a.from - b.from)
          ),
          shards: lanes?.shards ?? 0,
          busyMs: lanes?.busyMs ?? 0,
          presentMs: seen === undefined ? 0 : (seen.last - seen.first) * seen.slots,
          restarts: seen?.restarts ?? 0
        }
      }),
      count: names.length,
      shardMs: this.#shardMs,
      longest: this.#longest
    }
  }

  /** Lets longer pauses pass, until few bars are left. */
  #merge(): void {
    while (this.#bars > mostBars / 2) {
      this.#gapMs *= 4
      this.#bars = 0
      for (const { slots } of this.#workers.values())
        for (const [pid, { bars }] of slots) {
          const merged = withoutGaps(bars, this.#gapMs)
          slots.set(pid, { bars: merged })
          this.#bars += merged.length
        }
      if (this.#gapMs > longestGapMs) break
    }
    this.#most = Math.max(mostBars, 2 * this.#bars)
  }
}

/** The name of a worker's lane. */
export const laneName = (host: string, pid: number): string => `${host}:${pid}`

const withoutGaps = (bars: ReadonlyArray<WorkBar>, gapMs: number): Array<WorkBar> => {
  const merged: Array<WorkBar> = []
  for (const bar of bars.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last !== undefined && bar.from - last.to <= gapMs) {
      last.to = Math.max(last.to, bar.to)
      last.shards += bar.shards
    } else merged.push({ ...bar })
  }
  return merged
}
