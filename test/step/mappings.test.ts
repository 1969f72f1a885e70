import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  from,
  GraphBuilder,
  joinStep,
  LoadDataFromDicts,
  Pipeline,
  type Row,
  run,
  runPromise,
  runStepPromise,
  ScriptedLLM,
  step,
  TextGeneration
} from "../../src/index.ts"
import type { StepData } from "../../src/step/Step.ts"
import { rowsOf } from "../engine/rows.ts"
import { camelCased, type Fixture, fixtures } from "../fixtures.ts"

type Mapped = Readonly<Record<string, unknown>>

/** The steps that the recordings speak of. */
const steps: Readonly<Record<string, (mappings: Mapped) => StepData>> = {
  Upper: (mappings) =>
    step({
      name: "it",
      inputs: { text: Schema.String },
      outputs: { upper: Schema.String },
      ...mappings,
      process: (rows) => rows.map((row) => ({ ...row, upper: row.text.toUpperCase() }))
    }),
  Twice: (mappings) =>
    step({
      name: "it",
      inputs: { text: Schema.String },
      outputs: { copy: Schema.Number },
      rowCount: "one-to-many",
      ...mappings,
      process: (rows) => rows.flatMap((row) => [1, 2].map((copy) => ({ ...row, copy })))
    }),
  Drop: (mappings) =>
    step({
      name: "it",
      inputs: { text: Schema.String },
      outputs: { only: Schema.Number },
      replaces: true,
      ...mappings,
      process: (rows) => rows.map((row) => ({ only: row.text.length }))
    }),
  Join: (mappings) =>
    joinStep({
      name: "it",
      inputs: { a: Schema.Number },
      outputs: { joined: Schema.String },
      ...mappings,
      process: (arms) => [
        {
          ...Object.assign({}, ...arms.flat()),
          joined: arms
            .flat()
            .map(({ a }) => a)
            .join("")
        }
      ]
    })
}

const outcome = async ({
  config,
  inputs,
  predecessors = 1,
  step: name
}: Fixture): Promise<ReadonlyArray<Row> | Error> => {
  const made = steps[name!]!(camelCased(config))
  try {
    if (predecessors === 1) {
      const { errors, rows } = await runStepPromise(made as never, inputs as never)
      return errors.length > 0 ? new Error(errors[0]!.detail) : rows
    }
    const builder = new GraphBuilder("fixture").add(made)
    const names = (inputs as ReadonlyArray<ReadonlyArray<Row>>).map((data, i) => {
      builder.add(LoadDataFromDicts({ name: `arm_${i}`, data }))
      return `arm_${i}`
    })
    const distiset = await Effect.runPromise(
      run(builder.zip(names, "it").build(), { progress: "none" })
    )
    return await (
      distiset as unknown as { readonly default: { toArray(): Promise<ReadonlyArray<Row>> } }
    ).default.toArray()
  } catch (thrown) {
    return thrown as Error
  }
}

describe("mappings rename columns as distilabel 1.5.3 did", () => {
  /**
   * Where we do otherwise on purpose: a column that made place comes back to the row it was taken
   * from.
   */
  const better: Readonly<Record<number, ReadonlyArray<Row>>> = {
    10: [
      { t: "a", copy: 1, text: "k1" },
      { t: "a", copy: 2, text: "k1" },
      { t: "b", copy: 1, text: "k2" },
      { t: "b", copy: 2, text: "k2" }
    ],
    16: [{ b: 2, joined: "12", a: 8 }]
  }
  fixtures("step-mappings").forEach((fixture, i) => {
    it(`${fixture.title}${better[i + 1] === undefined ? "" : " (better here)"}`, async () => {
      const result = await outcome(fixture)
      const expected = better[i + 1] ?? fixture.outputs
      if (expected === null) expect(result).toBeInstanceOf(Error)
      else expect(result).toEqual(expected)
    })
  })
})

describe("an output under another name", () => {
  it("leaves the flow's column of that name where it was, in the row and in its type", async () => {
    const llm = (answers: string) => ScriptedLLM({ answers })
    const load = LoadDataFromDicts({
      name: "load",
      data: [{ instruction: "Name a river.", count: 1 }]
    })
    const first = TextGeneration({ name: "first", llm: llm("The Ucayali.") })
    const second = TextGeneration({
      name: "second",
      llm: llm("The Marañón."),
      outputMappings: { generation: "answer" }
    })
    const counted = step({
      name: "counted",
      inputs: { generation: Schema.NullOr(Schema.String), answer: Schema.NullOr(Schema.String) },
      outputs: { count: Schema.Number },
      outputMappings: { count: "letters" },
      process: (rows) =>
        rows.map((row) => ({ ...row, count: row.generation!.length + row.answer!.length }))
    })
    const [row] = await (
      await runPromise(Pipeline("p", {}, from(load).to(first).to(second).to(counted)), {
        progress: "none"
      })
    ).default.toArray()
    expect(row).toMatchObject({
      generation: "The Ucayali.",
      answer: "The Marañón.",
      count: 1,
      letters: 24
    })
    const letters: number = row!.letters + row!.count
    expect(letters).toBe(25)
  })
})

describe("LoadDataFromDicts gives rows as distilabel 1.5.3 did, and ends where that did not", () => {
  fixtures("step-load-data-from-dicts").forEach((fixture) => {
    it(fixture.title, async () => {
      const { data, ...options } = camelCased(fixture.config)
      const offset = fixture.offset ?? 0
      const load = LoadDataFromDicts({
        name: "load",
        data: (data as ReadonlyArray<Row>).slice(offset),
        ...options
      })
      expect((await rowsOf(Pipeline("p", {}, from(load))))["default"]!.rows).toEqual(
        fixture.outputs
      )
    })
  })
})
