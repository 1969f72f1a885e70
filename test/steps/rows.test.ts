import {
  FilterRows,
  from,
  LoadDataFromDicts,
  MapRows,
  oneOf,
  Pipeline,
  runPromise
} from "distilabel-ts"
import * as Schema from "effect/Schema"
import { describe, expect, expectTypeOf, it } from "vitest"
import type * as hidden from "../../src/columns/hidden.ts"
import type { Narrows } from "../../src/steps/rows.ts"

const settings = { progress: "none", useCache: false, report: false } as const
interface Rated {
  readonly text: string
  readonly score: number | null
}
const load = LoadDataFromDicts({
  name: "load",
  data: [
    { text: "a", score: 1 },
    { text: "b", score: null }
  ] as ReadonlyArray<Rated>
})
const doubled = MapRows({
  name: "doubled",
  inputs: { score: Schema.Number },
  outputs: { twice: Schema.Number },
  map: ({ score }) => ({ twice: score * 2 })
})

describe("FilterRows", () => {
  it("narrows columns by a type guard, in the editor and in the check before the run", async () => {
    const rated = FilterRows({
      name: "rated",
      inputs: { score: Schema.NullOr(Schema.Number) },
      where: (row): row is { readonly score: number } => row.score !== null
    })
    const flow = from(load).to(rated).to(doubled)
    const { default: rows } = await runPromise(Pipeline("p", {}, flow), settings)
    const [first] = await rows.toArray()
    expectTypeOf(first!.score).toEqualTypeOf<number>()
    expect(await rows.toArray()).toMatchObject([{ text: "a", score: 1, twice: 2 }])
  })

  it("narrows by a predicate that TypeScript infers, which tells of a row and not of its column", () => {
    const either = FilterRows({
      name: "either",
      inputs: oneOf(
        { kind: Schema.Literal("a"), a: Schema.Number },
        { kind: Schema.Literal("b"), b: Schema.String }
      ),
      where: (row) => row.kind === "a"
    })
    expectTypeOf<(typeof either)[typeof hidden.gives]>().toEqualTypeOf<
      Narrows<{ readonly kind: "a"; readonly a: number }>
    >()
    const rated = FilterRows({
      name: "rated",
      inputs: { score: Schema.NullOr(Schema.Number) },
      where: (row) => row.score !== null
    })
    // @ts-expect-error score may still be null
    expect(() => from(load).to(rated).to(doubled)).not.toThrow()
  })

  it("reads columns of the flow under its own names", async () => {
    const rated = FilterRows({
      name: "rated",
      inputs: { value: Schema.NullOr(Schema.Number) },
      inputMappings: { value: "score" },
      where: (row): row is { readonly value: number } => row.value !== null
    })
    const flow = from(load).to(rated).to(doubled)
    const { default: rows } = await runPromise(Pipeline("p", {}, flow), settings)
    expect(await rows.toArray()).toMatchObject([{ score: 1, twice: 2 }])
  })
})

it("MapRows reads and gives columns under names of the flow", async () => {
  const upper = MapRows({
    name: "upper",
    inputs: { value: Schema.String },
    outputs: { loud: Schema.String },
    inputMappings: { value: "text" },
    outputMappings: { loud: "shouted" },
    map: ({ value }) => ({ loud: value.toUpperCase() })
  })
  const { default: rows } = await runPromise(Pipeline("p", {}, from(load).to(upper)), settings)
  expectTypeOf((await rows.toArray())[0]!.shouted).toEqualTypeOf<string>()
  expect((await rows.toArray()).map(({ shouted }) => shouted)).toEqual(["A", "B"])
})
