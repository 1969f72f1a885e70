/** EmbeddingDedup: which rows have a near copy before them. */
import * as Schema from "effect/Schema"
import { defineStep } from "../../step/defineStep.ts"

/**
 * Marks rows whose embedding is very close to that of a row that stays.
 *
 * Of rows that are close to each other the first stays. The neighbours come from a step such as
 * `FaissNearestNeighbour`.
 *
 * @example
 *   const unique = EmbeddingDedup({ name: "unique", threshold: 0.95 })
 *
 * @reads nn_indices list of numbers — the places of the nearest rows, from 0
 * @reads nn_scores list of numbers — how close each of them is
 * @adds keep_row_after_embedding_filtering boolean
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/embeddingdedup/
 */
export const EmbeddingDedup = defineStep({
  type: "EmbeddingDedup",
  about: "Marks rows whose embedding is very close to that of a row that stays.",
  reads: { nn_indices: Schema.Array(Schema.Number), nn_scores: Schema.Array(Schema.Number) },
  adds: { keep_row_after_embedding_filtering: Schema.Boolean },
  options: {
    /** How close a row must be to count as a copy: closer than this. Default 0.9. */
    threshold: Schema.optionalKey(Schema.Finite)
  },
  defaults: { threshold: 0.9 },
  parameters: ["threshold"],
  python: {},
  kind: "global",
  version: "1",
  process: (rows, { threshold }) => {
    const copies = new Set<number>()
    rows.forEach(({ nn_indices, nn_scores }, at) => {
      if (copies.has(at)) return
      nn_indices.forEach((index, i) => {
        if (index !== at && nn_scores[i]! > threshold) copies.add(index)
      })
    })
    return rows.map((row, at) => ({
      ...row,
      keep_row_after_embedding_filtering: !copies.has(at)
    }))
  }
})
