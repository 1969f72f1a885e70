/**
 * Running one step alone, on rows that the program has: to try a task out, or to use it without a
 * pipeline.
 */
import { tmpdir } from "node:os"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as hidden from "../../columns/hidden.ts"
import { columnsOfRows } from "../../columns/infer.ts"
import type { Apply, Row } from "../../columns/Row.ts"
import type { ErrorRow } from "../../data/distiset/Subset.ts"
import { monotonicMs } from "../../models/asking/monotonic.ts"
import { check } from "../../pipeline/check.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import { withParameters } from "../../pipeline/parameters.ts"
import { InvalidPipeline } from "../../pipeline/problems.ts"
import type { Fits, Provided } from "../../pipeline/Wire.ts"
import { makeStep } from "../../step/makeStep.ts"
import type { AnyStep, StepData } from "../../step/Step.ts"
import { stepConnected } from "../../step/unconnected.ts"
import { checkSteps } from "../nodes/loading.ts"
import { errorRow } from "../record/LeafFiles.ts"
import { filesOfSteps, StepFiles } from "../record/StepFiles.ts"
import { emptyTally } from "../watch/Tally.ts"
import { asRunError, type RunError } from "./runErrors.ts"
import { runGraph } from "./runGraph.ts"

/** What a step made of some rows, in their order, and the rows that failed. */
export interface StepResult<R> {
  readonly rows: ReadonlyArray<R>
  readonly errors: ReadonlyArray<ErrorRow>
}

const source = "rows"

/**
 * Runs one step on a list of rows, without a pipeline, files or progress display.
 *
 * @example
 *   const { rows } = await runStepPromise(TextGeneration({ name: "try", llm }), [
 *     { instruction: "Name a river in Peru." }
 *   ])
 *
 * @fails InvalidPipeline if the rows lack a column that the step reads, or a parameter is wrong
 * @fails StepFailed if the step cannot start
 */
export const runStep = <S extends AnyStep, In extends object>(
  step: Fits<S, In, typeof source>,
  rows: ReadonlyArray<In>,
  options: { readonly parameters?: NoInfer<S[typeof hidden.facts]["parameters"]> } = {}
): Effect.Effect<
  StepResult<Apply<S[typeof hidden.gives], In>>,
  RunError,
  S[typeof hidden.facts]["requires"]
> =>
  execute(
    step as unknown as StepData,
    rows as ReadonlyArray<object> as ReadonlyArray<Row>,
    options.parameters as Row | undefined
  )

/** `runStep`, as a promise. */
export const runStepPromise = <S extends AnyStep, In extends object>(
  step: Fits<S, In, typeof source> & Provided<S[typeof hidden.facts]["requires"]>,
  rows: ReadonlyArray<In>,
  options: { readonly parameters?: NoInfer<S[typeof hidden.facts]["parameters"]> } = {}
): Promise<StepResult<Apply<S[typeof hidden.gives], In>>> =>
  Effect.runPromise(
    execute(
      step as unknown as StepData,
      rows as ReadonlyArray<object> as ReadonlyArray<Row>,
      options.parameters as Row | undefined
    )
  )

const execute = Effect.fnUntraced(function* (
  step: StepData,
  rows: ReadonlyArray<Row>,
  parameters: Row | undefined
): Effect.fn.Return<StepResult<Row>, RunError> {
  const load: StepData = makeStep<AnyStep & StepData>({
    name: source,
    type: "LoadDataFromDicts",
    kind: "generator",
    gives: () => ({ columns: columnsOfRows(rows), open: rows.length === 0 }),
    open: () => Effect.succeed({ kind: "generator", generate: () => rows, total: rows.length })
  })
  stepConnected(load)
  stepConnected(step)
  const written = {
    nodes: [
      { name: source, step: load, gather: "none" as const, from: [] },
      { name: step.name, step, gather: "one" as const, from: [source] }
    ],
    routings: [],
    leaves: [step.name]
  }
  const { graph: checked, problems: wiring } = check(written)
  const { graph, problems } = withParameters(checked, { [step.name]: parameters })
  const all = [...wiring, ...problems]
  if (all.length > 0) return yield* new InvalidPipeline({ pipeline: step.name, problems: all })
  const files = yield* filesIn(graph)
  const clock = yield* Clock.Clock
  const good: Array<Row> = []
  const errors: Array<ErrorRow> = []
  yield* runGraph(graph, {
    tallies: new Map([source, step.name].map((name) => [name, emptyTally(name, step.type)])),
    gauge: { active: 0, resting: 0 },
    elapsedMs: () => monotonicMs(clock),
    sinkOf: () => ({
      // Without the engine's mark on it.
      row: (row) => void good.push(plain(row)),
      error: (row, failure) => void errors.push(errorRow(plain(row), failure))
    }),
    fileOf: (name) => files.sink(name),
    maxActive: 4000,
    limits: { sample: Infinity, budget: Infinity },
    spillDirectory: tmpdir(),
    retriesFailed: false
  }).pipe(
    Effect.andThen(files.complete),
    Effect.onExit(() =>
      Effect.sync(() => {
        files.abandon()
        files.discard()
      })
    ),
    Effect.catch(asRunError)
  )
  return { rows: good, errors }
})

/** The file that a step writes, if it is one that does. */
const filesIn = (graph: Graph): Effect.Effect<StepFiles, RunError> => {
  const files = filesOfSteps(graph)
  return (files.size === 0 ? Effect.void : checkSteps(graph)).pipe(
    Effect.andThen(
      Effect.try({
        try: () => new StepFiles(files, undefined, new Map()),
        catch: (thrown) => thrown
      })
    ),
    Effect.catch(asRunError)
  )
}

const plain = (row: Row): Row => Object.fromEntries(Object.entries(row))
