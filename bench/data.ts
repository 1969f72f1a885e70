/**
 * What reading and writing cost: rows of 2 kB in several formats, against DuckDB giving the same
 * rows to JavaScript and taking them from it, in CPU time, and the memory that a million of them
 * take.
 */
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { DuckDBInstance } from "@duckdb/node-api"
import type { Figure } from "./Figure.ts"

type Kind = "files" | "duck" | "pipeline" | "save" | "saveCsv" | "duckSave"

interface Measured {
  readonly rows: number
  readonly cpuSeconds: number
  readonly seconds: number
  readonly peakMB: number
}

const measured = async (kind: Kind, path: string): Promise<Measured> => {
  const child = fileURLToPath(new URL("dataRun.ts", import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--conditions=distilabel-ts:source",
    child,
    kind,
    path
  ])
  return JSON.parse(stdout) as Measured
}

/** Of several runs the one that cost least: others on the machine only ever add. */
const best = async (kind: Kind, path: string): Promise<Measured> => {
  const runs: Array<Measured> = []
  for (let i = 0; i < 3; i++) runs.push(await measured(kind, path))
  return runs.sort((a, b) => a.cpuSeconds - b.cpuSeconds)[0]!
}

/**
 * Two thousand bytes a row as JSON: a number, a question, an answer that compresses to less than
 * half, as text does.
 */
const query = (rows: number): string => {
  const parts = Array.from({ length: 31 }, (_, i) => `md5((i * ${i + 3})::VARCHAR)`)
  return `SELECT i::INTEGER n, 'Tell me what is known of number ' || i AS instruction, ${parts.join(" || ' and more of it, in plain words ' || ")} AS response FROM range(${rows}) t(i)`
}

export const data = async (): Promise<ReadonlyArray<Figure>> => {
  const folder = mkdtempSync(join(tmpdir(), "distilabel-bench-data-"))
  try {
    const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect()
    const written = async (name: string, rows: number, options: string): Promise<string> => {
      const path = join(folder, name)
      await connection.run(`COPY (${query(rows)}) TO '${path}' (${options})`)
      return path
    }
    const some = 200_000
    const rowGroup = 4096
    const many = 1_000_000
    const lines = await written("some.jsonl", some, "FORMAT json")
    const parquet = await written(
      "some.parquet",
      some,
      `FORMAT parquet, CODEC 'zstd', ROW_GROUP_SIZE ${rowGroup}`
    )
    const figures: Array<Figure> = []
    const rate = ({
      cpuSeconds,
      peakMB,
      rows,
      seconds
    }: Measured): Pick<Figure, "value" | "unit" | "from"> => ({
      value: rows / cpuSeconds,
      unit: "rows per CPU second",
      from: { rows, "CPU s": cpuSeconds, "wall s": seconds, "peak MB": peakMB }
    })
    figures.push({ name: "JSON Lines read", ...rate(await best("files", lines)), bar: 200_000 })
    for (const [name, options] of [
      ["some.jsonl.zst", "FORMAT json, COMPRESSION zstd"],
      ["some.json", "FORMAT json, ARRAY true"],
      ["some.csv", "FORMAT csv, HEADER"]
    ] as const) {
      figures.push({
        name: `${name.slice("some.".length)} read`,
        ...rate(await best("files", await written(name, some, options)))
      })
    }
    const ours = await best("files", parquet)
    const theirs = await best("duck", parquet)
    figures.push({ name: "Parquet read", ...rate(ours) })
    figures.push({
      name: "CPU of reading Parquet over DuckDB's to rows of JavaScript",
      value: ours.cpuSeconds / theirs.cpuSeconds,
      unit: "×",
      bar: 0.6,
      atMost: true,
      from: {
        "CPU s": ours.cpuSeconds,
        "DuckDB CPU s": theirs.cpuSeconds,
        "DuckDB peak MB": theirs.peakMB
      }
    })
    const saved = await best("save", lines)
    const theirSaved = await best("duckSave", lines)
    figures.push({ name: "saved as CSV", ...rate(await best("saveCsv", lines)), bar: 60_000 })
    figures.push({ name: "saved as Parquet", ...rate(saved) })
    figures.push({
      name: "CPU of saving rows of JavaScript as Parquet over DuckDB's",
      value: saved.cpuSeconds / theirSaved.cpuSeconds,
      unit: "×",
      bar: 0.7,
      atMost: true,
      from: {
        "CPU s": saved.cpuSeconds,
        "DuckDB CPU s": theirSaved.cpuSeconds,
        "DuckDB peak MB": theirSaved.peakMB
      }
    })
    for (const [name, options] of [
      ["many.jsonl", "FORMAT json"],
      ["many.parquet", `FORMAT parquet, CODEC 'zstd', ROW_GROUP_SIZE ${rowGroup}`]
    ] as const) {
      const path = await written(name, many, options)
      for (const kind of name === "many.jsonl"
        ? (["files", "pipeline", "save"] as const)
        : (["files", "pipeline"] as const)) {
        const { cpuSeconds, peakMB, rows, seconds } = await measured(kind, path)
        if (rows !== many) throw new Error(`${rows} rows came of ${name}, not ${many}`)
        figures.push({
          name: `peak memory of 1,000,000 rows of ${name.slice("many.".length)}${{ files: "", pipeline: " through a pipeline", save: " saved as Parquet" }[kind]}`,
          value: peakMB,
          unit: "MB",
          bar: 400,
          atMost: true,
          from: { "CPU s": cpuSeconds, "wall s": seconds }
        })
      }
      rmSync(path)
    }
    return figures
  } finally {
    rmSync(folder, { recursive: true })
  }
}
