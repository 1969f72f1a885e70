/** DBSCAN: clusters of rows that are near each other. */
import * as Schema from "effect/Schema"
import { defineStep } from "../../step/defineStep.ts"
import { textFile } from "../../step/StepTools.ts"
import { cosine, euclidean, manhattan } from "../values/distances.ts"
import { clustersOf } from "./clusters.ts"
import { Vectors } from "./Vectors.ts"

const distances = { cosine, euclidean, manhattan }

/**
 * Finds clusters of rows that lie close together, however many there are and whatever their shape.
 *
 * Works on the projections of `UMAP`. In two dimensions it takes many thousands of rows; with
 * `cosine` time grows with the square of the rows. The artifact `dbscan` says how many rows each
 * cluster has, as JSON.
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
  process: async (rows, { eps, metric, minSamples }, tools) => {
    const checked = new Vectors("projection")
    for (const { projection } of rows) checked.push(projection)
    const labels = clustersOf(
      rows.map(({ projection }) => projection),
      { eps, minSamples, distance: distances[metric], boundsCoordinates: metric !== "cosine" }
    )
    const sizes = Object.fromEntries(
      [...Map.groupBy(labels, (label) => label)]
        .toSorted(([a], [b]) => a - b)
        .map(([label, own]) => [label, own.length])
    )
    await tools.saveArtifact(
      "dbscan",
      textFile("clusters.json", `${JSON.stringify(sizes, undefined, 2)}\n`),
      { eps, min_samples: minSamples, metric }
    )
    return rows.map((row, i) => ({ ...row, cluster_label: labels[i]! }))
  }
})
