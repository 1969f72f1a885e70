/** FaissNearestNeighbour: which rows are nearest to each other. */
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { defineStep } from "../../step/defineStep.ts"
import type { RowStream } from "../../step/OwnStepOptions.ts"
import { mostExact, nearestAmong, nearestIn } from "./exactSearch.ts"
import { approximatelyNearest } from "./graphSearch.ts"
import type { Nearest } from "./Nearest.ts"
import { readNpy, writeNpy } from "./npy.ts"
import { type Metric, Vectors } from "./Vectors.ts"

/** The file of vectors in a saved index. */
const vectorsFile = "vectors.npy"

/**
 * Finds the rows whose embeddings are nearest to that of each row.
 *
 * It is named after Python's class and needs no FAISS. Up to 10,000 rows the search is exact.
 * Above, it goes along a graph of neighbours (HNSW), which misses few of the nearest, and needs the
 * package `usearch`; `exact: true` compares all rows however many they are, in time that grows with
 * the square of the rows. Rows wait on disk where they are many; memory holds four bytes for each
 * number of an embedding.
 *
 * The vectors are saved with the dataset as artifact `faiss_index`: `vectors.npy`, a matrix that
 * NumPy reads. Option `index`, the path of such a folder, searches there instead: `nn_indices` are
 * then the rows of that index.
 *
 * For `EmbeddingDedup` take `metricType: 0` and embeddings of length 1: a score is then the cosine.
 *
 * @example
 *   const nearest = FaissNearestNeighbour({ name: "nearest", k: 5, metricType: 0 })
 *
 * @reads embedding list of numbers
 * @adds nn_indices list of numbers — the places of the nearest rows, from 0, the nearest first
 * @adds nn_scores list of numbers — how close each of them is
 * @fails StepFailed if an embedding is missing or has another length than the first, the index cannot be read, or there are many rows and no `usearch`
 * @source https://arxiv.org/abs/1603.09320
 */
export const FaissNearestNeighbour = defineStep({
  type: "FaissNearestNeighbour",
  about: "Finds the rows whose embeddings are nearest to that of each row.",
  reads: { embedding: Schema.Array(Schema.Number) },
  adds: { nn_indices: Schema.Array(Schema.Number), nn_scores: Schema.Array(Schema.Number) },
  options: {
    /** What a score is, as FAISS numbers it: 0, the inner product; 1, the squared distance. Default 1. */
    metricType: Schema.optionalKey(Schema.Literals([0, 1])),
    /** How many neighbours a row gets; fewer where there are not as many. Default 1. */
    k: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
    /** Whether more than 10,000 rows are compared one by one too. Default false. */
    exact: Schema.optionalKey(Schema.Boolean),
    /** The folder of an index to search instead of the rows themselves. Default: none. */
    index: Schema.optionalKey(Schema.String)
  },
  defaults: { metricType: 1, k: 1, exact: false },
  parameters: ["metricType", "k", "exact"],
  python: {
    lacks: ["exact", "index"],
    ignores: {
      device: [null],
      string_factory: [null, "Flat"],
      search_batch_size: [50],
      train_size: [null]
    }
  },
  kind: "global",
  readsMore: ({ index }) => index !== undefined,
  // An index that cannot be read is told before anything is paid.
  check: ({ index }) => (index === undefined ? undefined : readNpy(join(index, vectorsFile))),
  streams: true,
  version: "1",
  process: async (rows, { exact, index, k, metricType }, tools) => {
    const metric: Metric = metricType === 0 ? "inner product" : "squared distance"
    const vectors = new Vectors()
    for (const { embedding } of rows) vectors.push(embedding)
    if (index !== undefined) {
      const saved = await readNpy(join(index, vectorsFile))
      if (vectors.length > 0 && saved.dimensions !== vectors.dimensions)
        throw new Error(
          `the embeddings have ${vectors.dimensions} numbers, those of the index ${index} have ${saved.dimensions}. Embed the rows with the model that the index was made with.`
        )
      return withNeighbours(rows, await nearestIn(saved, vectors, k, metric))
    }
    const nearest =
      exact || vectors.length <= mostExact
        ? await nearestAmong(vectors, k, metric)
        : await approximatelyNearest(vectors, k, metric)
    await tools.saveArtifact(
      "faiss_index",
      (folder) => writeNpy(join(folder, vectorsFile), vectors),
      { num_rows: vectors.length, embedding_dim: vectors.dimensions }
    )
    return withNeighbours(rows, nearest)
  }
})

function* withNeighbours<R extends object>(rows: RowStream<R>, nearest: Nearest) {
  let position = 0
  for (const row of rows) {
    const { indices, scores } = nearest.of(position++)
    yield { ...row, nn_indices: indices, nn_scores: scores }
  }
}
