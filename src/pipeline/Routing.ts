/** Routing: which of several steps get a batch, or a row. */
import type { Row } from "../columns/Row.ts"

/**
 * Where a routing function stands when it is asked: the batch's number at the upstream step, and
 * its rows.
 */
export interface RoutedBatch {
  readonly number: number
  readonly rows: ReadonlyArray<Row>
}

/** Sends each batch of the upstream step to some of the steps that follow. */
export interface BatchRouting {
  readonly "~routing": "batch"
  readonly description: string
  /** The options that made it, for documents. */
  readonly options: Readonly<Record<string, unknown>>
  readonly choose: (steps: ReadonlyArray<string>, batch: RoutedBatch) => ReadonlyArray<string>
}

/** Sends each row to one or several of the steps that follow. */
export type RowRouting<Have, Name extends string> = (row: Have) => Name | ReadonlyArray<Name>

/** How rows are sent to the steps that follow. */
export type Routing = BatchRouting | RowRouting<never, string>

/**
 * Makes a routing function over batches: it gets the names of the steps that follow and the batch,
 * and gives the names that get it.
 *
 * It must give the same names for the same batch, so that a run that goes on after a stop sends
 * rows where they were sent before.
 *
 * @example
 *   const evenBatchesFirst = routingBatchFunction((steps, batch) =>
 *     batch.number % 2 === 0 ? steps.slice(0, 1) : steps.slice(1)
 *   )
 */
export const routingBatchFunction = (
  choose: (steps: ReadonlyArray<string>, batch: RoutedBatch) => ReadonlyArray<string>,
  description = "own routing function"
): BatchRouting => ({ "~routing": "batch", description, options: {}, choose })

/**
 * Routes each batch to `n` of the steps that follow, chosen at random. The same seed and batch
 * number give the same steps, on every machine.
 *
 * @example
 *   from(load).route(sampleNSteps(2), tasks).join(combine)
 */
export const sampleNSteps = (
  n: number,
  { seed = 42 }: { readonly seed?: number } = {}
): BatchRouting => {
  if (!Number.isInteger(n) || n < 1)
    throw new RangeError(`sampleNSteps(${n}): the number of steps must be a whole number from 1 on`)
  return {
    "~routing": "batch",
    description: `Sample ${n} steps from the list of downstream steps.`,
    options: { n, seed },
    choose: (steps, batch) => sample(steps, n, seed, batch.number)
  }
}

/** `n` items in their original order, drawn without replacement. */
const sample = (
  items: ReadonlyArray<string>,
  n: number,
  seed: number,
  draw: number
): ReadonlyArray<string> => {
  const keyed = items.map((item, i) => ({ item, i, key: mixed(seed, draw, i) }))
  const chosen = keyed.sort((a, b) => a.key - b.key || a.i - b.i).slice(0, n)
  return chosen.sort((a, b) => a.i - b.i).map(({ item }) => item)
}

/** An evenly spread 32-bit number from three whole numbers. */
const mixed = (a: number, b: number, c: number): number => {
  let h = (a ^ 0x9e3779b9) >>> 0
  for (const x of [b, c]) {
    h = Math.imul(h ^ x, 0x85ebca6b) >>> 0
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0
    h = (h ^ (h >>> 16)) >>> 0
  }
  return h
}
