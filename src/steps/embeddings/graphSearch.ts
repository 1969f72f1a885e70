/**
 * Approximate search over a graph of neighbours (HNSW, by the package usearch): it misses few of
 * the nearest, and its time does not grow with the square of the vectors.
 */
import { setImmediate } from "node:timers/promises"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { Nearest } from "./Nearest.ts"
import type { Metric, Vectors } from "./Vectors.ts"

/** Vectors in one call, which holds up all else. */
const atOnce = 2000

/** The nearest neighbours of each vector among the others. Throws `PackageMissing`. */
export const approximatelyNearest = async (
  vectors: Vectors,
  k: number,
  metric: Metric
): Promise<Nearest> => {
  const { Index, MetricKind, ScalarKind } = await import("usearch").catch(
    optionalPackage("usearch", "The search among many neighbours")
  )
  const { dimensions, length, numbers } = vectors
  const isProduct = metric === "inner product"
  const index = new Index({
    dimensions,
    metric: isProduct ? MetricKind.IP : MetricKind.L2sq,
    quantization: ScalarKind.F32,
    connectivity: 16,
    expansion_add: 128,
    expansion_search: Math.max(64, 2 * k),
    multi: false
  })
  for (const [start, end] of parts(length)) {
    const keys = BigUint64Array.from({ length: end - start }, (_, i) => BigInt(start + i))
    // One thread: with several the graph, and so what is found, would differ from run to run.
    index.add(keys, numbers.subarray(start * dimensions, end * dimensions), 1)
    await setImmediate()
  }
  const nearest = new Nearest(length, k, isProduct)
  const found = Math.min(k + 1, length)
  for (const [start, end] of parts(length)) {
    const matches = index.search(numbers.subarray(start * dimensions, end * dimensions), found, 1)
    for (let i = 0; i < (end - start) * found; i++) {
      const vector = start + Math.floor(i / found)
      const neighbour = Number(matches.keys[i])
      const distance = matches.distances[i]!
      if (neighbour !== vector && neighbour < length)
        nearest.add(vector, neighbour, isProduct ? 1 - distance : distance)
    }
    await setImmediate()
  }
  return nearest
}

const parts = (length: number): ReadonlyArray<readonly [number, number]> =>
  Array.from({ length: Math.ceil(length / atOnce) }, (_, i) => [
    i * atOnce,
    Math.min((i + 1) * atOnce, length)
  ])
