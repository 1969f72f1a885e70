import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { readText } from "../../src/document/read/read.ts"
import { defaultLimits } from "../../src/document/tree/limits.ts"
import { type Path, type Tree, valueAt } from "../../src/document/tree/Tree.ts"
import type { OpenAILLM } from "../../src/index.ts"
import {
  fromJsonPromise,
  fromYamlPromise,
  inspect,
  MapRows,
  RenameColumns,
  run,
  runPromise,
  ScriptedLLM,
  step,
  toJsonPromise,
  toYamlPromise
} from "../../src/index.ts"
import { withParameters } from "../../src/pipeline/parameters.ts"
import { pythonDocuments } from "./fixtures.ts"

const tree = async (text: string): Promise<Tree> =>
  (await Effect.runPromise(readText({ text, format: "yaml", source: "test" }, defaultLimits))).value

interface Entry {
  readonly name: string
  readonly step: {
    readonly name: string
    readonly input_mappings: object
    readonly output_mappings: object
    readonly type_info: { readonly name: string }
  }
}
interface Document {
  readonly pipeline: {
    readonly name: string
    readonly steps: ReadonlyArray<Entry>
    readonly connections: ReadonlyArray<{
      readonly from: string
      readonly to: ReadonlyArray<string>
    }>
  }
}

it("there are 31 documents of distilabel to try", () => {
  expect(pythonDocuments.size).toBe(31)
})

describe.each([...pythonDocuments])("%s", (name, text) => {
  const { pipeline } = parse(text) as Document

  it("loads: its steps, connections and mappings are those that it says", async () => {
    const loaded = await fromYamlPromise(text)
    expect(loaded.name).toBe(pipeline.name)
    expect([...loaded.graph.nodes.keys()].sort()).toEqual(
      pipeline.steps.map((entry) => entry.name).sort()
    )
    const edges = [...loaded.graph.nodes.values()].flatMap((node) =>
      node.from.map((from) => `${from} ${node.name}`)
    )
    expect(edges.sort()).toEqual(
      pipeline.connections.flatMap(({ from, to }) => to.map((target) => `${from} ${target}`)).sort()
    )
    for (const { step: said } of pipeline.steps) {
      const { step: made } = loaded.graph.nodes.get(said.name)!
      expect({ type: made.type, input: made.mappings.input, output: made.mappings.output }).toEqual(
        { type: said.type_info.name, input: said.input_mappings, output: said.output_mappings }
      )
    }
  })

  it("says when saved all that it said, and the same when saved again", async () => {
    const loaded = await fromYamlPromise(text)
    const saved = await toYamlPromise(loaded)
    expect(parse(saved, { maxAliasCount: -1 })).toEqual(
      name === "deita-chain.yaml" ? withoutOldName(parse(text)) : parse(text)
    )
    expect(await toYamlPromise(await fromYamlPromise(saved))).toBe(saved)
    const json = await toJsonPromise(loaded)
    expect(await toJsonPromise(await fromJsonPromise(json))).toBe(json)
    expect(await toYamlPromise(await fromJsonPromise(json))).toBe(saved)
  })

  it("can be looked at, and refuses to run for what is missing alone", async () => {
    const loaded = await fromYamlPromise(text)
    const { missing, steps } = inspect(loaded)
    expect(steps.length).toBe(pipeline.steps.length)
    expect(
      steps
        .filter((each) => each.missing.length > 0)
        .map((each) => each.name)
        .sort()
    ).toEqual([...new Set(missing.flatMap((part) => part.steps))].sort())
    for (const part of missing) expect(part.give).toContain(part.name)
  })
})

/** The one document with a class under an old name: it is written under the one of 1.5.3. */
const withoutOldName = (document: unknown): unknown =>
  JSON.parse(
    JSON.stringify(document).replace(
      `"type_info":{"module":"distilabel.steps.generators.huggingface","name":"LoadHubDataset"}`,
      `"distilabel_ts":{"class":"LoadHubDataset"},"type_info":{"module":"distilabel.steps.generators.huggingface","name":"LoadDataFromHub"}`
    )
  )

const document = (step: string, more = ""): string => `pipeline:
  steps:
  - step:
      name: load
      data: [{ text: a }, { text: b }]
      type_info: { name: LoadDataFromDicts, module: distilabel.steps.generators.data }
  - step:
${step
  .split("\n")
  .map((line) => `      ${line}`)
  .join("\n")}
  connections: [{ from: load, to: [second] }]
${more}`

