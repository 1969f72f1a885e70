import { mkdtempSync, readFileSync, truncateSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { expect, it } from "vitest"
import { randomNumbers } from "../../../src/columns/random.ts"
import {
  EmbeddingDedup,
  FaissNearestNeighbour,
  from,
  LoadDataFromDicts,
  Pipeline,
  runPromise,
  runStepPromise
} from "../../../src/index.ts"
import { nearestAmong, nearestIn } from "../../../src/steps/embeddings/exactSearch.ts"
import { approximatelyNearest } from "../../../src/steps/embeddings/graphSearch.ts"
import { readNpy, writeNpy } from "../../../src/steps/embeddings/npy.ts"
import { Vectors } from "../../../src/steps/embeddings/Vectors.ts"

const vectorsOf = (rows: ReadonlyArray<ReadonlyArray<number>>): Vectors => {
  const vectors = new Vectors()
  for (const row of rows) vectors.push(row)
  return vectors
}

const random = (count: number, dimensions: number, seed: number): Array<Array<number>> => {
  const next = randomNumbers(seed)
  return Array.from({ length: count }, () => Array.from({ length: dimensions }, () => next() - 0.5))
}

const points = fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }), {
  minLength: 1,
  maxLength: 150
})

it("the nearest are those that comparing with all others finds, the nearer and the earlier first", async () => {
  await fc.assert(
    fc.asyncProperty(
      points,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom("inner product" as const, "squared distance" as const),
      async (rows, k, metric) => {
        const nearest = await nearestAmong(vectorsOf(rows), k, metric)
        rows.forEach((row, at) => {
          const others = rows
            .map((other, index) => ({
              index,
              score: row.reduce(
                (sum, value, i) =>
                  sum + (metric === "inner product" ? value * other[i]! : (value - other[i]!) ** 2),
                0
              )
            }))
            .filter(({ index }) => index !== at)
            .toSorted((a, b) =>
              a.score === b.score
                ? a.index - b.index
                : metric === "inner product"
                  ? b.score - a.score
                  : a.score - b.score
            )
            .slice(0, k)
          const { indices, scores } = nearest.of(at)
          expect(scores).toEqual(others.map(({ score }) => score))
          expect(new Set(indices).size).toBe(indices.length)
          for (const [i, index] of indices.entries())
            if (others.filter(({ score }) => score === scores[i]).length === 1)
              expect(index).toBe(others[i]!.index)
        })
      }
    ),
    { numRuns: 30 }
  )
})

it("a row has as many neighbours as there are others, and none alone", async () => {
  const near = FaissNearestNeighbour({ name: "near", k: 3 })
  const { rows } = await runStepPromise(near, [{ embedding: [0, 0] }, { embedding: [3, 4] }])
  expect(rows).toEqual([
    { embedding: [0, 0], nn_indices: [1], nn_scores: [25] },
    { embedding: [3, 4], nn_indices: [0], nn_scores: [25] }
  ])
  const alone = await runStepPromise(near, [{ embedding: [1] }])
  expect(alone.rows).toEqual([{ embedding: [1], nn_indices: [], nn_scores: [] }])
})

it("the graph finds nearly all that the exact search finds, and the same each time", async () => {
  const vectors = vectorsOf(random(2500, 16, 5))
  const exact = await nearestAmong(vectors, 5, "squared distance")
  const graph = await approximatelyNearest(vectors, 5, "squared distance")
  const again = await approximatelyNearest(vectors, 5, "squared distance")
  let found = 0
  for (let i = 0; i < vectors.length; i++) {
    expect(graph.of(i)).toEqual(again.of(i))
    const right = new Set(exact.of(i).indices)
    found += graph.of(i).indices.filter((index) => right.has(index) && index !== i).length
  }
  expect(found / (5 * vectors.length)).toBeGreaterThan(0.97)
  const products = await approximatelyNearest(
    vectorsOf([
      [1, 0],
      [2, 0],
      [0, 1]
    ]),
    1,
    "inner product"
  )
  expect(products.of(0)).toEqual({ indices: [1], scores: [2] })
})

