/** The files of a run's folder that hold rows, complete ones or those of a run that was not done. */
import { statSync } from "node:fs"
import { join } from "node:path"
import type { Row } from "../../columns/Row.ts"
import { localFile } from "../../data/rows/ByteSource.ts"
import type { ReportFile, ReportRows } from "../figures/ReportData.ts"
import { linesTable } from "../tables/linesTable.ts"

const types = ["jsonl", "parquet"] as const

/**
 * The file of a subset's rows, or, as `NAME.errors`, of those that failed; undefined where there is
 * none.
 */
export const runFile = (directory: string, name: string): ReportFile | undefined => {
  for (const type of types) {
    // A provisional file is that of the last run; one with its own name beside it is of a run before.
    for (const ending of [`.${type}.partial`, `.${type}`]) {
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
export const sampledRows = async (
  directory: string,
  file: ReportFile | undefined,
  count: number | undefined,
  most: SampleSize
): Promise<ReportRows> => {
  if (file === undefined) return { files: [], count: 0, sample: [], complete: true }
  const sample: Array<Row> = []
  const complete = await isReadWhole(join(directory, file.name), file.type, most, sample).catch(
    () => false
  )
  return { files: [file], count: complete ? sample.length : count, sample, complete }
}

/** Takes the first rows of a file; gives whether there are no more. */
const isReadWhole = async (
  path: string,
  type: ReportFile["type"],
  most: SampleSize,
  sample: Array<Row>
): Promise<boolean> => {
  let chars = 0
  for await (const rows of type === "jsonl" ? lines(path) : parquet(path)) {
    for (const row of rows) {
      chars += JSON.stringify(row).length
      // One row is always shown, however large.
      if (sample.length >= most.rows || (chars > most.chars && sample.length > 0)) return false
      sample.push(row)
    }
  }
  return true
}

/** As the page reads them: the end of a file that nobody has finished may be half a row. */
async function* lines(path: string): AsyncGenerator<ReadonlyArray<Row>> {
  const pieces = await localFile(path).pieces()
  try {
    for await (const { rows } of linesTable(pieces).blocks()) yield rows.map(([, row]) => row)
  } finally {
    await pieces.close()
  }
}

async function* parquet(path: string): AsyncGenerator<ReadonlyArray<Row>> {
  const { openParquet } = await import("../../data/files/parquet/parquet.ts")
  const file = await openParquet(localFile(path))
  try {
    yield* file.chunks()
  } finally {
    await file.close()
  }
}