describe("classes of any version are found by their names", () => {
  it.each([
    ["distilabel.llm.openai", "OpenAILLM"],
    ["distilabel.pipeline.llm.openai", "OpenAILLM"],
    ["distilabel.llms.mistral", "MistralLLM"],
    ["distilabel.llm.mistralai", "MistralAILLM"]
  ])("%s.%s is written where 1.5.3 has it", async (module, name) => {
    const loaded = await fromYamlPromise(
      document(`name: second
input_mappings: { instruction: text }
llm: { model: m, type_info: { module: ${module}, name: ${name} } }
type_info: { module: distilabel.steps.task.text_generation, name: TextGeneration }`)
    )
    expect(loaded.missing).toEqual([])
    const saved = await tree(await toYamlPromise(loaded))
    const current = name.startsWith("OpenAI")
      ? { module: "distilabel.models.llms.openai", name: "OpenAILLM" }
      : { module: "distilabel.models.llms.mistral", name: "MistralLLM" }
    expect(
      valueAt(saved, ["pipeline", "steps", 1, "step", "llm", "type_info"] satisfies Path)
    ).toEqual(current)
    expect(valueAt(saved, ["pipeline", "steps", 1, "step", "type_info"] satisfies Path)).toEqual({
      module: "distilabel.steps.tasks.text_generation",
      name: "TextGeneration"
    })
  })

  it("CombineColumns of old comes back as CombineColumns, and is GroupColumns for Python", async () => {
    const text = document(`name: second
columns: [text]
output_columns: [texts]
type_info: { module: distilabel.steps.combine, name: CombineColumns }`)
    const saved = await toYamlPromise(await fromYamlPromise(text))
    expect(valueAt(await tree(saved), ["pipeline", "steps", 1, "step", "type_info", "name"])).toBe(
      "GroupColumns"
    )
    expect((await fromYamlPromise(saved)).graph.nodes.get("second")!.step.type).toBe(
      "CombineColumns"
    )
  })
})

describe("what a document of Python leaves open", () => {
  it("LoadDataFromDicts has no rows: they are asked for, and can be given on loading or to run", async () => {
    const text = pythonDocuments.get("dry-run.yaml")!
    const bind = {
      SucceedAlways: ({ name }: { readonly name: string }) =>
        step({
          name,
          inputs: { instruction: Schema.String },
          outputs: { response: Schema.String },
          process: (rows) => rows.map((row) => ({ response: `${row.instruction}!` }))
        })
    }
    const asking = await fromYamlPromise(text, { bind })
    await expect(runPromise(asking, { progress: "none" })).rejects.toThrow(
      "Parameter 'data' of step 'load_dataset' must be set"
    )
    const rows = [{ instruction: "a" }, { instruction: "b" }]
    const whole = await runPromise(asking, {
      progress: "none",
      parameters: { load_dataset: { data: rows } }
    })
    expect(await whole["default"]!.toArray()).toEqual([
      { instruction: "a", response: "a!" },
      { instruction: "b", response: "b!" }
    ])
    const given = await fromYamlPromise(text, { bind, data: { load_dataset: rows } })
    expect((await runPromise(given, { progress: "none" }))["default"]!.length).toBe(2)
    await expect(
      fromYamlPromise(text, { bind, data: { load_dataset: [{ prompt: "a" }] } })
    ).rejects.toThrow(
      "Step 'succeed_always_0' needs column 'instruction', which no earlier step gives"
    )
  })

  it("repo_id: default_name asks for a dataset", async () => {
    const loaded = await fromYamlPromise(pythonDocuments.get("dataset-without-step.yaml")!)
    await expect(runPromise(loaded, { progress: "none" })).rejects.toThrow(
      "Parameter 'repoId' of step 'load_data_from_hub_0' must be set"
    )
  })

  it("rows that come together without a common source are paired by position, as Python does", async () => {
    const loaded = await fromYamlPromise(pythonDocuments.get("generator-and-sampler.yaml")!)
    expect(loaded.graph.nodes.get("combine_outputs_0")!.gather).toBe("zip")
  })

  it("a type that differs by null alone is a warning with its place", async () => {
    const { warnings } = await fromYamlPromise(pythonDocuments.get("rename-chain.yaml")!)
    expect(warnings).toMatchObject([
      {
        line: 168,
        detail: expect.stringContaining(
          "Step 'text_generation_1' cannot read column 'instruction': wrong type"
        ) as string
      }
    ])
  })

  it("keys may be in any order, and all but the classes may be absent", async () => {
    const loaded = await fromYamlPromise(`
pipeline:
  steps:
  - step: { type_info: { name: LoadDataFromDicts, module: distilabel.steps.generators.data }, data: [{ a: 1 }] }
  - step: { type_info: { name: LoadDataFromDicts, module: distilabel.steps.generators.data }, data: [{ a: 1 }] }
`)
    expect([...loaded.graph.nodes.keys()]).toEqual([
      "load_data_from_dicts_0",
      "load_data_from_dicts_1"
    ])
  })
})

