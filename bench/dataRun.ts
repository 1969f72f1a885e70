/** One reading of the data benchmark in a process of its own: `dataRun.ts KIND PATH`. Prints rows, CPU seconds and the peak of resident memory. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { FilterRows, from, LoadDataFromFileSystem, Pipeline, runPromise } from "distilabel-ts"
import { Schema } from "effect"
import { localFile } from "../src/data/ByteSource.ts"
import { formatOf, openRowFile } from "../src/data/FileFormat.ts"

const [kind = "", path = ""] = process.argv.slice(2)

const files = async (): Promise<number> => {
  const file = await openRowFile(localFile(path), formatOf(path))
  let rows = 0
  for await (const chunk of file.chunks()) rows += chunk.length
  await file.close()
  return rows
}

/** DuckDB's own way to rows of JavaScript, chunk by chunk. */
const duck = async (): Promise<number> => {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect()
  const result = await connection.stream(`SELECT * FROM '${path}'`)
  let rows = 0
  for await (const chunk of result.yieldRowObjectJs()) rows += chunk.length
  return rows
}

/** Through a pipeline, to a step that looks at each row and lets none pass. */
const pipeline = async (): Promise<number> => {
  const outputDir = mkdtempSync(join(tmpdir(), "distilabel-bench-"))
  let rows = 0
  const load = LoadDataFromFileSystem({ name: "load", dataFiles: path, columns: { n: Schema.Number, instruction: Schema.String, response: Schema.String } })
  const none = FilterRows({ name: "none", useCache: false, where: () => rows++ < 0 })
  await runPromise(Pipeline("reading", {}, from(load).to(none)), { outputDir, progress: "none" })
  rmSync(outputDir, { recursive: true })
  return rows
}

const before = process.cpuUsage()
const start = performance.now()
const rows = await ({ files, duck, pipeline }[kind] ?? files)()
const { system, user } = process.cpuUsage(before)
/** The highest that resident memory has been. What getrusage says counts the parent's too, from before this program began. */
const peakMB = (): number => {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}
console.log(JSON.stringify({ rows, cpuSeconds: (user + system) / 1e6, seconds: (performance.now() - start) / 1000, peakMB: peakMB() }))
