import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  concat,
  from,
  LoadDataFromDicts,
  LoadDataFromFileSystem,
  LoadDataFromHub,
  open,
  Pipeline,
  runPromise,
  step,
  type Distiset,
  type Row
} from "../../src/index.ts"

const quiet = { progress: "none" as const }
const doubled = step({
  name: "doubled",
  inputs: { n: Schema.Number },
  outputs: { twice: Schema.Number },
  process: (rows) => rows.map(({ n }) => ({ twice: 2 * n }))
})
const files = LoadDataFromFileSystem({
  name: "files",
  columns: { number: Schema.Number },
  outputMappings: { number: "n" }
})
const pipeline = Pipeline("fed", {}, from(files).to(doubled))
const rows = [{ n: 1 }, { n: 2 }, { n: 3 }]
const expected = [
  { n: 1, twice: 2 },
  { n: 2, twice: 4 },
  { n: 3, twice: 6 }
]
/** What the compiler refuses, as it comes from JavaScript. */
const given = (dataset: unknown) => runPromise(pipeline, { dataset, ...quiet } as never)
const all = async <R>(
  distiset: Promise<{ readonly default: { toArray(): Promise<ReadonlyArray<R>> } }>
): Promise<ReadonlyArray<R>> => (await distiset).default.toArray()

describe("a dataset given to run", () => {
  it("takes the place of the generator, which then needs neither files nor parameters", async () => {
    expect(await all(runPromise(pipeline, { dataset: rows, ...quiet }))).toEqual(expected)
    const hub = Pipeline(
      "hub",
      {},
      from(LoadDataFromHub({ name: "load", columns: { n: Schema.Number } })).to(doubled)
    )
    expect(
      await all(
        runPromise(hub, { dataset: rows, parameters: { doubled: { inputBatchSize: 2 } }, ...quiet })
      )
    ).toEqual(expected)
  })

  it("may be anything that gives rows, once or as often as one likes", async () => {
    const outputDir = (): string => mkdtempSync(join(tmpdir(), "distilabel-dataset-"))
    function* once() {
      yield* rows
    }
    async function* onceLater() {
      yield* rows
    }
    const often = { [Symbol.iterator]: once }
    const oftenLater = { [Symbol.asyncIterator]: onceLater }
    for (const dataset of [new Set(rows), once(), onceLater(), often, oftenLater]) {
      expect(
        await all(runPromise(pipeline, { dataset, outputDir: outputDir(), ...quiet }))
      ).toEqual(expected)
    }
    const first = await runPromise(pipeline, { dataset: rows, outputDir: outputDir(), ...quiet })
    const again = Pipeline(
      "again",
      {},
      from(
        LoadDataFromDicts({ name: "rows", data: [] as ReadonlyArray<{ readonly n: number }> })
      ).to(doubled)
    )
    expect(
      await all(runPromise(again, { dataset: first.default, outputDir: outputDir(), ...quiet }))
    ).toEqual(expected)
  })

  it("is looked at when a run goes on: what has changed is worked out anew, what has not is not", async () => {
    let calls = 0
    const counted = step({
      name: "counted",
      inputs: { n: Schema.Number },
      outputs: { m: Schema.Number },
      version: "1",
      process: (batch) => {
        calls += batch.length
        return batch.map(({ n }) => ({ m: n + 1 }))
      }
    })
    const counting = Pipeline("counting", {}, from(files).to(counted))
    const outputDir = mkdtempSync(join(tmpdir(), "distilabel-dataset-"))
    await runPromise(counting, { dataset: rows, outputDir, ...quiet })
    await runPromise(counting, { dataset: rows, outputDir, ...quiet })
    expect(calls).toBe(3)
    expect(
      await all(runPromise(counting, { dataset: [...rows, { n: 4 }], outputDir, ...quiet }))
    ).toEqual([...rows, { n: 4 }].map(({ n }) => ({ n, m: n + 1 })))
    expect(calls).toBe(4)
    function* once() {
      yield* rows
    }
    expect(await all(runPromise(counting, { dataset: once(), outputDir, ...quiet }))).toEqual(
      rows.map(({ n }) => ({ n, m: n + 1 }))
    )
    expect(calls).toBe(4)
  })

  it("may be given for some of several generators", async () => {
    const other = LoadDataFromDicts({ name: "other", data: [{ n: 9 }] })
    const both = Pipeline("both", {}, concat([from(files), from(other)]))
    expect(await all(runPromise(both, { dataset: { files: rows }, ...quiet }))).toEqual([
      ...rows,
      { n: 9 }
    ])
    const wrong = (dataset: unknown): Promise<unknown> =>
      runPromise(both, { dataset, ...quiet } as never)
    await expect(wrong(rows)).rejects.toThrow(
      /the pipeline has several generators\. Give rows by generator.*Generators of the pipeline: files, other/
    )
    await expect(wrong({ flies: rows, other: 5 })).rejects.toThrow(
      /for 3 reasons[^]*no generator 'flies'; did you mean 'files'\?[^]*what is given for 'other' must be rows[^]*'dataFiles'/
    )
    await expect(given("rows.jsonl")).rejects.toThrow(/it must be rows/)
  })

  it("must have the columns of the generator: a first row that does not fit ends the run before it begins, a later one fails alone", async () => {
    await expect(given([{ number: 1 }])).rejects.toThrow(
      /\(WrongDataset\): the dataset's first row does not fit: column 'n' is missing \(there are: number/
    )
    await expect(given([{ n: "1" }])).rejects.toThrow(/column 'n' is "1", not number/)
    const distiset = await given([{ n: 1 }, { n: "2" }, { n: 3 }])
    expect(await distiset.default.toArray()).toEqual([expected[0], expected[2]])
    expect(await Array.fromAsync(distiset.default.errors())).toMatchObject([
      {
        step: "files",
        reason: "WrongColumns",
        row: { n: "2" },
        detail: "column 'n' is \"2\", not number."
      }
    ])
    const anything = Pipeline(
      "open",
      {},
      from(LoadDataFromFileSystem({ name: "files", columns: open() }))
    )
    expect(
      await all(
        runPromise(anything, { dataset: [{ a: 1 }, { b: [null] }], ...quiet }) as Promise<
          Distiset<{ default: Row }>
        >
      )
    ).toEqual([{ a: 1 }, { b: [null] }])
  })
})
