/** What a step can say of a row that is worth a figure in the report, once all rows are there. */
import type { Row } from "../columns/Row.ts"

/** One row's part of a figure. All rows' parts with one name make one figure. */
export type Finding =
  /** Something that holds or does not: the report shows the share, beside the one that is expected. */
  | {
      readonly kind: "share"
      readonly name: string
      readonly holds: boolean
      readonly expected?: number
    }
  /** A number: the report shows the mean, and how often each is there. */
  | { readonly kind: "mean"; readonly name: string; readonly value: number }
  /** A verdict beside that of people: the report shows agreement, Cohen's kappa and all pairs. */
  | {
      readonly kind: "pair"
      readonly name: string
      readonly value: string | number
      readonly gold: string | number
    }

/**
 * Reads a row of the result by the step's own names of columns, given the options of the step;
 * columns that later steps dropped are missing.
 */
export type FindingsOf = (
  row: Row,
  options: Readonly<Record<string, unknown>>
) => ReadonlyArray<Finding>
