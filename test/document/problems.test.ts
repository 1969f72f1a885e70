import { describe, expect, it } from "vitest"
import type { InvalidPipeline } from "../../src/index.ts"
import {
  fromJsonPromise,
  fromYamlPromise,
  GraphBuilder,
  InvalidDocument,
  KeepColumns,
  LoadDataFromDicts
} from "../../src/index.ts"
import { handWritten } from "./fixtures.ts"

const problemsOf = async (text: string): Promise<ReadonlyArray<string>> => {
  try {
    await fromYamlPromise(text)
    return []
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(InvalidDocument)
    return (thrown as InvalidDocument).problems.map(({ message }) => message)
  }
}

const changed = (from: string, to: string): string => {
  expect(handWritten).toContain(from)
  return handWritten.replace(from, to)
}

it("a document as a person writes it is a pipeline", async () => {
  expect(await problemsOf(handWritten)).toEqual([])
})

describe("each mistake has one sentence, with line and column", () => {
  it.each([
    [
      "a misspelt key of the document",
      "connections:",
      "conections:",
      "24:3 'pipeline' has a key 'conections', which documents do not have. Did you mean 'connections'?"
    ],
    [
      "a misspelt key of a step",
      "columns: [instruction, generation]",
      "colums: [instruction, generation]",
      "22:9 KeepColumns 'keep' has a key 'colums', which it does not know. Did you mean 'columns'?"
    ],
    [
      "a misspelt class",
      "name: KeepColumns",
      "name: KeepColunms",
      "23:67 There is no class 'KeepColunms' in 'distilabel.steps.columns.keep'. Did you mean 'KeepColumns'?"
    ],
    [
      "a class that people expect under another name",
      "name: KeepColumns",
      "name: FilterStep",
      "23:67 There is no class 'FilterStep' in 'distilabel.steps.columns.keep'. 'FilterRows' is what does that here."
    ],
    [
      "a misspelt class of ours",
      "name: ScriptedLLM",
      "name: ScritedLLM",
      "17:53 There is no class 'ScritedLLM' in 'distilabel_ts'. Did you mean 'ScriptedLLM'?"
    ],
    [
      "a misspelt column",
      "columns: [instruction, generation]",
      "columns: [instruction, generatoin]",
      "21:15 Step 'keep' needs column 'generatoin', which no earlier step gives. Columns here: instruction, score, generation, model_name, distilabel_metadata. Did you mean 'generation'?"
    ],
    [
      "a misspelt step in a connection",
      "to: [keep]",
      "to: [kept]",
      "28:12 No step of this pipeline is called 'kept'. Did you mean 'keep'? Its steps: load, generate, keep."
    ],
    [
      "a wrong type of a field",
      "columns: [instruction, generation]",
      "columns: [instruction, 3]",
      "22:32 'columns[1]' of 'keep' is 3. Expected string."
    ],
    [
      "a wrong batch size",
      "columns: [instruction, generation]",
      "columns: [instruction]\n        input_batch_size: many",
      "23:27 'pipeline.steps[2].step.input_batch_size' is 'many'."
    ],
    [
      "a misspelt keyword argument",
      "answers: The Ucayali.",
      "answers: The Ucayali.\n          generation_kwargs: { temprature: 1 }",
      "17:32 'generation_kwargs' of 'generate' has 'temprature', which its model does not take. Did you mean 'temperature'? It takes: "
    ],
    [
      "a keyword argument of a wrong type",
      "answers: The Ucayali.",
      "answers: The Ucayali.\n          generation_kwargs: { temperature: warm }",
      "17:45 'generation_kwargs.temperature' of 'generate' is 'warm'. Expected number."
    ],
    [
      "a step without a class",
      "\n        type_info: { module: distilabel.steps.columns.keep, name: KeepColumns }",
      "",
      "20:7 'pipeline.steps[2].step' has no key 'type_info', which it needs: { module, name } of its class."
    ],
    [
      "a name twice",
      "- name: keep\n      step:\n        name: keep",
      "- name: load\n      step:\n        name: load",
      "21:15 Step name 'load' is taken in this pipeline. Give each step a name of its own."
    ],
    [
      "a mapping of a column that is not there",
      "columns: [instruction, generation]",
      "columns: [instruction]\n        input_mappings: { instructoin: generation }",
      "23:27 Step 'keep' maps column 'instructoin', which it does not have. Did you mean 'instruction'? Its inputs: instruction."
    ],
    [
      "a cycle",
      "to: [keep]",
      "to: [keep, generate]",
      "27:13 Step 'generate' is part of a cycle: generate → generate. Rows flow one way: take out one of these connections."
    ],
    [
      "a connection twice",
      "to: [keep]",
      "to: [keep, keep]",
      "28:18 'generate' is connected to 'keep' twice. Take one of them out."
    ],
    [
      "a step that starts and makes no rows",
      "    - from: load\n      to: [generate]\n",
      "",
      "13:15 Step 'generate' cannot start a pipeline: it makes no rows. Connect a step before it that does, such as LoadDataFromDicts."
    ],
    [
      "a later version",
      "version: 1",
      "version: 2",
      "30:12 The document has version 2, and this library reads versions up to 1. Update the library."
    ],
    [
      "a key twice",
      "  name: hand-written\n",
      "  name: hand-written\n  name: again\n",
      "3:3 This is no YAML: the key 'name' is there twice. Take one of them out."
    ],
    [
      "a text that is no YAML",
      "columns: [instruction, generation]",
      "columns: [instruction, generation",
      "23:9 This is no YAML: "
    ],
    [
      "an option that the class refuses",
      "answers: The Ucayali.",
      "answers: { a: 1 }",
      "16:11 'answers' of 'generate' is a mapping."
    ],
    [
      "a template that is none",
      "type_info: { module: distilabel.steps.tasks.text",
      'template: "{% if %}"\n        type_info: { module: distilabel.steps.tasks.text',
      "12:7 TextGeneration 'generate' cannot be made: "
    ]
  ])("%s", async (_, from, to, message) => {
    const problems = await problemsOf(changed(from, to))
    // A step that cannot start, and a name that is another step's, leave others without rows.
    if (!/cannot start|is taken/.test(message)) expect(problems).toHaveLength(1)
    expect(problems.join("\n")).toContain(message)
  })

  it.each([
    ["nothing", "", "'pipeline'"],
    [
      "a text",
      "hello",
      "This is no pipeline's document: it holds 'hello'. A document is a mapping with the key 'pipeline'."
    ],
    ["a list", "- 1\n- 2", "This is no pipeline's document: it holds a list of 2."],
    ["another mapping", "steps: []", "The document has no key 'pipeline', which it needs."],
    ["steps that are none", "pipeline: { steps: 3 }", "'pipeline.steps' is 3. Expected array."],
    ["two documents", "a: 1\n---\nb: 2", "This is no YAML: "]
  ])("a document that holds %s", async (_, text, message) => {
    expect((await problemsOf(text)).join("\n")).toContain(message)
  })
})