it("embeddings of another length, missing ones and numbers that are none are refused with the row", () => {
  const vectors = vectorsOf([[1, 2]])
  expect(() => vectors.push([1])).toThrow(
    "embedding of row 2 has 1 numbers, those before it have 2"
  )
  expect(() => vectors.push(null)).toThrow("embedding of row 2 is null")
  expect(() => vectors.push([1, Number.NaN])).toThrow("not a list of finite numbers")
})

it("vectors that were saved come back as they were, and a file that was cut is refused", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "distilabel-npy-")), "vectors.npy")
  for (const rows of [random(7, 5, 1), random(1, 1, 2), random(300, 3, 3)]) {
    const vectors = vectorsOf(rows)
    await writeNpy(path, vectors)
    const read = await readNpy(path)
    expect([...read.numbers]).toEqual([...vectors.numbers])
    expect([read.length, read.dimensions]).toEqual([vectors.length, vectors.dimensions])
    expect(readFileSync(path).indexOf("\n") % 64).toBe(63)
  }
  truncateSync(path, readFileSync(path).length - 4)
  await expect(readNpy(path)).rejects.toThrow("it is not a whole matrix of 32-bit numbers")
})

it("a run saves its index with the dataset, and rows of another run are searched in it", async () => {
  const outputDir = mkdtempSync(join(tmpdir(), "distilabel-index-"))
  const data = [
    [0, 0],
    [10, 0],
    [0, 10]
  ].map((embedding, id) => ({ id, embedding }))
  const near = FaissNearestNeighbour({ name: "near" })
  await runPromise(Pipeline("p", {}, from(LoadDataFromDicts({ name: "load", data })).to(near)), {
    progress: "none",
    outputDir
  })
  const index = join(outputDir, "artifacts", "near", "faiss_index")
  const again = FaissNearestNeighbour({ name: "again", index, k: 2 })
  const { rows } = await runStepPromise(again, [{ embedding: [9, 1] }])
  expect(rows[0]).toMatchObject({ nn_indices: [1, 0], nn_scores: [2, 82] })
  await expect(runStepPromise(again, [{ embedding: [9] }])).rejects.toThrow(
    "the embeddings have 1 numbers, those of the index"
  )
  const searched = async (): Promise<ReadonlyArray<number>> => {
    const flow = from(LoadDataFromDicts({ name: "load", data: [{ embedding: [9, 1] }] })).to(again)
    const { default: found } = await runPromise(Pipeline("q", {}, flow), { progress: "none" })
    return (await found.toArray())[0]!.nn_indices
  }
  expect(await searched()).toEqual([1, 0])
  // Another index in its place is noticed.
  await writeNpy(
    join(index, "vectors.npy"),
    vectorsOf([
      [9, 1],
      [0, 0],
      [9, 2]
    ])
  )
  expect(await searched()).toEqual([0, 2])
  const none = FaissNearestNeighbour({ name: "none", index: join(outputDir, "none") })
  await expect(runStepPromise(none, [{ embedding: [9] }])).rejects.toThrow("there is no such file")
  const found = await nearestIn(
    vectorsOf([
      [1, 0],
      [0, 1]
    ]),
    vectorsOf([[0, 2]]),
    1,
    "inner product"
  )
  expect(found.of(0)).toEqual({ indices: [1], scores: [2] })
})

it("EmbeddingDedup after it keeps one of near copies", async () => {
  const data = [
    [1, 0],
    [0.999, 0.001],
    [0, 1]
  ].map((embedding) => ({ embedding }))
  const near = FaissNearestNeighbour({ name: "near", metricType: 0 })
  const { default: rows } = await runPromise(
    Pipeline(
      "p",
      {},
      from(LoadDataFromDicts({ name: "load", data }))
        .to(near)
        .to(EmbeddingDedup({ name: "dedup" }))
    ),
    { progress: "none" }
  )
  const kept = (await rows.toArray()).map((row) => row.keep_row_after_embedding_filtering)
  expect(kept).toEqual([true, false, true])
})
