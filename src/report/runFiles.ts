/** The files of a run's folder that hold rows, complete ones or those of a run that was not done. */
import { statSync } from "node:fs"
import { join } from "node:path"
import { localFile } from "../data/ByteSource.ts"
import { openRowFile } from "../data/FileFormat.ts"
import type { Row } from "../columns/Row.ts"
import type { ReportFile, ReportRows } from "./ReportData.ts"

const types = ["jsonl", "parquet"] as const

/** The file of a subset's rows, or, as `NAME.errors`, of those that failed; undefined where there is none. */
export const runFile = (directory: string, name: string): ReportFile | undefined => {
  for (const type of types) {
    for (const ending of [`.${type}`, `.${type}.partial`]) {
      const bytes = statSync(join(directory, name + ending), { throwIfNoEntry: false })?.size
      if (bytes !== undefined) return { name: name + ending, type, bytes }
    }
  }
  return undefined
}

/** How much of a file's rows a page holds itself. */
export interface SampleSize {
  readonly rows: number
  readonly chars: number
}

/** The file's rows as a page is given them: where it is, and its first rows. */
export const sampledRows = async (directory: string, file: ReportFile | undefined, count: number | undefined, most: SampleSize): Promise<ReportRows> => {
  if (file === undefined) return { files: [], count: 0, sample: [], complete: true }
  const sample: Array<Row> = []
  let chars = 0
  let complete = false
  try {
    const rows = await openRowFile(localFile(join(directory, file.name)), { type: file.type, compression: undefined })
    try {
      complete = await (async () => {
        for await (const chunk of rows.chunks()) {
          for (const row of chunk) {
            chars += JSON.stringify(row).length
            // One row is always shown, however large.
            if (sample.length >= most.rows || (chars > most.chars && sample.length > 0)) return false
            sample.push(row)
          }
        }
        return true
      })()
    } finally {
      await rows.close()
    }
  } catch {
    // The end of a file that nobody has finished may be half a row.
  }
  return { files: [file], count: complete ? sample.length : count, sample, complete }
}