it("all problems are told at once, and an unknown class hides none of the others", async () => {
  const text = changed("name: KeepColumns", "name: KeepColunms")
    .replace("answers: The Ucayali.", "answer: The Ucayali.")
    .replace("to: [generate]", "to: [generat]")
  expect((await problemsOf(text)).map((message) => message.split(" ")[0])).toEqual(
    expect.arrayContaining(["26:12", "16:11", "23:67"])
  )
})

it("problems of the graph are those of GraphBuilder, in the same words", async () => {
  const builder = new GraphBuilder("same")
    .add(LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] }))
    .add(KeepColumns({ name: "keep", columns: ["instructon"] }))
    .connect("load", "keep")
  let said = ""
  try {
    builder.build()
  } catch (thrown) {
    said = (thrown as InvalidPipeline).all[0]!.message
  }
  const [problem] = await problemsOf(`pipeline:
  steps:
  - step: { name: load, data: [{ instruction: a }], type_info: { module: distilabel.steps.generators.data, name: LoadDataFromDicts } }
  - step: { name: keep, columns: [instructon], type_info: { module: distilabel.steps.columns.keep, name: KeepColumns } }
  connections: [{ from: load, to: [keep] }]
`)
  expect(said).not.toBe("")
  expect(problem).toBe(`4:19 ${said}`)
})

it("the problem of the graph is there as it is, typed", async () => {
  const error = (await fromYamlPromise(
    changed("columns: [instruction, generation]", "columns: [nothing]")
  ).catch((thrown: unknown) => thrown)) as InvalidDocument
  expect(error.problems[0]!.problem).toMatchObject({
    _tag: "MissingColumn",
    step: "keep",
    column: "nothing"
  })
  expect(error.problems[0]).toMatchObject({
    line: 21,
    column: 15,
    path: "pipeline.steps[2].step.name"
  })
})

it("an option that nobody knows is a warning and stays, as Python does", async () => {
  const { warnings } = await fromYamlPromise(
    changed(
      "columns: [instruction, generation]",
      "columns: [instruction]\n        something_else: 3"
    )
  )
  expect(warnings).toMatchObject([
    {
      line: 23,
      column: 9,
      detail: "'something_else' of 'keep' is no option of KeepColumns: it is passed over, and kept."
    }
  ])
})

describe("JSON has places too", () => {
  it("where it is no JSON", async () => {
    await expect(fromJsonPromise('{\n  "pipeline": {,\n}')).rejects.toThrow(
      /The JSON text:2:16 This is no JSON/
    )
  })
  it("where something is wrong in it", async () => {
    await expect(fromJsonPromise('{\n  "pipeline": {\n    "steps": 3\n  }\n}')).rejects.toThrow(
      "The JSON text:3:14 'pipeline.steps' is 3. Expected array."
    )
  })
})

it("a structured output that is none is told", async () => {
  const text = changed(
    "answers: The Ucayali.",
    "answers: The Ucayali.\n          structured_output: 3"
  )
    .replace("ScriptedLLM", "OpenAILLM")
    .replace("distilabel_ts, name", "distilabel.models.llms.openai, name")
    .replace("          answers: The Ucayali.\n", "")
  expect((await problemsOf(text))[0]).toContain(
    "16:30 'structured_output' of 'generate' is 3, not a mapping with a 'schema'."
  )
})
