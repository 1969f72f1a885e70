/** What the page of a report is given, as JSON inside of it. */
import type { Row } from "../../columns/Row.ts"
import type { Profile } from "./Profile.ts"
import type { RunFigures } from "./RunFigures.ts"

/** A file of rows that the page can read piece by piece. */
export interface ReportFile {
  /** As it lies in the folder. */
  readonly name: string
  readonly type: "jsonl" | "parquet"
  readonly bytes: number
  /** Where the server that gave the page has it; a page opened from disk asks for the file itself. */
  readonly url?: string
}

/** Rows of a subset, or its error rows. */
export interface ReportRows {
  readonly files: ReadonlyArray<ReportFile>
  /** How many there are, if known. */
  readonly count?: number | undefined
  /** The first ones. */
  readonly sample: ReadonlyArray<Row>
  /** Whether those are all. */
  readonly complete: boolean
}

export interface ReportSubset {
  readonly name: string
  readonly rows: ReportRows
  readonly errors: ReportRows
  /** What the rows hold; absent where there are none, or they are not on this machine. */
  readonly profile?: Profile | undefined
}

export interface ReportData {
  /** The pipeline's name, or what was opened. */
  readonly title: string
  /** Undefined where rows are looked at that no run of ours has left. */
  readonly figures?: RunFigures | undefined
  readonly subsets: ReadonlyArray<ReportSubset>
  /** Files that lie there and cannot be shown, with the reason. */
  readonly notShown: ReadonlyArray<string>
}
