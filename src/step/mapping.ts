/** Mappings at work: columns of the flow become the step's own, and go back under the flow's names. */
import * as Schema from "effect/Schema"
import type { Columns } from "../columns/Columns.ts"
import { own } from "../columns/own.ts"
import type { Row } from "../columns/Row.ts"
import { type Reads, required, type Shape } from "../columns/Shape.ts"
import type { Mappings, StepData } from "./Step.ts"

/** Whether any column has another name in the step than in the flow. */
export const renames = ({ input, output }: Mappings): boolean =>
  Object.keys(input).length > 0 || Object.keys(output).length > 0

const renameKeys = (columns: Columns, names: Readonly<Record<string, string>>): Columns =>
  Object.fromEntries(
    Object.entries(columns).map(([column, schema]) => [own(names, column) ?? column, schema])
  )

/** What the step reads, under the flow's names. */
export const readsInFlow = (step: StepData): Reads => ({
  columns: renameKeys(step.reads.columns, step.mappings.input),
  oneOf: step.reads.oneOf.map((columns) => renameKeys(columns, step.mappings.input))
})

/** The columns after the step, given those before it, both under the flow's names. */
export const givesInFlow = (step: StepData, have: Shape): Shape => {
  if (!renames(step.mappings)) return step.gives(have)
  const [mine, aside] = splitAside(have.columns, step.mappings, beside(step))
  const after = step.gives({ ...have, columns: mine })
  return { ...after, columns: backInFlow(after.columns, aside, step.mappings) }
}

/** A column that no step knows. */
const unknown = "~"

/**
 * Outputs under other names, that the step does not read: a column of the flow that has the step's
 * name for one of them stays beside it.
 */
export const beside = (step: StepData): ReadonlyArray<string> => {
  const { input, output } = step.mappings
  const names = Object.keys(output).filter(
    (name) => output[name] !== name && !Object.hasOwn(input, name)
  )
  if (names.length === 0 || step.kind === "generator") return []
  const passed = step.gives({
    columns: { ...step.reads.columns, [unknown]: Schema.Unknown },
    open: false
  }).columns
  const read = new Set(
    [step.reads.columns, ...step.reads.oneOf].flatMap((columns) => Object.keys(columns))
  )
  return Object.hasOwn(passed, unknown)
    ? names.filter((name) => Object.hasOwn(passed, name) && !read.has(name))
    : []
}

/**
 * A row under the step's names, and the columns that had to make place for them. Throws the name of
 * a mapped column that the row lacks.
 */
export const rowIntoStep = (
  row: Row,
  mappings: Mappings,
  outputs: ReadonlyArray<string> = []
): readonly [own: Record<string, unknown>, aside: Row] => {
  for (const column of Object.values(mappings.input)) {
    if (!Object.hasOwn(row, column))
      throw new Error(
        `the row has no column '${column}', which is mapped to one of the step's inputs`
      )
  }
  return splitAside(row, mappings, outputs)
}

/** A row that came out of the step, under the flow's names. */
export const rowIntoFlow = (row: Row, aside: Row, mappings: Mappings): Record<string, unknown> =>
  backInFlow(row, aside, mappings)

const splitAside = <A>(
  record: Readonly<Record<string, A>>,
  { input }: Mappings,
  outputs: ReadonlyArray<string>
): readonly [Record<string, A>, Record<string, A>] => {
  const mine: Record<string, A> = { ...record }
  const aside: Record<string, A> = {}
  const renamed = Object.entries(input).filter(
    ([name, column]) => name !== column && Object.hasOwn(record, column)
  )
  for (const [, column] of renamed) delete mine[column]
  for (const [name, column] of renamed) {
    if (Object.hasOwn(mine, name)) aside[name] = mine[name]!
    mine[name] = record[column]!
  }
  for (const name of outputs) if (Object.hasOwn(record, name)) aside[name] = record[name]!
  return [mine, aside]
}

const backInFlow = <A>(
  record: Readonly<Record<string, A>>,
  aside: Readonly<Record<string, A>>,
  { input, output }: Mappings
): Record<string, A> => {
  const flow: Record<string, A> = {}
  const added = new Set(
    Object.keys(output).flatMap((column) => (Object.hasOwn(record, column) ? output[column]! : []))
  )
  for (const column of Object.keys(record)) {
    const renamed = own(output, column)
    const name = renamed ?? own(input, column) ?? column
    // What the step adds takes the place of what passes.
    if (renamed !== undefined || !added.has(name)) flow[name] = record[column]!
  }
  for (const column of Object.keys(aside))
    if (!Object.hasOwn(flow, column)) flow[column] = aside[column]!
  return flow
}

/**
 * The step's outputs that a failed row gets as nulls, under the flow's names: the columns that the
 * step adds to what it reads.
 */
export const addedInFlow = (step: StepData): ReadonlyArray<string> => {
  const before: Columns = Object.fromEntries(
    Object.entries(step.reads.columns).map(([column, schema]) => [column, required(schema)])
  )
  const after = step.gives({ columns: before, open: false }).columns
  return Object.keys(after)
    .filter((column) => after[column] !== own(before, column))
    .map(
      (column) => own(step.mappings.output, column) ?? own(step.mappings.input, column) ?? column
    )
}
