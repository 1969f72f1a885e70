/** Loading: steps made ready to work, all at once or stage after stage. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import type { Graph } from "../../pipeline/Graph.ts"
import type { StepData } from "../../step/Step.ts"
import { type StepFailed, StepsFailed } from "../../step/StepFailed.ts"
import type { Worker } from "../../step/Worker.ts"

/** Steps that are ready, by name. */
export type Workers = ReadonlyMap<string, Worker>

/**
 * Looks whether the steps will have what they need, before anything is paid: tells all that is
 * missing at once.
 */
export const checkSteps = (graph: Graph): Effect.Effect<void, StepFailed | StepsFailed> =>
  Effect.flatMap(
    Effect.forEach([...graph.nodes.values()], ({ step }) => Effect.result(step.check), {
      concurrency: "unbounded"
    }),
    (results) =>
      failed(results.flatMap((result) => (Result.isFailure(result) ? [result.failure] : [])))
  )

const failed = (
  failures: ReadonlyArray<StepFailed>
): Effect.Effect<void, StepFailed | StepsFailed> =>
  failures[0] === undefined
    ? Effect.void
    : Effect.fail(failures.length === 1 ? failures[0] : new StepsFailed({ failures }))

/** Loads steps, so that all that cannot start are told at once. */
export const loadSteps = Effect.fnUntraced(function* (
  graph: Graph,
  which: (step: StepData) => boolean
): Effect.fn.Return<Workers, StepFailed | StepsFailed, Scope.Scope> {
  const opened = yield* Effect.forEach(
    [...graph.nodes.values()].filter(({ step }) => which(step)),
    ({ name, step }) => Effect.map(Effect.result(step.open), (result) => [name, result] as const),
    { concurrency: "unbounded" }
  )
  yield* failed(opened.flatMap(([, result]) => (Result.isFailure(result) ? [result.failure] : [])))
  return new Map(
    opened.flatMap(([name, result]) =>
      Result.isSuccess(result) ? [[name, result.success] as const] : []
    )
  )
})

/** Loads the steps of the next stage; undefined once there is none. */
export type NextStage = () => Effect.Effect<Workers, StepFailed | StepsFailed> | undefined

/**
 * Loads the next stage whenever it is called, and unloads the one before; gives nothing once there
 * is none.
 */
export const stageLoader = Effect.fnUntraced(function* (
  graph: Graph,
  stages: ReadonlyArray<ReadonlyArray<string>>,
  /** Steps that are loaded for the whole run. */
  already: Workers
): Effect.fn.Return<NextStage, never, Scope.Scope> {
  let next = 0
  let current: Scope.Closeable | undefined
  yield* Effect.addFinalizer((exit) =>
    current === undefined ? Effect.void : Scope.close(current, exit)
  )
  return () => {
    const names = stages[next++]
    if (names === undefined) return undefined
    return Effect.gen(function* () {
      if (current !== undefined) yield* Scope.close(current, Exit.void)
      current = yield* Scope.make()
      return yield* Scope.provide(
        loadSteps(graph, ({ name }) => names.includes(name) && !already.has(name)),
        current
      )
    })
  }
})
