import * as Schema from "effect/Schema"
import fc from "fast-check"
import { expect, expectTypeOf, it } from "vitest"
import {
  CountBy,
  from,
  globalStep,
  LimitRows,
  LoadDataFromDicts,
  Pipeline,
  runPromise,
  runStepPromise,
  SampleRows,
  SortRows
} from "../../../src/index.ts"
import { compared, inOrder, isMissing } from "../../../src/steps/order/sorting.ts"

const quiet = { progress: "none" } as const

const values = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom("a", "b", "B", "ä", ""),
  fc.constantFrom(null, Number.NaN, true, false, 3n, 10n ** 30n)
)

it("sorting keeps every row, orders values, leaves equal ones as they were and puts nulls last", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(values, { maxLength: 30 }), fc.boolean(), async (all, descending) => {
      const rows = all.map((value, id) => ({ id, value }))
      const sort = SortRows({ name: "sort", by: ["value"], descending })
      const sorted = (await runStepPromise(sort, rows)).rows
      expect(new Set(sorted.map(({ id }) => id)).size).toBe(rows.length)
      for (const [i, row] of sorted.slice(1).entries()) {
        const before = sorted[i]!
        if (isMissing(before.value)) expect(isMissing(row.value)).toBe(true)
        else if (!isMissing(row.value)) {
          const between = compared(before.value, row.value) * (descending ? -1 : 1)
          expect(between).toBeLessThanOrEqual(0)
          if (between === 0) expect(before.id).toBeLessThan(row.id)
        }
      }
    }),
    { numRuns: 40 }
  )
})

it("several columns decide one after the other", async () => {
  const rows = [
    { a: 2, b: "x" },
    { a: 1, b: "z" },
    { a: 1, b: "y" }
  ]
  const { rows: sorted } = await runStepPromise(SortRows({ name: "s", by: ["a", "b"] }), rows)
  expect(sorted).toEqual([rows[2], rows[1], rows[0]])
  expect(() => SortRows({ name: "s", by: [] })).toThrow("SortRows 's' has a wrong by")
})

it("rows that do not fit into memory come out in the same order", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 7 }), (count, most) => {
      const rows = Array.from({ length: count }, (_, id) => ({ id }))
      const order = Uint32Array.from(rows.keys()).sort((a, b) => ((a * 7) % 11) - ((b * 7) % 11))
      expect([...inOrder(rows, order, most)].map(({ id }) => id)).toEqual([...order])
    })
  )
})

it("the first rows pass, after those that are skipped", async () => {
  const rows = Array.from({ length: 10 }, (_, id) => ({ id }))
  const ids = async (options: { readonly count: number; readonly skip?: number }) =>
    (await runStepPromise(LimitRows({ name: "limit", ...options }), rows)).rows.map(({ id }) => id)
  expect(await ids({ count: 3 })).toEqual([0, 1, 2])
  expect(await ids({ count: 3, skip: 8 })).toEqual([8, 9])
  expect(await ids({ count: 0 })).toEqual([])
  expect(() => LimitRows({ name: "limit", count: -1 })).toThrow("count")
})

it("a sample has as many rows as wanted, in their order, the same for a seed", async () => {
  const rows = Array.from({ length: 200 }, (_, id) => ({ id }))
  const ids = async (options: object): Promise<ReadonlyArray<number>> =>
    (await runStepPromise(SampleRows({ name: "sample", ...options }), rows)).rows.map(
      ({ id }) => id
    )
  const some = await ids({ count: 50 })
  expect(some).toHaveLength(50)
  expect(some).toEqual(some.toSorted((a, b) => a - b))
  expect(new Set(some).size).toBe(50)
  expect(await ids({ count: 50 })).toEqual(some)
  expect(await ids({ count: 50, seed: 1 })).not.toEqual(some)
  expect(await ids({ share: 0.25 })).toHaveLength(50)
  expect(await ids({ count: 500 })).toHaveLength(200)
  // Each row has the same chance: of many samples each holds about a quarter of the rows.
  const counts = Array<number>(200).fill(0)
  for (let seed = 0; seed < 60; seed++)
    for (const id of await ids({ count: 50, seed })) counts[id]!++
  expect(Math.max(...counts)).toBeLessThan(35)
  expect(Math.min(...counts)).toBeGreaterThan(1)
  await expect(ids({})).rejects.toThrow("give either count")
  await expect(ids({ count: 1, share: 1 })).rejects.toThrow("give either count")
})

