import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { identify } from "../../src/engine/identity/identify.ts"
import {
  catalogWith,
  defineStep,
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  Pipeline,
  runPromise,
  runStepPromise,
  toYamlPromise
} from "../../src/index.ts"

const Truncate = defineStep({
  type: "Truncate",
  about: "Cuts texts that are too long.",
  reads: { text: Schema.String },
  adds: { text: Schema.String },
  options: { maxLength: Schema.optionalKey(Schema.Int) },
  defaults: { maxLength: 3 },
  parameters: ["maxLength"],
  process: (rows, { maxLength }) => rows.map(({ text }) => ({ text: text.slice(0, maxLength) }))
})

describe("a step that is defined once", () => {
  it("works on rows with its options and defaults, and keeps their other columns", async () => {
    const rows = [{ text: "abcdef", n: 1 }]
    expect((await runStepPromise(Truncate({ name: "t" }), rows)).rows).toEqual([
      { text: "abc", n: 1 }
    ])
    expect((await runStepPromise(Truncate({ name: "t", maxLength: 1 }), rows)).rows).toEqual([
      { text: "a", n: 1 }
    ])
  })

  it("takes from run the options that it lists, checked like any parameter", async () => {
    const rows = [{ text: "abcdef" }]
    const cut = Truncate({ name: "t", maxLength: 1 })
    const set = await runStepPromise(cut, rows, { parameters: { maxLength: 4 } })
    expect(set.rows).toEqual([{ text: "abcd" }])
    await expect(runStepPromise(cut, rows, { parameters: { maxLength: 1.5 } })).rejects.toThrow(
      /maxLength/
    )
    // @ts-expect-error It is no number.
    const wrong = { parameters: { maxLength: "4" } } satisfies Parameters<
      typeof runStepPromise<typeof cut, { text: string }>
    >[2]
    await expect(runStepPromise(cut, rows, wrong as never)).rejects.toThrow(/maxLength/)
  })

  it("gets all rows at once where it says so, and may drop some", async () => {
    const First = defineStep({
      type: "First",
      about: "Keeps the first rows.",
      reads: {},
      adds: {},
      options: { count: Schema.Int },
      defaults: {},
      kind: "global",
      process: (rows, { count }) => rows.slice(0, count)
    })
    const data = [{ n: 1 }, { n: 2 }, { n: 3 }]
    const { rows } = await runStepPromise(First({ name: "f", count: 2 }), data)
    expect(rows).toEqual([{ n: 1 }, { n: 2 }])
    expect(() => First({ name: "f", count: 1.5 })).toThrow(
      "Step 'f': option count is 1.5. Give a whole number"
    )
  })

  it("maps columns", async () => {
    const step = Truncate({ name: "t", inputMappings: { text: "title" } })
    const { rows } = await runStepPromise(step, [{ title: "abcdef" }])
    expect(rows).toEqual([{ title: "abc" }])
  })

  it("is written by its options, and comes back and runs with the registry that holds it", async () => {
    const registry = catalogWith(Truncate)
    const load = LoadDataFromDicts({ name: "load", data: [{ text: "abcdef" }] })
    const pipeline = Pipeline("p", {}, from(load).to(Truncate({ name: "t", maxLength: 2 })))
    const yaml = await toYamlPromise(pipeline, { registry })
    expect(yaml).toContain("max_length: 2")
    const loaded = await fromYamlPromise(yaml, { registry })
    expect((await identify(loaded.graph)).signature).toBe(
      (await identify(pipeline.graph)).signature
    )
    const [row] = await (await runPromise(loaded, { progress: "none" })).default!.head(1)
    expect(row).toEqual({ text: "ab" })
  })
})
