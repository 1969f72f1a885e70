/** Writing rows to one file, which takes its name only when it is complete. */
import { mkdirSync, renameSync, rmSync } from "node:fs"
import { dirname } from "node:path"
import type { Row } from "../../columns/Row.ts"
import { DataError } from "../rows/DataError.ts"
import { RowSurvey } from "./columns/RowSurvey.ts"
import { parquetShard } from "./parquet/parquetShard.ts"
import { csvShard } from "./text/textShards.ts"

/**
 * Writes rows, which are read twice: types and columns first. Throws `DataError` if the file cannot
 * be written, or a column of a Parquet file has values of several types.
 */
export const writeRowFile = async (
  path: string,
  type: "csv" | "parquet",
  rows: () => AsyncIterable<ReadonlyArray<Row>>
): Promise<void> => {
  const survey = new RowSurvey(undefined)
  for await (const chunk of rows()) for (const row of chunk) survey.add(row)
  const { fields, problems } = RowSurvey.fields([survey], undefined, "error")
  if (type === "parquet" && problems.length > 0)
    throw new DataError({
      action: "write",
      path,
      detail: `${problems.join("; ")}. A column of such a file has one type: bring its values to one before, or write jsonl.`
    })
  const partial = `${path}.partial`
  try {
    mkdirSync(dirname(path), { recursive: true })
    rmSync(partial, { force: true })
    const shard =
      type === "parquet"
        ? await parquetShard(partial, fields)
        : csvShard(
            partial,
            fields.map(({ name }) => name)
          )
    for await (const chunk of rows()) shard.write(chunk)
    shard.close()
    renameSync(partial, path)
  } catch (thrown) {
    rmSync(partial, { force: true })
    throw DataError.of("write", path, thrown)
  }
}