it("rows are counted by what they hold, the most frequent first, nulls too", async () => {
  const data = ["en", "de", "en", null, "en", "de"].map((language, i) => ({
    language,
    tags: { odd: i % 2 === 1 }
  }))
  const languages = CountBy({ name: "count", columns: ["language"] })
  const { default: rows } = await runPromise(
    Pipeline("p", {}, from(LoadDataFromDicts({ name: "load", data })).to(languages)),
    { progress: "none" }
  )
  expect(await rows.toArray()).toEqual([
    { language: "en", count: 3 },
    { language: "de", count: 2 },
    { language: null, count: 1 }
  ])
  const { rows: both } = await runStepPromise(
    CountBy({ name: "count", columns: ["language", "tags"], outputColumn: "n" }),
    data
  )
  expect(both.reduce((sum, { n }) => sum + n, 0)).toBe(data.length)
  expect(both).toHaveLength(3)
})

it("mappings are kept: rows that stay and rows that are made have the flow's names", async () => {
  const load = LoadDataFromDicts({
    name: "load",
    data: [
      { lang: "en", n: 2 },
      { lang: "de", n: 1 },
      { lang: "en", n: 0 }
    ]
  })
  const sort = SortRows({ name: "sort", by: ["score"], inputMappings: { score: "n" } })
  const count = CountBy({
    name: "count",
    columns: ["language"],
    inputMappings: { language: "lang" },
    outputMappings: { count: "many" }
  })
  const flow = from(load).to(sort)
  const { default: sorted } = await runPromise(Pipeline("p", {}, flow), quiet)
  expect((await sorted.toArray()).map(({ lang, n }) => [lang, n])).toEqual([
    ["en", 0],
    ["de", 1],
    ["en", 2]
  ])
  const { default: counted } = await runPromise(Pipeline("p", {}, flow.to(count)), quiet)
  const rows = await counted.toArray()
  expect(rows).toEqual([
    { lang: "en", many: 2 },
    { lang: "de", many: 1 }
  ])
  expectTypeOf(rows[0]!.many).toEqualTypeOf<number>()
  expectTypeOf(rows[0]!.lang).toEqualTypeOf<string>()
  const total = globalStep({
    name: "total",
    inputs: { n: Schema.Number },
    outputs: { sum: Schema.Number },
    replaces: true,
    outputMappings: { sum: "all" },
    process: (all) => [{ sum: all.reduce((sum, { n }) => sum + n, 0) }]
  })
  const { default: made } = await runPromise(Pipeline("p", {}, flow.to(total)), quiet)
  expect(await made.toArray()).toEqual([{ all: 3 }])
})

it("rows that were sorted, drawn and cut go on to other steps with their columns", async () => {
  const load = LoadDataFromDicts({
    name: "load",
    data: Array.from({ length: 100 }, (_, id) => ({ id, score: (id * 37) % 101 }))
  })
  const last = globalStep({
    name: "last",
    inputs: {},
    outputs: {},
    process: (rows) => rows
  })
  const { default: rows } = await runPromise(
    Pipeline(
      "p",
      {},
      from(load)
        .to(SampleRows({ name: "sample", count: 50 }))
        .to(SortRows({ name: "sort", by: ["score"], descending: true }))
        .to(LimitRows({ name: "top", count: 5 }))
        .to(last)
    ),
    { progress: "none" }
  )
  const scores = (await rows.toArray()).map(({ score }) => score)
  expect(scores).toHaveLength(5)
  expect(scores).toEqual(scores.toSorted((a, b) => b - a))
})
