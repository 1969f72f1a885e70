/** Steps that take columns, under the flow's names: what they declare is what rows hold. */
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { expect, it } from "vitest"
import {
  CombineOutputs,
  DropNulls,
  ExpandColumns,
  from,
  GroupColumns,
  KeepColumns,
  LoadDataFromDicts,
  MapRows,
  MergeColumns,
  Pipeline,
  PrepareExamples,
  runPromise,
  TruncateTextColumn
} from "../../src/index.ts"
import type { AnyFlow } from "../../src/pipeline/FlowNode.ts"

type Rows = ReadonlyArray<Readonly<Record<string, unknown>>>

/** The rows of a flow, each with the columns that the check says it has. */
const rowsOf = async (flow: unknown): Promise<Rows> => {
  const pipeline = Pipeline("p", {}, flow as never)
  const distiset = await runPromise(pipeline as never, { progress: "none", useCache: false })
  const rows = await (
    distiset as unknown as { readonly default: { readonly toArray: () => Promise<Rows> } }
  ).default.toArray()
  const { graph } = pipeline as {
    readonly graph: { readonly outgoing: ReadonlyMap<string, unknown> }
  }
  const declared = graph.outgoing.get((flow as AnyFlow).node.step.name) as {
    readonly columns: object
  }
  for (const row of rows)
    expect(Object.keys(row).toSorted()).toEqual(Object.keys(declared.columns).toSorted())
  return rows
}

const lists = from(
  LoadDataFromDicts({ name: "lists", data: [{ xs: ["a", "b"], items: 1, id: 2 }] })
)
const text = from(LoadDataFromDicts({ name: "texts", data: [{ text: "Lima", n: 1, said: null }] }))
const words = <const N extends string>(name: N) =>
  MapRows({
    name,
    inputs: { text: Schema.String },
    outputs: { answer: Schema.String },
    map: (row) => ({ answer: `${name}: ${row.text}` })
  })

it("lists are expanded, kept and dropped under the names of the flow", async () => {
  const expanded = lists.to(
    ExpandColumns({
      name: "each",
      columns: ["items"],
      inputMappings: { items: "xs" },
      outputMappings: { items: "item" }
    })
  )
  expect(await rowsOf(expanded)).toEqual([
    { item: "a", items: 1, id: 2 },
    { item: "b", items: 1, id: 2 }
  ])
  const kept = KeepColumns({
    name: "kept",
    columns: ["text", "id"],
    inputMappings: { text: "item" },
    outputMappings: { id: "number" }
  })
  expect((await rowsOf(expanded.to(kept)))[0]).toEqual({ item: "a", number: 2 })
  const answered = DropNulls({
    name: "answered",
    columns: ["value"],
    inputMappings: { value: "said" }
  })
  expect(await rowsOf(text.to(answered))).toEqual([])
})

it("a column that a step adds takes the place of one that passes, wherever that stands in the row", async () => {
  const step = ExpandColumns({
    name: "each",
    columns: { xs: "one" },
    outputMappings: { one: "items" }
  })
  for (const row of [
    { xs: ["a"], items: 1, one: 3 },
    { one: 3, items: 1, xs: ["a"] }
  ])
    expect(await rowsOf(from(LoadDataFromDicts({ name: "lists", data: [row] })).to(step))).toEqual([
      { xs: ["a"], items: "a", one: 3 }
    ])
})

it("branches are joined under the names of the flow, and columns that made place come back", async () => {
  const group = GroupColumns({
    name: "group",
    columns: ["text"],
    outputColumns: ["answers"],
    inputMappings: { text: "answer" },
    outputMappings: { answers: "generations" }
  })
  const grouped = text.branch([words("a"), words("b")]).join(group)
  const joined = { text: "Lima", n: 1, said: null, generations: ["a: Lima", "b: Lima"] }
  expect(await rowsOf(grouped)).toEqual([joined])
  const all = MergeColumns({
    name: "all",
    columns: ["first", "n"],
    outputColumn: "both",
    inputMappings: { first: "generations" },
    outputMappings: { both: "all" }
  })
  expect(await rowsOf(grouped.to(all))).toEqual([
    { text: "Lima", said: null, all: ["a: Lima", "b: Lima", 1] }
  ])
  const over = CombineOutputs({ name: "over", outputMappings: { answer: "last", text: "city" } })
  expect(await rowsOf(text.branch([words("a"), words("b")]).join(over))).toEqual([
    { city: "Lima", n: 1, said: null, last: "b: Lima" }
  ])
})

it("texts are cut, and examples prepared, under the names of the flow", async () => {
  const short = TruncateTextColumn({
    name: "short",
    maxLength: 2,
    inputMappings: { text: "title" },
    outputMappings: { text: "short" }
  })
  const titles = from(LoadDataFromDicts({ name: "titles", data: [{ title: "Lima", text: 1 }] }))
  expect(await rowsOf(titles.to(short))).toEqual([{ short: "Li", text: 1 }])
  const shots = PrepareExamples({
    name: "shots",
    template: "{query}",
    inputMappings: { query: "asked" },
    outputMappings: { examples: "shots" }
  })
  const asked = from(LoadDataFromDicts({ name: "asked", data: [{ asked: ["a"], answers: [1] }] }))
  expect(await rowsOf(asked.to(shots))).toEqual([{ shots: "a" }])
})

it("rows hold the columns that are declared, whatever is mapped to what", async () => {
  const columns = ["a", "b", "c", "d"]
  const names = fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom(...columns, "e"), {
    maxKeys: 2
  })
  await fc.assert(
    fc.asyncProperty(
      names.map((map) =>
        Object.fromEntries(Object.entries(map).filter(([, column]) => column !== "e"))
      ),
      names,
      fc.constantFrom(KeepColumns, DropNulls, MergeColumns),
      fc.shuffledSubarray(columns, { minLength: 4 }),
      async (inputMappings, outputMappings, make, order) => {
        const row = Object.fromEntries(order.map((column) => [column, column]))
        const step = (make as typeof KeepColumns)({
          name: "step",
          columns: ["a", "b"],
          inputMappings,
          ...((make as unknown) === MergeColumns
            ? { outputColumn: "c", outputMappings: {} }
            : { outputMappings })
        })
        const flow = from(LoadDataFromDicts({ name: "load", data: [row] })) as unknown as {
          readonly to: (step: unknown) => unknown
        }
        await rowsOf(flow.to(step))
      }
    ),
    { numRuns: 40 }
  )
})
