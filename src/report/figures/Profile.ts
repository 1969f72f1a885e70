/** What the rows of a subset hold, column by column: plain data for a page. */
import type { Histogram } from "./Histogram.ts"

/** A value, and how often it is there. */
export interface ValueCount {
  /** Its text, shortened if it is long. */
  readonly value: string
  readonly count: number
}

/** Numbers of a column on a scale of equal parts. */
export interface NumberProfile {
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly median: number
  /** Values in each part of the scale from `min` to `max`. */
  readonly parts: ReadonlyArray<number>
}

/** A column, or, as `column.key`, a key of a column that holds records. */
export interface ColumnProfile {
  readonly name: string
  /** What its values are, the most frequent first: `text`, `number`, `list`, … */
  readonly types: ReadonlyArray<ValueCount>
  /** Rows with a value, and rows without. */
  readonly values: number
  readonly nulls: number
  /** Empty or blank texts, and empty lists. */
  readonly empty: number
  /** Values that differ from each other. */
  readonly distinct: number
  /** Characters of texts, or items of lists. */
  readonly lengths?: Histogram & { readonly of: "characters" | "items" }
  /** Tokens for each character, counted in a sample of the texts. */
  readonly tokenShare?: number
  readonly numbers?: NumberProfile
  /** The balance of a column that holds few different values, or of the items of its lists. */
  readonly labels?: {
    readonly of: "values" | "items"
    /** In the order of the numbers, or the most frequent first. */
    readonly counts: ReadonlyArray<ValueCount>
  }
  /** Values that are there more than once, where the column holds no labels. */
  readonly repeated?: ReadonlyArray<ValueCount>
  /** Languages of a sample of the texts, as codes in ISO 639-1. */
  readonly languages?: ReadonlyArray<ValueCount>
}

/** A figure that a step reads from its rows, such as how often a judge agrees with people. */
export type FindingFigures =
  | {
      readonly kind: "share"
      readonly name: string
      readonly count: number
      /** Rows for which it holds. */
      readonly hits: number
      /** The share that would be there without what is measured. */
      readonly expected?: number | undefined
    }
  | {
      readonly kind: "mean"
      readonly name: string
      readonly count: number
      readonly mean: number
      readonly counts: ReadonlyArray<ValueCount>
    }
  | {
      readonly kind: "pair"
      readonly name: string
      readonly count: number
      readonly same: number
      /** Cohen's kappa: agreement beyond chance; undefined where chance alone would agree always. */
      readonly kappa?: number | undefined
      readonly pairs: ReadonlyArray<{
        readonly value: string
        readonly gold: string
        readonly count: number
      }>
    }

/** Figures of a step. */
export interface StepFindings {
  readonly step: string
  readonly type: string
  readonly findings: ReadonlyArray<FindingFigures>
}

/** What rows hold. */
export interface Profile {
  /** Rows that were looked at, and whether these are all. */
  readonly rows: number
  readonly complete: boolean
  /** Rows that say the same as an earlier one in all columns. */
  readonly duplicates: number
  readonly columns: ReadonlyArray<ColumnProfile>
  /** Columns beyond those that are shown. */
  readonly moreColumns: number
  readonly steps: ReadonlyArray<StepFindings>
}
