/** SampleRows: rows drawn at random. */
import * as Schema from "effect/Schema"
import { randomNumbers } from "../../columns/random.ts"
import { defineStep } from "../../step/defineStep.ts"

/**
 * Lets rows that are drawn at random pass, in their order, and drops the others. The same seed
 * draws the same of as many rows.
 *
 * @example
 *   const some = SampleRows({ name: "some", count: 500, seed: 7 })
 *
 * @fails StepFailed if neither `count` nor `share` is given, or both
 */
export const SampleRows = defineStep({
  type: "SampleRows",
  about: "Lets rows that are drawn at random pass, in their order, and drops the others.",
  reads: {},
  adds: {},
  options: {
    /** How many rows are drawn; all where there are fewer. Either this or `share` must be given. */
    count: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
    /** The share of the rows that is drawn, 0 to 1. */
    share: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
    /** Decides what is drawn. Default 42. */
    seed: Schema.optionalKey(Schema.Int)
  },
  defaults: { seed: 42 },
  parameters: ["count", "share", "seed"],
  kind: "global",
  streams: true,
  version: "1",
  process: (rows, { count, seed, share }) => {
    if ((count === undefined) === (share === undefined))
      throw new Error("give either count, a number of rows, or share, a part of them from 0 to 1")
    return drawn(rows, Math.min(rows.length, count ?? Math.round(rows.length * share!)), seed)
  }
})

/** Each row is drawn with the chance of those that are still to be drawn among those that are left. */
function* drawn<R>(
  rows: Iterable<R> & { readonly length: number },
  count: number,
  seed: number
): Generator<R> {
  const random = randomNumbers(seed)
  let left = rows.length
  let wanted = count
  for (const row of rows) {
    if (wanted === 0) return
    if (random() * left-- >= wanted) continue
    wanted--
    yield row
  }
}
