import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { readParameters } from "../../src/cli/readParameters.ts"
import { from, generatorStep, OpenAILLM, Pipeline, step, TextGeneration } from "../../src/index.ts"
import { folder } from "./command.ts"

const load = generatorStep({
  name: "load.all",
  outputs: { instruction: Schema.String },
  *process() {
    yield { instruction: "a" }
  }
})
const generate = TextGeneration({ name: "generate", llm: OpenAILLM({ model: "m" }) })
const own = step({
  name: "own",
  inputs: {},
  outputs: {},
  parameters: {
    title: Schema.String,
    words: Schema.Array(Schema.String),
    either: Schema.Union([Schema.String, Schema.Number]),
    none: Schema.NullOr(Schema.String),
    shape: Schema.Struct({ a: Schema.Number })
  },
  process: (rows) => rows
})
const { graph } = Pipeline("parameters", {}, from(load).to(generate).to(own))

const read = (...param: ReadonlyArray<string>) =>
  readParameters("run", { param, params: undefined }, graph)

describe("parameters on the command line", () => {
  it.each([
    [
      "a number",
      "generate.llm.generationKwargs.temperature=0.2",
      { generate: { llm: { generationKwargs: { temperature: 0.2 } } } }
    ],
    [
      "Python's names and words",
      "generate.llm.generation_kwargs.max_new_tokens=7",
      { generate: { llm: { generationKwargs: { maxNewTokens: 7 } } } }
    ],
    [
      "a truth value in Python's words",
      "generate.add_raw_output=False",
      { generate: { addRawOutput: false } }
    ],
    ["a step with dots in its name", "load.all.batchSize=3", { "load.all": { batchSize: 3 } }],
    ["a text that looks like a number", "own.title=12", { own: { title: "12" } }],
    ["a text with equal signs", "own.title=a=b==", { own: { title: "a=b==" } }],
    ["a text in quotes stays as it is", 'own.title="x"', { own: { title: '"x"' } }],
    ["an empty text", "own.title=", { own: { title: "" } }],
    ["a list", 'own.words=["a", "b"]', { own: { words: ["a", "b"] } }],
    ["a number where a text would do too", "own.either=12", { own: { either: 12 } }],
    ["nothing", "own.none=null", { own: { none: null } }],
    ["an object", 'own.shape={"a": 1}', { own: { shape: { a: 1 } } }],
    ["one key of an object", "own.shape.a=2", { own: { shape: { a: 2 } } }]
  ])("%s", (_, param, expected) => {
    expect(read(param)).toEqual(expected)
  })

  it("later ones go over earlier ones, and over those of a file, key by key", () => {
    const path = join(folder(), "parameters.yaml")
    writeFileSync(
      path,
      "generate:\n  num_generations: 2\n  llm:\n    generation_kwargs: { temperature: 0.5, max_new_tokens: 9 }\n"
    )
    expect(
      readParameters(
        "run",
        {
          param: [
            "generate.llm.generationKwargs.temperature=1",
            "generate.llm.generationKwargs.temperature=0"
          ],
          params: path
        },
        graph
      )
    ).toEqual({
      generate: {
        numGenerations: 2,
        llm: { generationKwargs: { temperature: 0, maxNewTokens: 9 } }
      }
    })
  })

  it.each([
    [
      "a wrong value names the type",
      "generate.llm.generationKwargs.temperature=hot",
      'It wants a number greater than or equal to 0 and gets "hot".'
    ],
    [
      "a wrong key names those that are right",
      "generate.llm.generationKwarg.temperature=1",
      "Did you mean 'llm.generationKwargs'? Known here: llm.generationKwargs, "
    ],
    [
      "a wrong step names the steps",
      "generat.numGenerations=1",
      "Did you mean 'generate'? Its steps: load.all, generate, own."
    ],
    [
      "no value",
      "generate.numGenerations",
      "--param takes STEP.PATH=VALUE, not 'generate.numGenerations'."
    ],
    ["no path", "generate=1", "--param takes STEP.PATH=VALUE, not 'generate=1'."]
  ])("%s", (_, param, sentence) => {
    expect(() => read(param)).toThrow(sentence)
  })

  it("all that is wrong is told at once", () => {
    expect(() => read("generate.numGenerations=many", "generat.x=1", "own.words=a")).toThrow(
      /generat[^]*numGenerations[^]*words/
    )
  })

  it.each(["- 1\n", "generate: 3\n", "", "a: [\n"])(
    "a file that holds something else is told: %j",
    (text) => {
      const path = join(folder(), "wrong.yaml")
      writeFileSync(path, text)
      expect(() => readParameters("run", { param: [], params: path }, graph)).toThrow(path)
    }
  )
})
