/** Steps of a graph that say something of the rows of the result. */
import type { Row } from "../../columns/Row.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import type { Mappings } from "../../step/Step.ts"
import type { FindingStep } from "./profileOf.ts"

export const findingSteps = ({ nodes }: Graph): ReadonlyArray<FindingStep> =>
  [...nodes.values()].flatMap(({ name, step: { findingsOf, mappings, options, type, values } }) =>
    findingsOf === undefined
      ? []
      : [
          {
            name,
            type,
            findingsOf: (row: Row) =>
              findingsOf(withOwnNames(row, mappings), { ...options, ...values })
          }
        ]
  )

/** The row as the step names its columns. */
const withOwnNames = (row: Row, { input, output }: Mappings): Row => {
  const renamed = Object.entries({ ...input, ...output })
  return renamed.length === 0
    ? row
    : { ...row, ...Object.fromEntries(renamed.map(([own, name]) => [own, row[name]])) }
}
