/** UMAP: embeddings in few dimensions. */
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { randomNumbers } from "../../columns/random.ts"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { defineStep } from "../../step/defineStep.ts"
import { cosine, euclidean, manhattan } from "../values/distances.ts"
import { writeNpy } from "./npy.ts"
import { Vectors } from "./Vectors.ts"

const Count = Schema.Int.check(Schema.isGreaterThan(0))

const umapPackage = () => import("umap-js").catch(optionalPackage("umap-js", "UMAP"))

const distances = { cosine, euclidean, manhattan }

/**
 * Projects embeddings to few dimensions, so that near ones stay near: for clusters and pictures.
 *
 * Needs the package `umap-js`. The same seed gives the same projection. Time and memory are those
 * of a few thousand rows.
 *
 * The projections are saved with the dataset as artifact `umap`: `projections.npy`, a matrix that
 * NumPy reads. The fitted model is not saved.
 *
 * @example
 *   const projected = UMAP({ name: "projected", metric: "cosine" })
 *
 * @reads embedding list of numbers
 * @adds projection list of numbers
 * @fails StepFailed if an embedding is missing or has another length than the first, or `umap-js` is not installed
 * @source https://arxiv.org/abs/1802.03426
 */
export const UMAP = defineStep({
  type: "UMAP",
  about:
    "Projects embeddings to few dimensions, so that near ones stay near: for clusters and pictures.",
  cites: `@misc{mcinnes2018umap,
  title = {UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction},
  author = {Leland McInnes and John Healy and James Melville},
  year = {2018},
  eprint = {1802.03426},
  archivePrefix = {arXiv}
}`,
  reads: { embedding: Schema.Array(Schema.Number) },
  adds: { projection: Schema.Array(Schema.Number) },
  options: {
    /** Numbers in a projection. Default 2. */
    nComponents: Schema.optionalKey(Count),
    /** How distances of embeddings are measured. Default `euclidean`. */
    metric: Schema.optionalKey(Schema.Literals(["euclidean", "cosine", "manhattan"])),
    /** Decides what is drawn at random. Default 42. */
    randomState: Schema.optionalKey(Schema.Int),
    /**
     * How many neighbours of a row its place depends on: more show the whole, fewer the detail.
     * Default 15.
     */
    nNeighbors: Schema.optionalKey(Count),
    /** How near to each other rows may come. Default 0.1. */
    minDist: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)))
  },
  defaults: {
    nComponents: 2,
    metric: "euclidean",
    randomState: 42,
    nNeighbors: 15,
    minDist: 0.1
  },
  parameters: ["nComponents", "metric", "randomState", "nNeighbors", "minDist"],
  python: {
    lacks: ["nNeighbors", "minDist"],
    blanks: { randomState: [null] },
    ignores: { n_jobs: [8] }
  },
  kind: "global",
  check: umapPackage,
  version: "1",
  process: async (rows, { metric, minDist, nComponents, nNeighbors, randomState }, tools) => {
    const vectors = new Vectors()
    for (const { embedding } of rows) vectors.push(embedding)
    // Fewer rows have no shape that could be kept.
    if (rows.length < 3)
      return rows.map((row, i) => ({
        ...row,
        projection: Array.from({ length: nComponents }, () => i)
      }))
    const { UMAP: Projection } = await umapPackage()
    const umap = new Projection({
      nComponents,
      minDist,
      nNeighbors: Math.min(nNeighbors, rows.length - 1),
      random: randomNumbers(randomState),
      distanceFn: distances[metric]
    })
    const projections = await umap.fitAsync(rows.map(({ embedding }) => [...embedding]))
    const projected = new Vectors("projection")
    for (const projection of projections) projected.push(projection)
    await tools.saveArtifact(
      "umap",
      (folder) => writeNpy(join(folder, "projections.npy"), projected),
      { num_rows: rows.length, n_components: nComponents, metric, random_state: randomState }
    )
    return rows.map((row, i) => ({ ...row, projection: projections[i]! }))
  }
})
