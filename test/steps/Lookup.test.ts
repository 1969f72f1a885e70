import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { expect, expectTypeOf, it } from "vitest"
import {
  ExactDedup,
  from,
  fromYamlPromise,
  Hash,
  LoadDataFromDicts,
  Lookup,
  Pipeline,
  type Row,
  runPromise,
  runStepPromise,
  toYamlPromise
} from "../../src/index.ts"

const prices = [
  { id: 7, price: 2.5, name: "tea" },
  { id: 8, price: 4, name: "coffee" }
]
const load = LoadDataFromDicts({ name: "load", data: [{ product: 8 }, { product: 9 }] })

it("columns come from the row with the same key; a key that is not there is an error row", async () => {
  const priced = Lookup({
    name: "priced",
    on: "product",
    key: "id",
    data: prices,
    columns: { price: Schema.Number }
  })
  const { default: rows } = await runPromise(Pipeline("p", {}, from(load).to(priced)), {
    progress: "none"
  })
  expect(await rows.toArray()).toEqual([{ product: 8, price: 4 }])
  expect(await rows.errors().toArray()).toMatchObject([
    { row: { product: 9, price: null }, detail: "there is no row with id '9' in the given rows" }
  ])
})

it("a row without its key gets nulls or is dropped where that is wanted", async () => {
  const rows = [{ product: 8 }, { product: null }]
  const options = { name: "priced", on: "product", key: "id", data: prices } as const
  const nulls = Lookup({ ...options, columns: { price: Schema.Number }, missing: "null" })
  const result = await runStepPromise(nulls, rows)
  expect(result.rows.map(({ price }) => price)).toEqual([4, null])
  expectTypeOf(result.rows[0]!.price).toEqualTypeOf<number | null>()
  const dropped = Lookup({ ...options, columns: { name: Schema.String }, missing: "drop" })
  expect((await runStepPromise(dropped, rows)).rows).toEqual([{ product: 8, name: "coffee" }])
})

it("columns are looked up, hashed and compared under the names of the flow", async () => {
  const flow = from(load)
    .to(
      Lookup({
        name: "priced",
        on: "id",
        data: prices,
        columns: { name: Schema.String },
        missing: "null",
        inputMappings: { id: "product" },
        outputMappings: { name: "label" }
      })
    )
    .to(
      Hash({
        name: "hash",
        inputMappings: { text: "label" },
        outputMappings: { hash: "label_hash" }
      })
    )
    .to(ExactDedup({ name: "unique", inputMappings: { text: "label" } }))
  const { default: rows } = await runPromise(Pipeline("p", {}, flow), { progress: "none" })
  expect(await rows.toArray()).toEqual([
    {
      product: 8,
      label: "coffee",
      label_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      keep_row_after_exact_filtering: true
    },
    {
      product: 9,
      label: null,
      label_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      keep_row_after_exact_filtering: true
    }
  ])
})

it("a file is looked into, whose texts are keys of numbers, and documents name it", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "distilabel-lookup-")), "prices.csv")
  writeFileSync(path, "id,name\n8,coffee\n9,milk\n")
  const named = Lookup({
    name: "named",
    on: "product",
    key: "id",
    dataFiles: path,
    columns: { name: Schema.String }
  })
  const pipeline = Pipeline("p", {}, from(load).to(named))
  const loaded = await fromYamlPromise(await toYamlPromise(pipeline))
  for (const each of [pipeline, loaded]) {
    const { default: rows } = await runPromise(each as typeof pipeline, { progress: "none" })
    expect(await rows.toArray()).toEqual([
      { product: 8, name: "coffee" },
      { product: 9, name: "milk" }
    ])
  }
})

it("a file that has changed is looked into anew, also by a run that was finished", async () => {
  const outputDir = mkdtempSync(join(tmpdir(), "distilabel-lookup-"))
  const path = join(outputDir, "prices.jsonl")
  const named = Lookup({
    name: "named",
    on: "product",
    dataFiles: path,
    columns: { price: Schema.Number }
  })
  const pricesOf = async (price: number): Promise<ReadonlyArray<number>> => {
    writeFileSync(path, [8, 9].map((product) => JSON.stringify({ product, price })).join("\n"))
    const { default: rows } = await runPromise(Pipeline("p", {}, from(load).to(named)), {
      progress: "none",
      outputDir: join(outputDir, "run")
    })
    return (await rows.toArray()).map((row) => row.price)
  }
  expect(await pricesOf(1)).toEqual([1, 1])
  expect(await pricesOf(2)).toEqual([2, 2])
})

it("keys that are missing or there twice, files that are not there and wrong values are told before or with the row", async () => {
  const of = (data: ReadonlyArray<Row>) =>
    Lookup({ name: "priced", on: "id", data, columns: { price: Schema.Number } })
  const rows = [{ id: 1 }]
  await expect(
    runStepPromise(
      of([
        { id: 1, price: 1 },
        { id: 1, price: 2 }
      ]),
      rows
    )
  ).rejects.toThrow("row 2 of the given rows has the key '1', which a row before it has already")
  await expect(runStepPromise(of([{ price: 1 }]), rows)).rejects.toThrow(
    "row 1 of the given rows has no key in column 'id'"
  )
  const wrong = await runStepPromise(of([{ id: 1, price: "dear" }]), rows)
  expect(wrong.errors).toMatchObject([{ reason: "WrongOutput" }])
  const file = Lookup({ name: "l", on: "id", dataFiles: "/none.csv", columns: {} })
  await expect(runStepPromise(file, rows)).rejects.toThrow("there is no such file")
  expect(() => Lookup({ name: "l", on: "id", columns: {} })).toThrow(
    "give dataFiles, repoId or data"
  )
  expect(() => Lookup({ name: "l", on: "id", columns: {}, repoId: "a/b", data: [] })).toThrow(
    "has repoId and data: give one of them"
  )
})
