/** DBSCAN: clusters of rows that are near each other. */
import * as Schema from "effect/Schema"
import { defineStep } from "../../step/defineStep.ts"
import { cosine, euclidean, manhattan } from "../values/distances.ts"
import { clustersOf } from "./clusters.ts"
import { Vectors } from "./Vectors.ts"

const distances = { cosine, euclidean, manhattan }

/**
 * Finds clusters of rows that lie close together, however many there are and whatever their shape.
 *
 * Works on the projections of `UMAP`. In two dimensions it takes many thousands of rows; with
 * `cosine` time grows with the square of the rows.
 *
 * @example
 *   const clusters = DBSCAN({ name: "clusters", eps: 0.5, minSamples: 10 })
 *
 * @reads projection list of numbers
 * @adds cluster_label number — the cluster's number, from 0; -1 for a row in none
 * @fails StepFailed if a projection is missing or has another length than the first
 * @source https://www.aaai.org/Papers/KDD/1996/KDD96-037.pdf
 */
export const DBSCAN = defineStep({
  type: "DBSCAN",
  about:
    "Finds clusters of rows that lie close together, however many there are and whatever their shape.",
  reads: { projection: Schema.Array(Schema.Number) },
  adds: { cluster_label: Schema.Number },
  options: {
    /** How near a neighbour is, at most. Default 0.3. */
    eps: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
    /** How many rows, itself among them, are near one within a cluster, at least. Default 30. */
    minSamples: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
    /** How distances are measured. Default `euclidean`. */
    metric: Schema.optionalKey(Schema.Literals(["euclidean", "cosine", "manhattan"]))
  },
  defaults: { eps: 0.3, minSamples: 30, metric: "euclidean" },
  parameters: ["eps", "minSamples", "metric"],
  python: { ignores: { n_jobs: [8] } },
  kind: "global",
  version: "1",
  process: (rows, { eps, metric, minSamples }) => {
    const checked = new Vectors("projection")
    for (const { projection } of rows) checked.push(projection)
    const labels = clustersOf(
      rows.map(({ projection }) => projection),
      { eps, minSamples, distance: distances[metric], boundsCoordinates: metric !== "cosine" }
    )
    return rows.map((row, i) => ({ ...row, cluster_label: labels[i]! }))
  }
})
