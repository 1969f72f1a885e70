import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import stringWidth from "string-width"
import { describe, expect, it, vi } from "vitest"
import { rowsTable } from "../../src/data/rows/rowsTable.ts"
import { from, joinStep, MapRows, Pipeline, type Row, runPromise, step } from "../../src/index.ts"
import { numbers } from "../engine/rows.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-set-"))
const quiet = { progress: "none" } as const

const typed = MapRows({
  name: "typed",
  inputs: { n: Schema.Number },
  outputs: {
    at: Schema.Date,
    big: Schema.BigInt,
    raw: Schema.Uint8Array,
    nested: Schema.Struct({ at: Schema.Date })
  },
  map: ({ n }) => ({
    at: new Date(n * 1e9),
    big: BigInt(n) * 2n ** 60n,
    raw: new Uint8Array([n, 255]),
    nested: { at: new Date(n) }
  })
})
const expected = (n: number): Row => ({
  n,
  at: new Date(n * 1e9),
  big: BigInt(n) * 2n ** 60n,
  raw: new Uint8Array([n, 255]),
  nested: { at: new Date(n) }
})
/** Bytes as plain ones. */
const plainly = (rows: ReadonlyArray<object>): ReadonlyArray<Row> =>
  rows.map((row) => ({ ...row, raw: new Uint8Array((row as { readonly raw: Uint8Array }).raw) }))

describe("dates, big integers and bytes", () => {
  it("are in the results, the error rows and the cache what they were", async () => {
    const directory = folder()
    const cacheDir = folder()
    let calls = 0
    const late = step({
      name: "late",
      inputs: { at: Schema.Date, big: Schema.BigInt, raw: Schema.Uint8Array },
      outputs: {},
      inputBatchSize: 1,
      version: "1",
      process: (rows) => {
        calls++
        for (const { at, big, raw } of rows) {
          if (!(at instanceof Date) || typeof big !== "bigint" || !(raw instanceof Uint8Array))
            throw new Error("no types")
          if (raw[0] === 3) throw new Error("three")
        }
        return rows
      }
    })
    const pipeline = Pipeline("typed", {}, from(numbers(5)).to(typed).to(late))
    const check = async (outputDir: string): Promise<void> => {
      const { default: rows } = await runPromise(pipeline, { ...quiet, cacheDir, outputDir })
      expect(plainly(await rows.toArray())).toEqual([0, 1, 2, 4].map(expected))
      expect(plainly((await rows.errors().toArray()).map(({ row }) => row))).toEqual([expected(3)])
    }
    await check(directory)
    expect(calls).toBe(5)
    // The same run, finished; then another folder, whose rows come out of the cache.
    await check(directory)
    await check(folder())
    expect(calls).toBeLessThanOrEqual(6)
    expect(readFileSync(join(directory, "default.jsonl"), "utf8").split("\n")[1]).toContain(
      '"at":"1970-01-12T13:46:40.000Z","big":"1152921504606846976","raw":"Af8="'
    )
  })

  it("come through joins, and as another run's dataset", async () => {
    const both = joinStep({
      name: "both",
      inputs: { at: Schema.Date },
      outputs: { ats: Schema.Array(Schema.Date) },
      process: (arms) => [{ ats: arms.flat().map(({ at }) => at) }]
    })
    const rows = from(numbers(3)).to(typed)
    const pass = <const Name extends string>(name: Name) =>
      MapRows({ name, outputs: {}, map: () => ({}) })
    const first = await runPromise(
      Pipeline("joined", {}, rows.branch([pass("a"), pass("b")] as const).join(both)),
      { ...quiet, cacheDir: folder() }
    )
    expect((await first.default.toArray()).map(({ ats }) => ats)).toEqual(
      [0, 1, 2].map((n) => [new Date(n * 1e9), new Date(n * 1e9)])
    )
    const again = await runPromise(Pipeline("again", {}, from(numbers(1)).to(pass("c"))), {
      ...quiet,
      cacheDir: folder(),
      dataset: first.default as never
    })
    expect(plainly(await again.default.toArray())).toEqual(plainly(await first.default.toArray()))
  })
})