describe("Python's tags are read and never executed", () => {
  const tagged = document(`name: second
input_mappings: { instruction: text }
llm:
  model: m
  jobs_ids: !!python/tuple [a, b]
  structured_output:
    schema: !!python/name:__main__.Character ''
  type_info: { module: distilabel.models.llms.openai, name: OpenAILLM }
type_info: { module: distilabel.steps.tasks.text_generation, name: TextGeneration }
danger: !!python/object/apply:os.system ['exit 1']`)

  it("a class is named as a schema to bind", async () => {
    const loaded = await fromYamlPromise(tagged)
    expect(loaded.missing).toMatchObject([
      { kind: "schema", name: "Character", module: "__main__", steps: ["second"] }
    ])
    await expect(Effect.runPromise(run(loaded, { progress: "none" }))).rejects.toThrow(
      "the schema 'Character' of '__main__' is not here. Give it where the document is loaded: { bind: { Character: Schema.Struct({ … }) } }"
    )
  })

  it("a schema that is bound to it is what the model keeps to", async () => {
    const loaded = await fromYamlPromise(tagged, {
      bind: { Character: Schema.Struct({ name: Schema.String }) }
    })
    expect(loaded.missing).toEqual([])
    expect(
      (loaded.graph.nodes.get("second")!.step.options["llm"] as ReturnType<typeof OpenAILLM>)
        .structuredOutput
    ).toMatchObject({ name: "Character", schema: { properties: { name: { type: "string" } } } })
  })

  it("they are there again when it is saved, in YAML and through JSON", async () => {
    const saved = await toYamlPromise(await fromYamlPromise(tagged))
    expect(saved).toContain("schema: !!python/name:__main__.Character")
    expect(saved).toContain("jobs_ids: !!python/tuple\n")
    expect(saved).toContain("danger: !!python/object/apply:os.system")
    expect(
      await toYamlPromise(await fromJsonPromise(await toJsonPromise(await fromYamlPromise(tagged))))
    ).toBe(saved)
  })

  it("older dumps name the class as text", async () => {
    const loaded = await fromYamlPromise(
      pythonDocuments.get("structured-generation-instructor.yaml")!
    )
    expect(loaded.missing).toMatchObject([
      {
        kind: "schema",
        name: "KnowledgeGraph",
        module: "__main__",
        steps: ["knowledge_graph_generation"]
      }
    ])
  })
})

