/**
 * Samples of sources: rows picked at random over all that a source has, so that a few stand for
 * all.
 */
import * as Effect from "effect/Effect"
import { randomNumbers } from "../../columns/random.ts"
import type { Row } from "../../columns/Row.ts"
import { type Graph, withSteps } from "../../pipeline/Graph.ts"
import type { StepData } from "../../step/Step.ts"
import type { StepFailed } from "../../step/StepFailed.ts"
import type { GeneratorWorker } from "../../step/Worker.ts"
import { modelOf } from "../keep/modelOf.ts"
import { SourceReader } from "../nodes/SourceReader.ts"

/**
 * How many rows each source has, and whether those are all: of a source without end no more than so
 * many are read.
 */
export interface Counted {
  readonly rows: number
  readonly all: boolean
}

/** Of longer sources the first rows stand for all. */
const mostRead = 1_000_000
const rowsAtOnce = 1000

/**
 * The graph with sources that give about so many of their rows, in their order. Sources of a length
 * pick the same places, so that rows which belong together stay so.
 */
export const sampledGraph = (
  graph: Graph,
  count: number,
  most: number,
  counts: Map<string, Counted>
): Graph =>
  withSteps(graph, (step) =>
    step.kind === "generator" ? sampledSource(step, count, most, counts) : step
  )

const sampledSource = (
  step: StepData,
  count: number,
  most: number,
  counts: Map<string, Counted>
): StepData => ({
  ...step,
  // Rows are routed one by one: a few batches would say little of how many go where.
  batchSize: 1,
  open: Effect.flatMap(step.open, (worker): typeof step.open =>
    worker.kind !== "generator"
      ? Effect.succeed(worker)
      : Effect.map(picked(step, worker, count, most), ({ counted, rows }): GeneratorWorker => {
          counts.set(step.name, counted)
          return {
            ...worker,
            generate: (offset) => rows.slice(offset),
            total: rows.length,
            once: false
          }
        })
  )
})

/** Picks rows in one pass, so that each row has the same chance (Vitter's algorithm R). */
const picked = (
  step: StepData,
  worker: GeneratorWorker,
  count: number,
  most: number
): Effect.Effect<{ readonly rows: ReadonlyArray<Row>; readonly counted: Counted }, StepFailed> =>
  Effect.gen(function* () {
    const reader = yield* Effect.acquireRelease(
      Effect.sync(() => new SourceReader(step.name, worker)),
      ({ release }) => release
    )
    // What costs money is not made for being counted: the first rows stand for all.
    const limit = Math.min(most, modelOf(step) === undefined ? mostRead : count)
    reader.limitTo(limit)
    const kept: Array<{ readonly row: Row; readonly position: number }> = []
    const chance = randomNumbers(42)
    let all = false
    while (!all && reader.position < limit) {
      const first = reader.position
      const asked = Math.min(rowsAtOnce, limit - first)
      const given = yield* Effect.try({
        try: () => reader.next(asked),
        catch: (thrown) => thrown as StepFailed
      })
      const rows = Effect.isEffect(given) ? yield* given : given
      rows.forEach((row, i) => {
        const position = first + i
        const place = position < count ? position : Math.floor(chance() * (position + 1))
        if (place < count) kept[place] = { row, position }
      })
      all = rows.length < asked
    }
    reader.close()
    const total = reader.total === undefined ? undefined : Math.min(reader.total, most)
    return {
      rows: kept.toSorted((a, b) => a.position - b.position).map(({ row }) => row),
      counted:
        total === undefined
          ? { rows: reader.position, all: all || reader.position >= most }
          : { rows: total, all: true }
    }
  }).pipe(Effect.scoped)
