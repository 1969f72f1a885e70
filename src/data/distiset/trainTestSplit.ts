/**
 * Splitting rows in two: which ones go where is decided as they are read, always the same for a
 * seed, in no memory.
 */
import { drawn, randomNumbers } from "../../columns/random.ts"
import { DataError } from "../rows/DataError.ts"
import { Rows } from "../rows/Rows.ts"

/** How rows are split. */
export type SplitOptions = SplitSize & {
  /** The same seed splits the same rows the same way. Default 42. */
  readonly seed?: number
  /**
   * False to take the first rows for `train` and the last for `test`, in their order. Default true:
   * chosen at random, in another order.
   */
  readonly shuffle?: boolean
}

/** One of the two parts: a share below 1, or a number of rows. The other part gets the rest. */
type SplitSize =
  | { readonly testSize: number; readonly trainSize?: never }
  | { readonly trainSize: number; readonly testSize?: never }

/** The two parts. */
export interface TrainTest<R> {
  readonly train: Rows<R>
  readonly test: Rows<R>
}

/** Splits rows whose number is known. Throws a DataError for sizes that cannot be. */
export const trainTestSplit = <R>(rows: Rows<R>, options: SplitOptions): TrainTest<R> => {
  const { seed = 42, shuffle = true } = options
  const count = rows.length ?? 0
  const testCount = testCountOf(rows.name, count, options)
  const part = (name: keyof TrainTest<R>): Rows<R> => {
    const chosen = (): AsyncGenerator<ReadonlyArray<R>> =>
      choosing(
        rows.chunks(),
        count,
        testCount,
        name === "test",
        shuffle ? randomNumbers(seed) : undefined
      )
    return new Rows({
      name: `${rows.name}.${name}`,
      length: name === "test" ? testCount : count - testCount,
      shape: rows.shape,
      chunks: () => (shuffle ? drawn(chosen(), randomNumbers(`${seed} ${name}`)) : chosen())
    })
  }
  return { train: part("train"), test: part("test") }
}

const testCountOf = (
  name: string,
  count: number,
  { testSize, trainSize }: SplitOptions
): number => {
  const size = testSize ?? trainSize
  const wrong = (detail: string): DataError => new DataError({ action: "read", path: name, detail })
  if (size === undefined || (testSize !== undefined && trainSize !== undefined))
    throw wrong("give one of testSize and trainSize: a share such as 0.1, or a number of rows.")
  if (!(size > 0) || (size >= 1 && !Number.isInteger(size)))
    throw wrong(
      `${testSize === undefined ? "trainSize" : "testSize"} is ${size}: give a share between 0 and 1, or a whole number of rows.`
    )
  if (size > count && size >= 1)
    throw wrong(`it has ${count} rows, fewer than the ${size} asked for.`)
  const rows = size < 1 ? Math.round(count * size) : size
  return testSize === undefined ? count - rows : rows
}

/**
 * The rows of one part. Each row is for the test with the chance that as many as are wanted come
 * out in the end (Knuth's selection sampling).
 */
async function* choosing<R>(
  chunks: AsyncIterable<ReadonlyArray<R>>,
  count: number,
  testCount: number,
  forTest: boolean,
  random: (() => number) | undefined
): AsyncGenerator<ReadonlyArray<R>> {
  let left = count
  let wanted = testCount
  for await (const rows of chunks) {
    const own = rows.filter(() => {
      const isTest = random === undefined ? left <= testCount : random() * left < wanted
      left--
      if (isTest) wanted--
      return isTest === forTest
    })
    if (own.length > 0) yield own
  }
}
