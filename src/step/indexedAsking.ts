/** Rows that a step makes by their index, asking a model: many at once, in their order. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Row } from "../columns/Row.ts"
import { type AskingStep, opened, produced, withTold } from "./askingWorker.ts"
import type { StepFailed } from "./StepFailed.ts"
import type { StepLLM } from "./StepLLM.ts"
import type { GeneratorWorker, Produced } from "./Worker.ts"

/** A generator whose rows need nothing but their index. */
export interface IndexedRows extends AskingStep {
  readonly count: number
  /** Rows at work at once: as many as the model takes. */
  readonly atOnce: number
  /** What a row holds whose work failed. */
  readonly nulls: Row
}

/** A worker whose rows are made by their index; one whose work fails is an error row. */
export const indexedAsking = Effect.fnUntraced(function* (
  step: IndexedRows,
  work: (index: number, llm: StepLLM) => Produced<Row>
): Effect.fn.Return<GeneratorWorker, StepFailed, Scope.Scope> {
  const callsOf = yield* opened(step)
  const Stream = yield* Effect.promise(() => import("effect/Stream"))
  const failures = new WeakMap<Row, unknown>()
  return {
    kind: "generator",
    total: step.count,
    failureOf: (row) => failures.get(row),
    generate: (offset, { most, onLate, onRequests }) => {
      const requests = new Map<number, number>()
      const count = (index: number, underWay: number): void => {
        if (underWay === 0) requests.delete(index)
        else requests.set(index, underWay)
        onRequests(requests.values().reduce((sum, each) => sum + each, 0))
      }
      const made = (index: number): Effect.Effect<Row> =>
        Effect.suspend(() => {
          const calls = callsOf({
            content: "",
            place: () => `${index}`,
            onRequests: (underWay) => count(index, underWay),
            onLate
          })
          return calls.around(produced(() => work(index, calls))).pipe(
            Effect.map(([row]) => withTold(row ?? step.nulls, {}, calls.told())),
            Effect.catchCause((cause) => {
              if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
              const row = withTold(step.nulls, {}, calls.told())
              failures.set(row, Cause.squash(cause))
              return Effect.succeed(row)
            }),
            Effect.ensuring(Effect.sync(() => count(index, 0)))
          )
        })
      const end = Math.min(step.count, most)
      return end <= offset
        ? []
        : Stream.mapEffect(Stream.range(offset, end - 1), made, {
            concurrency: step.atOnce
          })
    }
  }
})
