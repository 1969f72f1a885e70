import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import {
  estimatePromise,
  from,
  generatorStep,
  LoadDataFromDicts,
  LoadDataFromFileSystem,
  MapRows,
  open,
  Pipeline,
  runPromise,
  runStepPromise,
  step,
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

it("a path with another ending, one that cannot be written and mixed columns are told, and no half file takes the name", async () => {
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
  const mixed = [{ a: 1 }, { a: [1] }]
  await expect(run(path, mixed)).rejects.toThrow(
    /A column of such a file has one type.* Its rows are in '.*rows\.parquet\.rows\.jsonl'\.$/
  )
  expect(existsSync(path)).toBe(false)
  expect(readFileSync(`${path}.rows.jsonl`, "utf8")).toBe(
    mixed.map((row) => `${JSON.stringify(row)}\n`).join("")
  )
  expect(readdirSync(join(path, ".."))).toEqual(["rows.parquet.rows.jsonl"])
})

it("rows are in the file while later ones are still made, and later steps need not wait for them", async () => {
  const path = join(folder(), "rows.jsonl")
  const seen: Array<string> = []
  const passed: Array<number> = []
  const load = generatorStep({
    name: "load",
    outputs: { n: Schema.Number },
    batchSize: 3,
    process: async function* () {
      for (let n = 0; n < 3; n++) yield { n }
      await expect
        .poll(() => readFileSync(`${path}.partial`, "utf8"))
        .toBe('{"n":0}\n{"n":1}\n{"n":2}\n')
      seen.push(...passed.map(String))
      yield { n: 3 }
    }
  })
  const after = step({
    name: "after",
    inputs: { n: Schema.Number },
    outputs: {},
    process: (rows) => {
      passed.push(...rows.map(({ n }) => n))
      return rows.map(() => ({}))
    }
  })
  await runPromise(
    Pipeline(
      "p",
      {},
      from(load)
        .to(ToFile({ name: "keep", path }))
        .to(after)
    ),
    {
      ...quiet,
      useCache: false
    }
  )
  expect(seen).toEqual(["0", "1", "2"])
  expect(readFileSync(path, "utf8")).toBe('{"n":0}\n{"n":1}\n{"n":2}\n{"n":3}\n')
}, 60_000)

it("two steps cannot write to one file, however its path is spelled, nor one to the run's own", async () => {
  const outputDir = folder()
  const run = (first: string, second: string) =>
    runPromise(
      Pipeline(
        "p",
        {},
        from(LoadDataFromDicts({ name: "load", data }))
          .to(ToFile({ name: "one", path: first }))
          .to(ToFile({ name: "two", path: second }))
      ),
      { ...quiet, outputDir }
    )
  const path = join(outputDir, "rows.csv")
  await expect(run(path, join(outputDir, "..", basename(outputDir), "rows.csv"))).rejects.toThrow(
    `'${path}', and so would step 'one'`
  )
  await expect(run(path, join(outputDir, "default.jsonl"))).rejects.toThrow(
    "and so would the run's result"
  )
  expect(existsSync(path)).toBe(false)
})

it("a row that cannot be written as JSON ends the run with the step's name, and no file takes the name", async () => {
  const path = join(folder(), "rows.jsonl")
  const loop: Record<string, unknown> = {}
  loop["self"] = loop
  const looped = step({
    name: "looped",
    outputs: { loop: Schema.Any },
    process: (rows) => rows.map(() => ({ loop }))
  })
  const flow = from(LoadDataFromDicts({ name: "load", data }))
    .to(looped)
    .to(ToFile({ name: "keep", path }))
  await expect(runPromise(Pipeline("p", {}, flow), quiet)).rejects.toThrow(
    /'keep'.*a row cannot be written as JSON/
  )
  expect(existsSync(path)).toBe(false)
})

it("a step that is run alone writes its file too, and what a later step does to a row is not in it", async () => {
  const path = join(folder(), "alone.parquet")
  const { rows } = await runStepPromise(ToFile({ name: "keep", path }), data)
  expect(rows).toEqual(data)
  expect(readdirSync(join(path, ".."))).toEqual(["alone.parquet"])

  const lines = join(folder(), "rows.jsonl")
  const changes = step({
    name: "changes",
    inputs: { list: Schema.Array(Schema.Number) },
    outputs: {},
    process: (rows) =>
      rows.map(({ list }) => {
        ;(list as Array<number>).length = 0
        return {}
      })
  })
  const made = generatorStep({
    name: "made",
    outputs: { list: Schema.Array(Schema.Number) },
    process: () => Array.from({ length: 120 }, (_, n) => ({ list: [n] }))
  })
  await runPromise(
    Pipeline(
      "p",
      {},
      from(made)
        .to(ToFile({ name: "keep", path: lines }))
        .to(changes)
    ),
    quiet
  )
  expect(readFileSync(lines, "utf8")).toBe(
    Array.from({ length: 120 }, (_, n) => `{"list":[${n}]}\n`).join("")
  )
})

it("an estimate writes no file", async () => {
  const path = join(folder(), "rows.jsonl")
  const flow = from(LoadDataFromDicts({ name: "load", data })).to(ToFile({ name: "keep", path }))
  await estimatePromise(Pipeline("p", {}, flow), { progress: "none" })
  expect(readdirSync(join(path, ".."))).toEqual([])
})
