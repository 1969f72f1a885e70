/** What runs in a thread: it loads the module of a step's function and calls it. */
import type { Row } from "../columns/Row.ts"
import { markOf, markRows } from "./lineage.ts"

export interface ThreadTask {
  readonly module: string
  readonly name: string
  readonly rows: ReadonlyArray<Row>
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface ThreadAnswer {
  readonly rows: ReadonlyArray<Row>
  /** The index of the row that each came from, where that is known: marks do not cross threads. */
  readonly from: ReadonlyArray<number | undefined>
}

type Process = (
  rows: ReadonlyArray<Row>,
  parameters: Readonly<Record<string, unknown>>
) => Iterable<Row> | AsyncIterable<Row> | PromiseLike<Iterable<Row>>

const functionOf = async ({ module, name }: ThreadTask): Promise<Process> => {
  const exported = ((await import(module)) as Readonly<Record<string, unknown>>)[name]
  if (typeof exported !== "function")
    throw new Error(
      `the module exports ${exported === undefined ? "nothing" : `a ${typeof exported}`} under that name, not a function`
    )
  return exported as Process
}

/** Sees that the function is there. */
export const load = async (task: ThreadTask): Promise<void> => void (await functionOf(task))

/** Calls the function. */
export const call = async (task: ThreadTask): Promise<ThreadAnswer> => {
  const process = await functionOf(task)
  markRows(task.rows)
  const given = process(task.rows, task.parameters)
  const rows: Array<Row> =
    Symbol.asyncIterator in given ? await Array.fromAsync(given) : [...(await given)]
  // Without the marks, which cannot be copied.
  return {
    from: rows.map(markOf),
    rows: rows.map((row) => Object.fromEntries(Object.entries(row)))
  }
}
