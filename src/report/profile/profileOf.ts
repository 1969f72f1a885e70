/** Profiles rows: one pass over them, in memory that their number does not change beyond a limit. */
import { metadataColumn } from "../../columns/metadata.ts"
import type { Row } from "../../columns/Row.ts"
import type { Finding } from "../../step/Finding.ts"
import type { Profile } from "../figures/Profile.ts"
import { ColumnCounts } from "./ColumnCounts.ts"
import { FindingCounts } from "./FindingCounts.ts"
import { languagesOf } from "./languagesOf.ts"
import { tokenShare } from "./tokenShare.ts"
import { cellsOf } from "./typeOfValue.ts"
import { valueKey } from "./valueKey.ts"

/** More columns are counted, not profiled: nobody looks at so many. */
const mostColumns = 100

/** A step whose figures are wanted. */
export interface FindingStep {
  readonly name: string
  readonly type: string
  readonly findingsOf: (row: Row) => ReadonlyArray<Finding>
}

/** Rows of a subset: all of them, or some that stand for all. */
export interface ProfiledRows {
  readonly rows: AsyncIterable<ReadonlyArray<Row>>
  /** Whether these are all, once they have been read. */
  readonly complete: () => boolean
}

/** Reads rows and says what they hold; undefined if there are none. */
export const profileOf = async (
  { complete, rows }: ProfiledRows,
  steps: ReadonlyArray<FindingStep> = []
): Promise<Profile | undefined> => {
  const columns = new Map<string, ColumnCounts>()
  const more = new Set<string>()
  const findings = steps.map((step) => ({ step, counts: new FindingCounts() }))
  const seen = new Set<string>()
  let count = 0
  const columnOf = (name: string): ColumnCounts | undefined => {
    const known = columns.get(name)
    if (known !== undefined) return known
    if (columns.size >= mostColumns) {
      more.add(name)
      return undefined
    }
    const column = new ColumnCounts(name)
    columns.set(name, column)
    return column
  }
  for await (const chunk of rows) {
    for (const row of chunk) {
      count++
      for (const [name, value] of cellsOf(row)) columnOf(name)?.add(value)
      seen.add(valueKey({ ...row, [metadataColumn]: undefined }))
      for (const { counts, step } of findings)
        for (const finding of step.findingsOf(row)) counts.add(finding)
    }
  }
  if (count === 0) return undefined
  const profiled = []
  for (const column of columns.values())
    profiled.push(
      column.profile(count, {
        languages: await languagesOf(column.texts),
        tokenShare: await tokenShare(column.texts)
      })
    )
  return {
    rows: count,
    complete: complete(),
    duplicates: count - seen.size,
    columns: profiled,
    moreColumns: more.size,
    steps: findings.flatMap(({ counts, step: { name, type } }) =>
      counts.figures.length === 0 ? [] : [{ step: name, type, findings: counts.figures }]
    )
  }
}