describe("classes that are not here", () => {
  const text = pythonDocuments
    .get("pipe-llms.yaml")!
    .replace(
      /module: distilabel\.models\.llms\.huggingface\.transformers\s+name: TransformersLLM/,
      (found) => found.replace(/distilabel\S+/, "__main__").replace("Transformers", "Their")
    )

  it("are named with the steps that need them, and the run says how to bind them before anything is loaded", async () => {
    const loaded = await fromYamlPromise(text)
    expect(loaded.missing).toMatchObject([
      { kind: "step", name: "RenameColumns", module: "__main__", steps: ["rename_columns"] },
      { kind: "model", name: "TheirLLM", module: "__main__", steps: ["generate_response_mini"] }
    ])
    await expect(
      runPromise(loaded, {
        progress: "none",
        parameters: { load_dataset: { repoId: "a/b" }, rename_columns: { renameMappings: {} } }
      })
    ).rejects.toThrow(
      /Step 'rename_columns' could not start \(Missing\): the class 'RenameColumns' of '__main__' is not here\. Give it where the document is loaded: \{ bind: \{ RenameColumns:/
    )
  })

  it("are what is bound to them", async () => {
    const seen: Array<unknown> = []
    const loaded = await fromYamlPromise(text, {
      bind: {
        RenameColumns: (options: { readonly name: string }) => {
          seen.push(options)
          return RenameColumns({ name: options.name, columns: { prompt: "instruction" } })
        },
        TheirLLM: ({ model }: { readonly model: string }) => ScriptedLLM({ model, answers: "yes" })
      }
    })
    expect(loaded.missing).toEqual([])
    expect(seen).toEqual([{ name: "rename_columns" }])
    expect(
      (
        loaded.graph.nodes.get("generate_response_mini")!.step.options["llm"] as {
          readonly model: string
        }
      ).model
    ).toBe("TinyLlama/TinyLlama-1.1B-Chat-v1.0")
    // What is bound changes nothing of what the document says.
    expect(await toYamlPromise(loaded)).toBe(await toYamlPromise(await fromYamlPromise(text)))
  })

  it("a class of one's own that is called like one of distilabel is another", async () => {
    const loaded = await fromYamlPromise(
      document(`name: second
columns: 3
type_info: { module: __main__, name: KeepColumns }`)
    )
    expect(loaded.missing).toMatchObject([{ name: "KeepColumns", module: "__main__" }])
  })

  it.each([
    ["gives no step", () => 3, "What is bound to 'Own' gives no step"],
    [
      "gives a step of another name",
      () => MapRows({ name: "x", outputs: {}, map: () => ({}) }),
      "What is bound to 'Own' gives a step called 'x'. Pass the name on"
    ],
    [
      "throws",
      () => {
        throw new Error("no luck")
      },
      "Own 'second' cannot be made: no luck"
    ]
  ])("a function that %s is told, with the step's place", async (_, factory, message) => {
    const text = document("name: second\ntype_info: { module: __main__, name: Own }")
    await expect(fromYamlPromise(text, { bind: { Own: factory } })).rejects.toThrow(
      `7:5 ${message}`
    )
  })
})

it("sample_n_steps comes back with its number, and a routing function of Python's module is missing until it is bound", async () => {
  const routed = (entry: string): string =>
    document(
      `name: second
columns: [text]
type_info: { module: distilabel.steps.columns.keep, name: KeepColumns }`,
      `  routing_batch_functions: [${entry}]`
    )
  const sampled = await fromYamlPromise(
    routed(
      "{ step: load, description: Sample, type_info: { module: distilabel.pipeline.routing_batch_function, name: sample_n_steps, kwargs: { n: 1 } } }"
    )
  )
  expect(sampled.graph.routings).toMatchObject([
    { from: "load", to: ["second"], by: { options: { n: 1, seed: 42 } } }
  ])
  const own = await fromYamlPromise(routed("{ step: load, description: mine }"))
  expect(own.missing).toMatchObject([{ kind: "routing", name: "mine", steps: ["load"] }])
  const bound = await fromYamlPromise(routed("{ step: load }"), {
    bind: { "load.route": () => "second" }
  })
  expect(bound.missing).toEqual([])
  expect((await runPromise(bound, { progress: "none" }))["default"]!.length).toBe(2)
})

it("parameters that were set since are written over what the document said, and nothing else", async () => {
  const loaded = await fromYamlPromise(pythonDocuments.get("pipe-llms.yaml")!)
  const { graph, problems } = withParameters(loaded.graph, {
    load_dataset: { repoId: "a/b" },
    rename_columns: { renameMappings: { prompt: "instruction" } },
    generate_response: {
      numGenerations: 3,
      llm: { generationKwargs: { temperature: 0.5 }, timeout: 9 }
    }
  })
  expect(problems).toEqual([])
  const saved = await tree(await toYamlPromise({ ...loaded, graph }))
  const before = await tree(pythonDocuments.get("pipe-llms.yaml")!)
  const step = (of: Tree, i: number, ...path: Path): unknown =>
    valueAt(of, ["pipeline", "steps", i, "step", ...path])
  expect(step(saved, 0, "repo_id")).toBe("a/b")
  expect(step(saved, 1, "rename_mappings")).toEqual({ prompt: "instruction" })
  expect(step(saved, 2, "num_generations")).toBe(3)
  expect(step(saved, 2, "llm")).toEqual({
    ...(step(before, 2, "llm") as object),
    timeout: 9,
    generation_kwargs: { temperature: 0.5 }
  })
  expect(step(saved, 2, "runtime_parameters_info")).toEqual(
    step(before, 2, "runtime_parameters_info")
  )
  expect(step(saved, 3)).toEqual(step(before, 3))
})
