import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  defineStep,
  defineTask,
  FilterRows,
  from,
  fromYamlPromise,
  generatorStep,
  GraphBuilder,
  KeepColumns,
  llm,
  LoadDataFromDicts,
  OpenAIEmbeddings,
  OpenAILLM,
  Pipeline,
  ScriptedLLM,
  step,
  task,
  TextGeneration,
  toYamlPromise,
  UltraFeedback
} from "../../src/index.ts"

const model = ScriptedLLM({ answers: "yes" })
/** Options as they come where types do not see them. */
const untyped = (make: unknown, options: object): unknown =>
  (make as (options: object) => unknown)(options)

const Truncate = defineStep({
  type: "Truncate",
  about: "Cuts texts.",
  reads: { text: Schema.String },
  adds: { text: Schema.String },
  options: { maxLength: Schema.optionalKey(Schema.Int) },
  defaults: { maxLength: 3 },
  process: (rows, { maxLength }) => rows.map(({ text }) => ({ text: text.slice(0, maxLength) }))
})
const Scores = defineTask({
  type: "Scores",
  about: "Scores.",
  reads: {},
  adds: { score: Schema.Number },
  options: { scale: Schema.optionalKey(Schema.Int) },
  defaults: { scale: 5 },
  prompt: () => "Score.",
  parse: () => ({ score: 1 })
})

describe("an option that is not known is named, with the one that was meant", () => {
  const process = () => []
  it.each([
    ["step", step, { name: "s", proces: process, process }, "step 's'", "process"],
    [
      "generator",
      generatorStep,
      { name: "s", output: {}, outputs: {}, process },
      "generatorStep 's'",
      "outputs"
    ],
    [
      "ready step",
      KeepColumns,
      { name: "s", column: ["a"], columns: ["a"] },
      "KeepColumns 's'",
      "columns"
    ],
    [
      "ready step with a function",
      FilterRows,
      { name: "s", were: () => true, where: () => true },
      "FilterRows 's'",
      "where"
    ],
    ["defined step", Truncate, { name: "s", maxLenght: 2 }, "Truncate 's'", "maxLength"],
    [
      "task",
      TextGeneration,
      { name: "s", llm: model, templat: "x" },
      "TextGeneration 's'",
      "template"
    ],
    [
      "task by case",
      UltraFeedback,
      { name: "s", llm: model, aspekt: "honesty" },
      "UltraFeedback 's'",
      "aspect"
    ],
    [
      "own task",
      task,
      { name: "s", llm: model, promt: () => "", outputs: {} },
      "task 's'",
      "prompt"
    ],
    ["defined task", Scores, { name: "s", llm: model, scal: 3 }, "Scores 's'", "scale"],
    ["model", OpenAILLM, { model: "m", baseURL: "http://x" }, "OpenAILLM 'm'", "baseUrl"],
    ["embeddings", OpenAIEmbeddings, { model: "m", apikey: "k" }, "OpenAIEmbeddings 'm'", "apiKey"],
    [
      "own model",
      llm,
      { name: "Mine", model: "m", adress: "x", ask: () => "" },
      "Mine 'm'",
      "address"
    ],
    [
      "scripted model",
      ScriptedLLM,
      { answer: "x", answers: "x" },
      "ScriptedLLM 'scripted'",
      "answers"
    ],
    [
      "batch size of a generator",
      LoadDataFromDicts,
      { name: "s", data: [], inputBatchSize: 2 },
      "LoadDataFromDicts 's'",
      "batchSize"
    ],
    [
      "batch size of a step",
      KeepColumns,
      { name: "s", columns: ["a"], batchSize: 2 },
      "KeepColumns 's'",
      "inputBatchSize"
    ]
  ])("%s", (_, make, options, owner, meant) => {
    expect(() => untyped(make, options)).toThrow(
      new RegExp(`^${owner} has no option '\\w+'\\. Did you mean '${meant}'\\? Its options: `)
    )
  })

  it("also in a graph that is built from values, and in documents", async () => {
    const builder = new GraphBuilder("built")
    expect(() =>
      builder.add(untyped(TextGeneration, { name: "s", llm: model, retrys: 1 }) as never)
    ).toThrow(/no option 'retrys'\. Did you mean 'retries'/)
    const text = await toYamlPromise(
      Pipeline(
        "p",
        {},
        from(LoadDataFromDicts({ name: "load", data: [{ a: 1 }] })).to(
          KeepColumns({ name: "keep", columns: ["a"] })
        )
      )
    )
    await expect(fromYamlPromise(text.replace("columns:", "colums:"))).rejects.toThrow(
      /'colums'.*'columns'/
    )
  })

  it("but one that is undefined is not given", () => {
    expect(untyped(KeepColumns, { name: "s", columns: ["a"], other: undefined })).toBeDefined()
  })
})
