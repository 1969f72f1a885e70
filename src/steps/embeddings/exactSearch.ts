/** Exact search: each vector is compared with each other. */
import { setImmediate } from "node:timers/promises"
import { Nearest } from "./Nearest.ts"
import type { Metric, Vectors } from "./Vectors.ts"

/** Up to so many rows are compared with each other one by one. */
export const mostExact = 10_000

/** Vectors that are compared with each other while they are in the processor's cache. */
const block = 64

/** The nearest neighbours of each vector among the others. */
export const nearestAmong = async (
  vectors: Vectors,
  k: number,
  metric: Metric
): Promise<Nearest> => {
  const { dimensions, length, numbers } = vectors
  const nearest = new Nearest(length, k, metric === "inner product")
  const score = scoreOf(metric)
  for (let rows = 0; rows < length; rows += block) {
    const rowsEnd = Math.min(rows + block, length)
    // Blocks before this one were compared with it already, both ways.
    for (let others = rows; others < length; others += block) {
      const othersEnd = Math.min(others + block, length)
      for (let row = rows; row < rowsEnd; row++) {
        for (let other = Math.max(others, row + 1); other < othersEnd; other++) {
          const close = score(numbers, row * dimensions, numbers, other * dimensions, dimensions)
          nearest.add(row, other, close)
          nearest.add(other, row, close)
        }
      }
    }
    // A run has other things to do.
    await setImmediate()
  }
  return nearest
}

/** The nearest neighbours of each vector among those of an index. */
export const nearestIn = async (
  index: Vectors,
  queries: Vectors,
  k: number,
  metric: Metric
): Promise<Nearest> => {
  const { dimensions } = index
  const nearest = new Nearest(queries.length, k, metric === "inner product")
  const score = scoreOf(metric)
  for (let query = 0; query < queries.length; query++) {
    for (let at = 0; at < index.length; at++)
      nearest.add(
        query,
        at,
        score(queries.numbers, query * dimensions, index.numbers, at * dimensions, dimensions)
      )
    if (query % block === 0) await setImmediate()
  }
  return nearest
}

type Score = (
  a: Float32Array,
  atA: number,
  b: Float32Array,
  atB: number,
  dimensions: number
) => number

const scoreOf = (metric: Metric): Score => (metric === "inner product" ? product : squaredDistance)

// Four sums at once: no addition then waits for the one before it.

const product: Score = (a, atA, b, atB, dimensions) => {
  let one = 0
  let two = 0
  let three = 0
  let four = 0
  const fours = dimensions & ~3
  for (let i = 0; i < fours; i += 4) {
    one += a[atA + i]! * b[atB + i]!
    two += a[atA + i + 1]! * b[atB + i + 1]!
    three += a[atA + i + 2]! * b[atB + i + 2]!
    four += a[atA + i + 3]! * b[atB + i + 3]!
  }
  for (let i = fours; i < dimensions; i++) one += a[atA + i]! * b[atB + i]!
  return one + two + three + four
}

const squaredDistance: Score = (a, atA, b, atB, dimensions) => {
  let one = 0
  let two = 0
  let three = 0
  let four = 0
  const fours = dimensions & ~3
  for (let i = 0; i < fours; i += 4) {
    const first = a[atA + i]! - b[atB + i]!
    const second = a[atA + i + 1]! - b[atB + i + 1]!
    const third = a[atA + i + 2]! - b[atB + i + 2]!
    const fourth = a[atA + i + 3]! - b[atB + i + 3]!
    one += first * first
    two += second * second
    three += third * third
    four += fourth * fourth
  }
  for (let i = fours; i < dimensions; i++) one += (a[atA + i]! - b[atB + i]!) ** 2
  return one + two + three + four
}
