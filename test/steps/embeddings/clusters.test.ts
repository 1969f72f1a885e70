import fc from "fast-check"
import { expect, it } from "vitest"
import { randomNumbers } from "../../../src/columns/random.ts"
import { DBSCAN, runStepPromise, UMAP } from "../../../src/index.ts"
import { clustersOf } from "../../../src/steps/embeddings/clusters.ts"
import { cosine, euclidean, manhattan } from "../../../src/steps/values/distances.ts"

/** Points around a centre. */
const cloud = (centre: ReadonlyArray<number>, count: number, width: number, seed: number) => {
  const random = randomNumbers(seed)
  return Array.from({ length: count }, () =>
    centre.map((value) => value + (random() - 0.5) * width)
  )
}

it("DBSCAN finds clusters in the order of their first rows, and rows in none", async () => {
  const points = [
    ...cloud([5, 5], 10, 0.3, 1),
    [100, 100],
    ...cloud([-3, 0], 8, 0.3, 2),
    ...cloud([5, 5], 5, 0.3, 3)
  ]
  const rows = points.map((projection, id) => ({ id, projection }))
  const result = await runStepPromise(DBSCAN({ name: "clusters", eps: 0.5, minSamples: 4 }), rows)
  expect(result.rows.map((row) => row.cluster_label)).toEqual([
    ...Array<number>(10).fill(0),
    -1,
    ...Array<number>(8).fill(1),
    ...Array<number>(5).fill(0)
  ])
})

it("the edge of a cluster belongs to it, and does not widen it", () => {
  const points = [0, 0.1, 0.2, 0.3, 0.75, 1.2].map((value) => [value])
  const density = { eps: 0.5, minSamples: 4, distance: euclidean, boundsCoordinates: true }
  expect(clustersOf(points, density)).toEqual([0, 0, 0, 0, 0, -1])
})

it("the grid finds what comparing all points finds", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 3, maxLength: 3 }), {
        maxLength: 60
      }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(euclidean, manhattan),
      (points, eps, minSamples, distance) => {
        const density = { eps, minSamples, distance }
        expect(clustersOf(points, { ...density, boundsCoordinates: true })).toEqual(
          clustersOf(points, { ...density, boundsCoordinates: false })
        )
      }
    )
  )
})

it("by cosine, rows of one direction are a cluster however long they are", () => {
  const points = [
    [1, 0],
    [9, 0.1],
    [0, 1],
    [0.1, 7],
    [0, 3],
    [4, 0]
  ]
  const density = { eps: 0.05, minSamples: 2, distance: cosine, boundsCoordinates: false }
  expect(clustersOf(points, density)).toEqual([0, 0, 1, 1, 1, 0])
})

it("UMAP keeps apart what is apart, gives the same for a seed, and takes few rows too", async () => {
  const rows = [...cloud([1, 0, 0, 0, 0], 10, 0.1, 4), ...cloud([0, 0, 0, 0, 9], 10, 0.1, 5)].map(
    (embedding) => ({ embedding })
  )
  const umap = UMAP({ name: "umap", nNeighbors: 5 })
  const projections = async () =>
    (await runStepPromise(umap, rows)).rows.map(({ projection }) => projection)
  const all = await projections()
  expect(await projections()).toEqual(all)
  const within = euclidean(all[0]!, all[1]!)
  expect(euclidean(all[0]!, all[15]!)).toBeGreaterThan(within)
  for (const count of [1, 2, 3]) {
    const { rows: few } = await runStepPromise(umap, rows.slice(0, count))
    expect(few.every(({ projection }) => projection.length === 2)).toBe(true)
    expect(few.flatMap(({ projection }) => projection).every(Number.isFinite)).toBe(true)
  }
})