describe("the rows of a Distiset", () => {
  it("are read in part, changed, chosen and split without being copied", async () => {
    const { default: rows, trainTestSplit } = await runPromise(
      Pipeline("p", {}, from(numbers(1000))),
      { ...quiet, cacheDir: folder() }
    )
    expect(await rows.head(2)).toEqual([{ n: 0 }, { n: 1 }])
    expect(await rows.head(0)).toEqual([])
    const even = rows.filter(({ n }) => n % 2 === 0).map(({ n }) => ({ n, text: `${n}` }))
    expect(even.length).toBeUndefined()
    expect(await even.select("text").head(2)).toEqual([{ text: "0" }, { text: "2" }])

    const {
      default: { test, train }
    } = trainTestSplit({ testSize: 0.2, seed: 7 })
    expect([train.length, test.length]).toEqual([800, 200])
    const [inTrain, inTest] = [await train.toArray(), await test.toArray()]
    expect([inTrain.length, inTest.length]).toEqual([800, 200])
    expect([...inTrain, ...inTest].map(({ n }) => n).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, n) => n)
    )
    expect(await test.toArray()).toEqual(inTest)
    expect(await trainTestSplit({ testSize: 200, seed: 7 }).default.test.toArray()).toEqual(inTest)
    expect(await trainTestSplit({ testSize: 200, seed: 8 }).default.test.toArray()).not.toEqual(
      inTest
    )
    expect(inTest).not.toEqual([...inTest].sort((a, b) => a.n - b.n))
    const inOrder = trainTestSplit({ trainSize: 990, shuffle: false }).default
    expect(await inOrder.test.toArray()).toEqual(
      Array.from({ length: 10 }, (_, i) => ({ n: 990 + i }))
    )
  })

  it("cannot be split by a size that makes no sense", async () => {
    const { trainTestSplit } = await runPromise(Pipeline("p", {}, from(numbers(10))), {
      ...quiet,
      cacheDir: folder()
    })
    for (const [options, message] of [
      [{ testSize: 0 }, /between 0 and 1/],
      [{ testSize: 1.5 }, /between 0 and 1/],
      [{ trainSize: 11 }, /has 10 rows, fewer than the 11/],
      [{}, /one of testSize and trainSize/]
    ] as const) {
      expect(() => trainTestSplit(options as never)).toThrow(message)
    }
  })

  it("print as a table", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {})
    try {
      await (
        await runPromise(Pipeline("p", {}, from(numbers(12))), { ...quiet, cacheDir: folder() })
      ).print(2)
      expect(log.mock.calls.flat().join("\n")).toBe("default: 12 rows\nn\n─\n0\n1\n… and 10 more")
    } finally {
      log.mockRestore()
    }
  })
})

describe("a table", () => {
  const rows = [
    {
      id: 1,
      text: "東京は日本の首都です。".repeat(20),
      emoji: "👩‍👩‍👧‍👦 family",
      list: [1, { a: null }],
      at: new Date(0),
      raw: new Uint8Array(3)
    },
    { id: 20n, text: "two\nlines\u001b[31m", emoji: null, list: [], at: null, raw: null }
  ]

  it("is as wide as it may be, whatever is in it", () => {
    for (const width of [20, 60, 100, 200]) {
      const lines = rowsTable("x", rows, 2, width).split("\n")
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width)
      // Columns stand under each other.
      const bars = lines
        .slice(1, 5)
        .filter((line) => /[│┼]/.test(line))
        .map((line) =>
          [...line.matchAll(/[│┼]/g)].map(({ index }) => stringWidth(line.slice(0, index)))
        )
      for (const places of bars) expect(places).toEqual(bars[0])
    }
    expect(rowsTable("x", rows, 2, 200)).toContain("two ⏎ lines�[31m")
    expect(rowsTable("x", rows, 2, 20)).toMatch(/and \d more columns:/)
  })

  it("of no rows is only its name", () => {
    expect(rowsTable("x", [], 0, 80)).toBe("x: 0 rows")
  })
})
