/** Datasets of a run: rows that take the place of a pipeline's generator. */
import * as Effect from "effect/Effect"
import { closest } from "../../columns/closest.ts"
import type { Row } from "../../columns/Row.ts"
import { optional, type Shape } from "../../columns/Shape.ts"
import { standardColumns } from "../../columns/standard.ts"
import { rowCheck } from "../../data/rows/declared.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import { type Problem, WrongDataset } from "../../pipeline/problems.ts"
import type { StepData } from "../../step/Step.ts"
import { RowFailed, StepFailed } from "../../step/StepFailed.ts"
import type { GeneratorWorker } from "../../step/Worker.ts"

/**
 * Rows for a pipeline: a list, or anything that gives them one after the other, as a subset of a
 * Distiset does.
 */
export type Dataset<R> = ReadonlyArray<R> | Iterable<R> | AsyncIterable<R>

/**
 * What `run({ dataset })` takes: rows for the only generator, or rows by generator where there are
 * several.
 */
export type DatasetOf<Sources> = [keyof Sources] extends [never]
  ? Dataset<Row> | Readonly<Record<string, Dataset<Row>>>
  : [
        {
          [Name in keyof Sources]: [Exclude<keyof Sources, Name>] extends [never] ? true : false
        }[keyof Sources]
      ] extends [true]
    ? Dataset<Sources[keyof Sources]>
    : { readonly [Name in keyof Sources]?: Dataset<Sources[Name]> }

/** The graph with the datasets in the place of its generators, and all that is wrong with them. */
export const withDataset = (
  graph: Graph,
  given: unknown
): { readonly graph: Graph; readonly problems: ReadonlyArray<Problem> } => {
  const known = [...graph.nodes.values()]
    .filter(({ step }) => step.kind === "generator")
    .map(({ name }) => name)
  const wrong = (detail: string): WrongDataset => new WrongDataset({ detail, known })
  const byName = isRows(given) && known.length === 1 ? { [known[0]!]: given } : given
  if (isRows(given) && known.length !== 1)
    return {
      graph,
      problems: [
        wrong(
          "the pipeline has several generators. Give rows by generator: { dataset: { name: rows } }"
        )
      ]
    }
  if (typeof byName !== "object" || byName === null)
    return {
      graph,
      problems: [
        wrong("it must be rows: an array, or something else that gives them one after the other")
      ]
    }
  const problems = Object.entries(byName).flatMap(([name, rows]): ReadonlyArray<Problem> => {
    if (!known.includes(name)) return [wrong(`there is no generator '${name}'${near(name, known)}`)]
    return isRows(rows)
      ? []
      : [
          wrong(
            `what is given for '${name}' must be rows: an array, or something else that gives them one after the other`
          )
        ]
  })
  if (problems.length > 0) return { graph, problems }
  const nodes = [...graph.nodes].map(([name, node]) => {
    const rows = (byName as Readonly<Record<string, Dataset<Row> | undefined>>)[name]
    return [
      name,
      rows === undefined
        ? node
        : { ...node, step: fromDataset(node.step, graph.outgoing.get(name)!, rows) }
    ] as const
  })
  return { graph: { ...graph, nodes: new Map(nodes) }, problems }
}

const near = (name: string, known: ReadonlyArray<string>): string => {
  const meant = closest(name, known)
  return meant === undefined ? "" : `; did you mean '${meant}'?`
}

const isRows = (value: unknown): value is Dataset<Row> =>
  typeof value === "object" &&
  value !== null &&
  (Symbol.iterator in value || Symbol.asyncIterator in value)

/**
 * A generator of these rows. They have the columns that the flow has after the generator, so that
 * nothing is left to rename.
 */
const fromDataset = (step: StepData, shape: Shape, rows: Dataset<Row>): StepData => {
  const own: StepData = {
    ...step,
    type: "Dataset",
    // The rows are given, not made: their other columns come along.
    declares: standardColumns(shape),
    gives: () => shape,
    mappings: { input: {}, output: {} },
    parameters: Object.fromEntries(
      Object.entries(step.parameters).map(([name, schema]) => [name, optional(schema)])
    ),
    configure: ({ batchSize = step.batchSize }) => ({ ...own, batchSize: batchSize as number }),
    open: opened(step.name, shape, rows)
  }
  return own
}

const opened = Effect.fnUntraced(function* (
  step: string,
  shape: Shape,
  rows: Dataset<Row>
): Effect.fn.Return<GeneratorWorker, StepFailed> {
  const wrongIn = rowCheck(shape)
  const once = iteratorOf(rows) === rows
  const first =
    once || wrongIn === undefined
      ? undefined
      : yield* Effect.tryPromise({
          try: () => firstOf(rows),
          catch: (thrown) => failed(step, (thrown as Error).message)
        })
  const wrong = first === undefined ? undefined : wrongIn?.(first)
  if (wrong !== undefined)
    return yield* failed(step, `the dataset's first row does not fit: ${wrong}`)
  const { length } = rows as { readonly length?: unknown }
  return {
    kind: "generator",
    generate: (offset) =>
      Array.isArray(rows)
        ? (rows as ReadonlyArray<Row>).slice(offset)
        : Symbol.asyncIterator in rows
          ? laterAsync(rows, offset)
          : later(rows, offset),
    total: typeof length === "number" ? length : undefined,
    once,
    failureOf:
      wrongIn === undefined
        ? undefined
        : (row) => {
            const detail = wrongIn(row)
            return detail === undefined
              ? undefined
              : new RowFailed({ step, reason: "WrongColumns", detail })
          }
  }
})

const failed = (step: string, detail: string): StepFailed =>
  new StepFailed({ step, phase: "load", reason: "WrongDataset", detail })

const iteratorOf = (rows: Dataset<Row>): unknown =>
  Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]()

const firstOf = async (rows: Dataset<Row>): Promise<Row | undefined> => {
  for await (const row of rows) return row
  return undefined
}

function* later(rows: Iterable<Row>, offset: number): Generator<Row> {
  let position = 0
  for (const row of rows) if (position++ >= offset) yield row
}

async function* laterAsync(rows: AsyncIterable<Row>, offset: number): AsyncGenerator<Row> {
  let position = 0
  for await (const row of rows) if (position++ >= offset) yield row
}
