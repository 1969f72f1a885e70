/** DeitaFiltering: the best rows that are not too much alike. */
import * as Schema from "effect/Schema"
import { defineStep } from "../../step/defineStep.ts"
import { distanceBy, normalized } from "../values/distances.ts"

const Score = Schema.NullOr(Schema.Number)

/**
 * Keeps the rows with the best scores for complexity and quality that differ enough from all
 * others.
 *
 * Rows come out with the best first. Of rows with the same embedding the best one stands for all.
 * Time grows with the square of the number of rows.
 *
 * @example
 *   const select = DeitaFiltering({ name: "select", dataBudget: 6000 })
 *
 * @reads evol_instruction_score number or null
 * @reads evol_response_score number or null
 * @reads embedding list of numbers
 * @adds deita_score number — the product of the scores; the one that is there; 0 without any
 * @adds deita_score_computed_with list of strings — the columns that it comes from
 * @adds nearest_neighbor_distance number or null — null for a row without others
 * @source https://arxiv.org/abs/2312.15685
 */
export const DeitaFiltering = defineStep({
  type: "DeitaFiltering",
  about:
    "Keeps the rows with the best scores for complexity and quality that differ enough from all others.",
  cites: `@misc{liu2023deita,
  title = {What Makes Good Data for Alignment? A Comprehensive Study of Automatic Data Selection in Instruction Tuning},
  author = {Wei Liu and Weihao Zeng and Keqing He and Yong Jiang and Junxian He},
  year = {2023},
  eprint = {2312.15685},
  archivePrefix = {arXiv}
}`,
  reads: {
    evol_instruction_score: Score,
    evol_response_score: Score,
    embedding: Schema.Array(Schema.Number)
  },
  adds: {
    deita_score: Schema.Number,
    deita_score_computed_with: Schema.Array(Schema.String),
    nearest_neighbor_distance: Schema.NullOr(Schema.Number)
  },
  options: {
    /** How many rows are kept at most. Here or in `run` it must be given. */
    dataBudget: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
    /** How far a row must be from all others. Default 0.9. */
    diversityThreshold: Schema.optionalKey(Schema.Finite),
    /** Whether embeddings are scaled to length 1 first. Default true. */
    normalizeEmbeddings: Schema.optionalKey(Schema.Boolean),
    /** How distances are measured. Default `cosine`. */
    distanceMetric: Schema.optionalKey(Schema.Literals(["cosine", "manhattan"]))
  },
  defaults: { diversityThreshold: 0.9, normalizeEmbeddings: true, distanceMetric: "cosine" },
  parameters: ["dataBudget", "diversityThreshold", "normalizeEmbeddings", "distanceMetric"],
  needs: ["dataBudget"],
  python: {},
  kind: "global",
  version: "1",
  process: (rows, { dataBudget, distanceMetric, diversityThreshold, normalizeEmbeddings }) => {
    const embeddings = rows.map(({ embedding }) =>
      normalizeEmbeddings ? normalized(embedding) : embedding
    )
    const distance = distanceBy(distanceMetric)
    const scored = rows
      .map((row, at) => ({ row, at, ...scoreOf(row) }))
      .toSorted((a, b) => b.score - a.score)
    const kept = []
    const rankOf = new Map(scored.map(({ at }, rank) => [at, rank]))
    for (const { at, from, row, score } of scored) {
      if (kept.length >= dataBudget!) break
      const { equals, nearest, nearestOther } = neighbours(at, embeddings, distance)
      const standsForAll =
        equals.length > 0 && equals.every((other) => rankOf.get(other)! > rankOf.get(at)!)
      const own = nearest < diversityThreshold && standsForAll ? nearestOther : nearest
      if (own < diversityThreshold) continue
      kept.push({
        ...row,
        deita_score: score,
        deita_score_computed_with: from,
        nearest_neighbor_distance: own === Infinity ? null : own
      })
    }
    return kept
  }
})

const scoreOf = (row: {
  readonly evol_instruction_score: number | null
  readonly evol_response_score: number | null
}): { readonly score: number; readonly from: ReadonlyArray<string> } => {
  const scores = (["evol_instruction_score", "evol_response_score"] as const).flatMap((column) => {
    const score = row[column]
    return typeof score === "number" ? [{ column, score }] : []
  })
  return {
    score: scores.length === 0 ? 0 : scores.reduce((product, { score }) => product * score, 1),
    from: scores.map(({ column }) => column)
  }
}

/** How far the nearest row is, how far the nearest that is not equal, and which are equal. */
const neighbours = (
  at: number,
  embeddings: ReadonlyArray<ReadonlyArray<number>>,
  distance: ReturnType<typeof distanceBy>
) => {
  let nearest = Infinity
  let nearestOther = Infinity
  const equals: Array<number> = []
  embeddings.forEach((embedding, other) => {
    if (other === at) return
    const far = distance(embeddings[at]!, embedding)
    nearest = Math.min(nearest, far)
    if (far === 0) equals.push(other)
    else nearestOther = Math.min(nearestOther, far)
  })
  return { nearest, nearestOther, equals }
}
