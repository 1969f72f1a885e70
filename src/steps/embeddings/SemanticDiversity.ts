/** SemanticDiversity: how different rows are from each other. */
import * as Schema from "effect/Schema"
import type { Row } from "../../columns/Row.ts"
import { defineStep } from "../../step/defineStep.ts"
import type { Finding } from "../../step/Finding.ts"
import { textFile } from "../../step/StepTools.ts"
import { diversityOf } from "./diversity.ts"
import { Vectors } from "./Vectors.ts"

/**
 * Measures how different rows are from each other by their embeddings: the distance of each to its
 * nearest neighbour, and groups of rows that say nearly the same.
 *
 * The report shows the mean distance, how many rows have a near copy, and the distribution of all
 * columns. The artifact `semantic_diversity` has the figures of the whole dataset as JSON, among
 * them the mean distance of all pairs. To see whether the threshold finds what it should, plant
 * copies: option `planted` names a boolean column that marks them, and the report shows the share
 * that was found, and how many other rows were taken for copies.
 *
 * Up to 10,000 rows are all compared with each other; above, the search needs the package `usearch`
 * and misses few neighbours. Groups are made from the ten nearest neighbours of each row.
 *
 * @example
 *   const diversity = SemanticDiversity({ name: "diversity", threshold: 0.05 })
 *
 * @reads embedding list of numbers
 * @adds nearest_row number or null — the place of the nearest other row, from 0; null where there is none
 * @adds nearest_distance number or null — how far it is, by cosine: 0 for the same direction, 2 for the opposite
 * @adds near_copy boolean — whether that is within the threshold
 * @adds semantic_group number — rows within the threshold of each other, also by way of others, have the same number, from 0 in the order of their first rows
 * @fails StepFailed if an embedding is missing or has another length than the first, or there are many rows and no `usearch`
 * @source https://arxiv.org/abs/2303.09540
 */
export const SemanticDiversity = defineStep({
  type: "SemanticDiversity",
  about:
    "Measures how different rows are from each other by their embeddings: the distance of each to its nearest neighbour, and groups of rows that say nearly the same.",
  reads: { embedding: Schema.Array(Schema.Number) },
  adds: {
    nearest_row: Schema.NullOr(Schema.Number),
    nearest_distance: Schema.NullOr(Schema.Number),
    near_copy: Schema.Boolean,
    semantic_group: Schema.Number
  },
  options: {
    /** How near two rows are that say nearly the same, at most. Default 0.1. */
    threshold: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
    /** The boolean column that marks copies that were planted. Default: none. */
    planted: Schema.optionalKey(Schema.NonEmptyString)
  },
  defaults: { threshold: 0.1 },
  parameters: ["threshold"],
  findingsOf: (row, { planted }) => found(row, planted),
  kind: "global",
  rowCount: "one-to-one",
  version: "1",
  process: async (rows, { threshold }, tools) => {
    const vectors = new Vectors()
    for (const { embedding } of rows) vectors.push(embedding)
    const { figures, groups, nearest } = await diversityOf(vectors, threshold)
    await tools.saveArtifact(
      "semantic_diversity",
      textFile("diversity.json", `${JSON.stringify(figures, undefined, 2)}\n`),
      { ...figures }
    )
    return rows.map((row, at) => {
      const near = nearest[at]
      return {
        ...row,
        nearest_row: near?.row ?? null,
        nearest_distance: near?.distance ?? null,
        near_copy: near !== undefined && near.distance <= threshold,
        semantic_group: groups[at]!
      }
    })
  }
})

/** What a row says of the diversity of all. */
const found = (row: Row, planted: unknown): ReadonlyArray<Finding> => {
  const { near_copy: isCopy, nearest_distance: distance } = row
  if (typeof isCopy !== "boolean") return []
  const isPlanted = typeof planted === "string" ? row[planted] : undefined
  return [
    ...(typeof distance === "number"
      ? [{ kind: "mean", name: "distance to the nearest row", value: distance } as const]
      : []),
    { kind: "share", name: "rows with a near copy", holds: isCopy },
    ...(typeof isPlanted !== "boolean"
      ? []
      : isPlanted
        ? [{ kind: "share", name: "planted copies that were found", holds: isCopy } as const]
        : [{ kind: "share", name: "other rows taken for copies", holds: isCopy } as const])
  ]
}
