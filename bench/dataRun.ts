/**
 * One reading of the data benchmark in a process of its own: `dataRun.ts KIND PATH`. Prints rows,
 * CPU seconds and the peak of resident memory.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  FilterRows,
  from,
  LoadDataFromFileSystem,
  Pipeline,
  type Row,
  runPromise
} from "distilabel-ts"
import * as Schema from "effect/Schema"
import { saveDataset } from "../src/data/distiset/saveDataset.ts"
import { formatOf, openRowFile } from "../src/data/files/FileFormat.ts"
import { readJsonLines } from "../src/data/files/JsonLines.ts"
import { localFile } from "../src/data/rows/ByteSource.ts"
import { Rows } from "../src/data/rows/Rows.ts"

const [kind = "", path = ""] = process.argv.slice(2)

const files = async (): Promise<number> => {
  const file = await openRowFile(localFile(path), formatOf(path))
  let rows = 0
  for await (const chunk of file.chunks()) rows += chunk.length
  await file.close()
  return rows
}

/** Loaded where it is asked: in the process, its library alone would be measured with ours. */
const duckDB = async () => {
  const { DuckDBInstance } = await import("@duckdb/node-api")
  return (await DuckDBInstance.create(":memory:", { threads: "2" })).connect()
}

/** DuckDB's own way to rows of JavaScript, chunk by chunk. */
const duck = async (): Promise<number> => {
  const connection = await duckDB()
  const result = await connection.stream(`SELECT * FROM '${path}'`)
  let rows = 0
  for await (const chunk of result.yieldRowObjectJs()) rows += chunk.length
  return rows
}

/** Through a pipeline, to a step that looks at each row and lets none pass. */
const pipeline = async (): Promise<number> => {
  const outputDir = mkdtempSync(join(tmpdir(), "distilabel-bench-"))
  let rows = 0
  const load = LoadDataFromFileSystem({
    name: "load",
    dataFiles: path,
    columns: { n: Schema.Number, instruction: Schema.String, response: Schema.String }
  })
  const none = FilterRows({ name: "none", useCache: false, where: () => rows++ < 0 })
  await runPromise(Pipeline("reading", {}, from(load).to(none)), { outputDir, progress: "none" })
  rmSync(outputDir, { recursive: true })
  return rows
}

/** Rows of a file, saved. */
const saveAs = async (format: "parquet" | "csv"): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), "distilabel-bench-"))
  let rows = 0
  const chunks = async function* (): AsyncGenerator<ReadonlyArray<Row>> {
    let read = 0
    for await (const chunk of readJsonLines(path)) {
      read += chunk.length
      yield chunk
    }
    // However often they are read.
    rows = read
  }
  await saveDataset(
    join(folder, "saved"),
    {
      parts: new Map([
        ["default", new Map([["train", new Rows({ name: "default", length: undefined, chunks })]])]
      ]),
      errors: new Map(),
      artifacts: undefined,
      story: undefined
    },
    { format }
  )
  rmSync(folder, { recursive: true })
  return rows
}

const save = (): Promise<number> => saveAs("parquet")
const saveCsv = (): Promise<number> => saveAs("csv")

/** The same rows given to DuckDB one by one, which writes them in the same compression. */
const duckSave = async (): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), "distilabel-bench-"))
  const connection = await duckDB()
  await connection.run("CREATE TABLE rows (n BIGINT, instruction VARCHAR, response VARCHAR)")
  const appender = await connection.createAppender("rows")
  let rows = 0
  for await (const chunk of readJsonLines(path)) {
    for (const row of chunk) {
      appender.appendBigInt(BigInt(row["n"] as number))
      appender.appendVarchar(row["instruction"] as string)
      appender.appendVarchar(row["response"] as string)
      appender.endRow()
      rows++
    }
  }
  appender.closeSync()
  await connection.run(
    `COPY rows TO '${join(folder, "rows.parquet")}' (FORMAT parquet, CODEC 'zstd')`
  )
  rmSync(folder, { recursive: true })
  return rows
}

const before = process.cpuUsage()
const start = performance.now()
const rows = await ({ files, duck, pipeline, save, saveCsv, duckSave }[kind] ?? files)()
const { system, user } = process.cpuUsage(before)
/**
 * The highest that resident memory has been. What getrusage says counts the parent's too, from
 * before this program began.
 */
const peakMB = (): number => {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}
console.log(
  JSON.stringify({
    rows,
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - start) / 1000,
    peakMB: peakMB()
  })
)
