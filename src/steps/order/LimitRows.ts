/** LimitRows: the first rows. */
import * as Schema from "effect/Schema"
import { defineStep } from "../../step/defineStep.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/**
 * Lets the first rows pass, in their order, and drops the others.
 *
 * It waits for all rows, so that the same ones are first each time: after `SortRows` it gives the
 * best. To read fewer rows in the first place, use a loader's `numExamples` or the run's `maxRows`.
 *
 * @example
 *   const top = LimitRows({ name: "top", count: 1000 })
 */
export const LimitRows = defineStep({
  type: "LimitRows",
  about: "Lets the first rows pass, in their order, and drops the others.",
  reads: {},
  adds: {},
  options: {
    /** How many rows pass at most. */
    count: Count,
    /** How many rows are dropped before them. Default 0. */
    skip: Schema.optionalKey(Count)
  },
  defaults: { skip: 0 },
  parameters: ["count", "skip"],
  kind: "global",
  streams: true,
  version: "1",
  process: function* (rows, { count, skip }) {
    let position = 0
    for (const row of rows) {
      if (position >= skip + count) return
      if (position++ >= skip) yield row
    }
  }
})
