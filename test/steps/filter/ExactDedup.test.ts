import { expect, it } from "vitest"
import {
  ExactDedup,
  from,
  LoadDataFromDicts,
  Pipeline,
  type Row,
  runPromise,
  runStepPromise
} from "../../../src/index.ts"
import type { Ignored } from "../../../src/steps/filter/ExactDedup.ts"

const kept = "keep_row_after_exact_filtering"

const flags = async (
  rows: ReadonlyArray<Row & { readonly text: unknown }>,
  ignore: ReadonlyArray<Ignored> = []
): Promise<ReadonlyArray<boolean>> =>
  (await runStepPromise(ExactDedup({ name: "unique", ignore }), rows)).rows.map((row) => row[kept])

it("the first of equal rows stays, whatever type the column has", async () => {
  const texts = ["a", "a", "A", null, null, 1, "1", { x: 1, y: 2 }, { y: 2, x: 1 }, [1], [1, 2]]
  expect(await flags(texts.map((text) => ({ text })))).toEqual([
    true,
    false,
    true,
    true,
    false,
    true,
    true,
    true,
    false,
    true,
    true
  ])
})

it("case, space and punctuation do not count where they are to be ignored", async () => {
  const rows = ["It is so.", "it is so", " It  is so. ", "It is, so", "Straße", "STRASSE"].map(
    (text) => ({ text })
  )
  expect(await flags(rows)).toEqual([true, true, true, true, true, true])
  expect(await flags(rows, ["case", "space", "punctuation"])).toEqual([
    true,
    false,
    false,
    false,
    true,
    true
  ])
})

it("several columns must all be equal, and rows keep what else they hold", async () => {
  const load = LoadDataFromDicts({
    name: "load",
    data: [
      { id: 1, q: "a", r: "b" },
      { id: 2, q: "ab", r: "" },
      { id: 3, q: "a", r: "b" }
    ]
  })
  const unique = ExactDedup({ name: "unique", columns: ["q", "r"] })
  const { default: rows } = await runPromise(Pipeline("p", {}, from(load).to(unique)), {
    progress: "none"
  })
  expect(await rows.toArray()).toEqual([
    { id: 1, q: "a", r: "b", [kept]: true },
    { id: 2, q: "ab", r: "", [kept]: true },
    { id: 3, q: "a", r: "b", [kept]: false }
  ])
})
