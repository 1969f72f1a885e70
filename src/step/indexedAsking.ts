/** Rows that a step makes by their index, asking a model: many at once, in their order. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Row } from "../columns/Row.ts"
import { type AskingStep, opened, produced, withTold } from "./askingWorker.ts"
import type { StepFailed } from "./StepFailed.ts"
import type { StepLLM } from "./StepLLM.ts"
import type { GeneratorWorker, Produced, SourceAtWork } from "./Worker.ts"

/** A generator whose rows need nothing but their index. */
export interface IndexedRows extends AskingStep {
  /** How many indices there are. */
  readonly count: number
  /** Whether an index may make several rows; else it makes one. */
  readonly several: boolean
  /** Rows at work at once: as many as the model takes. */
  readonly atOnce: number
  /** What a row holds whose work failed. */
  readonly nulls: Row
}

/** Where a generator of several rows an index stands: at an index, of whose rows some were made. */
interface Reached {
  readonly index: number
  readonly made: number
}

/** A worker whose rows are made by their index; one whose work fails is an error row. */
export const indexedAsking = Effect.fnUntraced(function* (
  step: IndexedRows,
  work: (index: number, llm: StepLLM) => Produced<Row>
): Effect.fn.Return<GeneratorWorker, StepFailed, Scope.Scope> {
  const callsOf = yield* opened(step)
  const Stream = yield* Effect.promise(() => import("effect/Stream"))
  const failures = new WeakMap<Row, unknown>()
  /** The rows of each index from one on, each index as soon as those before it are there. */
  const rowsFrom = (first: number, end: number, atWork: SourceAtWork) => {
    const requests = new Map<number, number>()
    const count = (index: number, underWay: number): void => {
      if (underWay === 0) requests.delete(index)
      else requests.set(index, underWay)
      atWork.onRequests(requests.values().reduce((sum, each) => sum + each, 0))
    }
    const made = (index: number): Effect.Effect<ReadonlyArray<Row>> =>
      Effect.suspend(() => {
        const calls = callsOf({
          content: "",
          place: () => `${index}`,
          atWork: {
            onRequests: (underWay) => count(index, underWay),
            onLate: (late) => atWork.onLate(late)
          }
        })
        return calls.around(produced(() => work(index, calls))).pipe(
          Effect.map((rows) => {
            const metadata = calls.told()
            return [...rows].map((row) => withTold(row, {}, metadata))
          }),
          Effect.catchCause((cause) => {
            if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
            const row = withTold(step.nulls, {}, calls.told())
            failures.set(row, Cause.squash(cause))
            return Effect.succeed([row])
          }),
          Effect.ensuring(Effect.sync(() => count(index, 0)))
        )
      })
    return Stream.mapEffect(Stream.range(first, end - 1), made, { concurrency: step.atOnce })
  }
  const single: GeneratorWorker = {
    kind: "generator",
    total: step.count,
    failureOf: (row) => failures.get(row),
    generate: (offset, atWork) => {
      const end = Math.min(step.count, atWork.most)
      return end <= offset
        ? []
        : Stream.map(rowsFrom(offset, end, atWork), ([row]) => row ?? step.nulls)
    }
  }
  if (!step.several) return single
  const after = new WeakMap<Row, Reached>()
  let reached: Reached = { index: 0, made: 0 }
  return {
    ...single,
    total: undefined,
    state: () => reached,
    completed: (row) => {
      reached = after.get(row) ?? reached
      return row
    },
    generate: (offset, atWork) => {
      reached = (atWork.state as Reached | undefined) ?? { index: 0, made: 0 }
      const { index: first, made } = reached
      // Each index makes a row at least: no more of them are wanted than rows are.
      const end = Math.min(step.count, first + atWork.most - offset)
      if (end <= first) return []
      let index = first
      return rowsFrom(first, end, atWork).pipe(
        Stream.map((rows) => {
          const own = index++
          rows.forEach((row, at) =>
            after.set(
              row,
              at === rows.length - 1 ? { index: own + 1, made: 0 } : { index: own, made: at + 1 }
            )
          )
          return own === first ? rows.slice(made) : rows
        }),
        Stream.flattenIterable,
        // One after the other: what was reached is known for each row.
        Stream.rechunk(1)
      )
    }
  }
})
