import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Schema } from "effect"
import { expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  LoadDataFromFileSystem,
  MapRows,
  open,
  Pipeline,
  runPromise,
  ToFile
} from "../../src/index.ts"

const quiet = { progress: "none" } as const
const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-to-file-"))
const data = Array.from({ length: 700 }, (_, n) => ({
  n,
  text: n === 3 ? 'quoted "text", 🐈\nin two lines' : `text ${n}`,
  list: [n, n + 1]
}))

it.each(["jsonl", "csv", "parquet"])(
  "all rows are in the %s file, and go on to later steps",
  async (ending) => {
    const path = join(folder(), "made", `rows.${ending}`)
    const after = MapRows({
      name: "after",
      inputs: { n: Schema.Number },
      outputs: { twice: Schema.Number },
      map: ({ n }) => ({ twice: 2 * n })
    })
    const flow = from(LoadDataFromDicts({ name: "load", data })).to(ToFile({ name: "keep", path }))
    const { default: rows } = await runPromise(Pipeline("p", {}, flow.to(after)), quiet)
    expect(await rows.toArray()).toEqual(data.map((row) => ({ ...row, twice: 2 * row.n })))
    const load = LoadDataFromFileSystem({ name: "read", dataFiles: path, columns: open() })
    const read = await (await runPromise(Pipeline("p", {}, from(load)), quiet)).default.toArray()
    const texts = (row: object): object =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === "string" ? value : JSON.stringify(value)
        ])
      )
    expect(read).toEqual(ending === "csv" ? data.map(texts) : data)
    expect(readdirSync(join(path, ".."))).toEqual([`rows.${ending}`])
  }
)

it("a run that is made again writes the file again, whatever it holds by then", async () => {
  const outputDir = folder()
  const path = join(folder(), "rows.jsonl")
  const pipeline = Pipeline(
    "p",
    {},
    from(LoadDataFromDicts({ name: "load", data })).to(ToFile({ name: "keep", path }))
  )
  await runPromise(pipeline, { ...quiet, outputDir })
  const first = readFileSync(path, "utf8")
  writeFileSync(path, "something else")
  await runPromise(pipeline, { ...quiet, outputDir })
  expect(readFileSync(path, "utf8") === first).toBe(true)
})

it("a path with another ending, one that cannot be written and mixed columns are told, and nothing half written stays", async () => {
  const run = (path: string, rows: ReadonlyArray<object> = data) =>
    runPromise(
      Pipeline(
        "p",
        {},
        from(LoadDataFromDicts({ name: "load", data: rows })).to(ToFile({ name: "keep", path }))
      ),
      quiet
    )
  await expect(run("rows.xlsx")).rejects.toThrow("does not end in .jsonl, .csv or .parquet")
  const file = join(folder(), "file")
  writeFileSync(file, "")
  await expect(run(join(file, "rows.jsonl"))).rejects.toThrow("NotWritten")
  const path = join(folder(), "rows.parquet")
  await expect(run(path, [{ a: 1 }, { a: [1] }])).rejects.toThrow(
    "A column of such a file has one type"
  )
  expect(existsSync(path)).toBe(false)
  expect(readdirSync(join(path, ".."))).toEqual([])
})
