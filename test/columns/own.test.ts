import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  CombineColumns,
  from,
  GraphBuilder,
  InvalidPipeline,
  KeepColumns,
  LoadDataFromDicts,
  MergeColumns,
  Pipeline,
  RenameColumns,
  runPromise,
  ScriptedLLM,
  step,
  TextGeneration
} from "../../src/index.ts"

const quiet = { progress: "none" } as const
/** Names that every object knows. */
const inherited = ["constructor", "toString", "valueOf", "hasOwnProperty"] as const

describe("columns named as what every object has", () => {
  it.each(inherited)("are missing where no step gives them: %s", (column) => {
    const builder = new GraphBuilder("p")
      .add(LoadDataFromDicts({ name: "load", data: [{ text: "a" }] }))
      .add(
        step({
          name: "own",
          inputs: { [column]: Schema.String },
          outputs: { out: Schema.String },
          process: (rows) => rows.map((row) => ({ ...row, out: "" }))
        })
      )
      .connect("load", "own")
    expect(() => builder.build()).toThrow(InvalidPipeline)
    expect(() => builder.build()).toThrow(
      `needs column '${column}', which no earlier step gives. Columns here: text.`
    )
  })

  it("are columns like any other where they are given, renamed, kept, merged, grouped and asked about", async () => {
    const load = LoadDataFromDicts({
      name: "load",
      data: [{ constructor: "a river", toString: "a lake", valueOf: 1 }]
    })
    const ask = TextGeneration({
      name: "ask",
      llm: ScriptedLLM({ answers: "Yes." }),
      template: "Is {{ constructor }} like {{ toString }}?"
    })
    const renamed = from(load)
      .to(ask)
      .to(RenameColumns({ name: "rename", columns: { valueOf: "hasOwnProperty" } }))
    const merged = renamed.to(
      MergeColumns({
        name: "merge",
        columns: ["constructor", "toString"],
        outputColumn: "isPrototypeOf"
      })
    )
    const kept = merged.to(
      KeepColumns({ name: "keep", columns: ["isPrototypeOf", "hasOwnProperty", "generation"] })
    )
    const twice = kept
      .branch([
        step({
          name: "one",
          inputs: {},
          outputs: { constructor: Schema.Number },
          process: (rows) => rows.map((row) => ({ ...row, constructor: 1 }))
        }),
        step({
          name: "two",
          inputs: {},
          outputs: { constructor: Schema.Number },
          process: (rows) => rows.map((row) => ({ ...row, constructor: 2 }))
        })
      ])
      .join(
        CombineColumns({ name: "combine", columns: ["constructor"], outputColumns: ["toString"] })
      )
    const distiset = await runPromise(Pipeline("p", {}, twice), quiet)
    expect(await distiset.default.toArray()).toMatchObject([
      {
        isPrototypeOf: ["a river", "a lake"],
        hasOwnProperty: 1,
        generation: "Yes.",
        toString: [1, 2]
      }
    ])
  })

  it("are read and written under other names by a step's mappings", async () => {
    const load = LoadDataFromDicts({ name: "load", data: [{ constructor: "a" }] })
    const upper = step({
      name: "upper",
      inputs: { text: Schema.String },
      outputs: { large: Schema.String },
      outputMappings: { large: "toString" },
      process: (rows) => rows.map((row) => ({ ...row, large: row.text.toUpperCase() }))
    })
    const pipeline = Pipeline("p", {}, from(load).to(upper, { input: { text: "constructor" } }))
    expect(await (await runPromise(pipeline, quiet)).default.toArray()).toEqual([
      { constructor: "a", toString: "A" }
    ])
  })
})
