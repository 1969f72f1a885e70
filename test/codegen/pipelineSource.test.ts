import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { Project } from "ts-morph"
import { describe, expect, it } from "vitest"
import seed from "../../examples/seedPipeline.ts"
import { catalog } from "../../src/catalog/catalog.ts"
import { pipelineSource } from "../../src/codegen/write/pipelineSource.ts"
import {
  from,
  fromYamlPromise,
  InvalidDocument,
  LoadDataFromDicts,
  type LoadedPipeline,
  OpenAILLM,
  Pipeline,
  TextGeneration,
  toJsonPromise,
  toYamlPromise
} from "../../src/index.ts"
import type { Model } from "../../src/models/chat/Model.ts"
import { handWritten, pythonDocuments } from "../document/fixtures.ts"
import { essence, randomPipelines } from "../document/graphs.ts"
import * as module from "../document/module.ts"
import { dice, mutated } from "../document/mutate.ts"
import { settings, sourceFolder } from "./sources.ts"

const write = sourceFolder()
const modules = { "./module.ts": module }
const quiet = { modules, onWarning: () => undefined }

const sourceOf = (
  pipeline: LoadedPipeline,
  specifier: (name: string) => string | undefined = () => undefined
) => pipelineSource(pipeline, { registry: catalog, specifier })

/** Writes sources, and gives what the compiler says of all of them. */
const compiled = async (sources: ReadonlyMap<string, string>): Promise<string> => {
  const paths = [...sources].map(([name, text]) => write(name, text))
  const config = join(dirname(paths[0]!), "tsconfig.json")
  writeFileSync(config, JSON.stringify({ ...settings, files: [...sources.keys()], include: [] }))
  return promisify(execFile)("node_modules/.bin/tsc", ["-p", config]).then(
    ({ stdout }) => stdout,
    ({ stdout }: { readonly stdout: string }) => stdout
  )
}

const imported = async (path: string) =>
  ((await import(pathToFileURL(path).href)) as { readonly default: LoadedPipeline }).default

/** The pipeline without what its document said: it is written by what it is. */
const forgetful = ({ description, graph, name }: LoadedPipeline): LoadedPipeline =>
  ({ description, graph, name }) as LoadedPipeline

/** What a pipeline is, in whichever order its steps stand. */
const unordered = (pipeline: LoadedPipeline): unknown => {
  const { incoming, nodes, outgoing, ...rest } = essence(pipeline) as {
    readonly nodes: ReadonlyArray<{ readonly step: { readonly name: string } }>
    readonly incoming: ReadonlyArray<[string]>
    readonly outgoing: ReadonlyArray<[string]>
  }
  const byName = (a: readonly [string], b: readonly [string]): number => (a[0] < b[0] ? -1 : 1)
  return {
    ...rest,
    nodes: nodes.toSorted((a, b) => (a.step.name < b.step.name ? -1 : 1)),
    incoming: incoming.toSorted(byName),
    outgoing: outgoing.toSorted(byName)
  }
}

/** Which steps there are, and where each gets its rows. */
const connectionsOf = ({ graph }: LoadedPipeline): unknown =>
  [...graph.nodes.values()]
    .map(({ from: before, gather, name }) => ({ name, from: before, gather }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** What Python writes where nobody set anything. */
const pythonDefaults: Readonly<Record<string, unknown>> = {
  add_raw_input: true,
  add_raw_output: true,
  encoded: [],
  group_generations: false,
  image_type: "url",
  num_generations: 1,
  private: false,
  size: 2,
  split: "train",
  // Of PrepareExamples.
  template: "## Query:\n{query}\n## Answers:\n{answers}"
}
const modelDefaults: Readonly<Record<string, unknown>> = {
  generation_kwargs: {},
  max_retries: 6,
  timeout: 120
}

/** Options that hold a model. */
const modelKeys: ReadonlySet<string> = new Set(["llm", "image_generation_model"])

/**
 * A field without what goes without saying in a model, and without the schema that became the
 * task's.
 */
const withoutDefaults = (key: string, value: unknown): unknown =>
  modelKeys.has(key) && typeof value === "object" && value !== null
    ? Object.fromEntries(
        Object.entries(value).filter(
          ([field, held]) =>
            field !== "structured_output" &&
            field !== "distilabel_ts" &&
            JSON.stringify(held) !== JSON.stringify(modelDefaults[field])
        )
      )
    : value

/** A field without what the source says of null, and Python's document does not. */
const withoutAllowed = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || !("allows_null" in value)) return value
  const { allows_null: _, ...others } = value
  return others
}

interface SavedStep {
  readonly name: string
  readonly step: Readonly<Record<string, unknown>>
}
const savedSteps = async (pipeline: LoadedPipeline): Promise<ReadonlyArray<SavedStep>> =>
  (
    JSON.parse(await toJsonPromise(pipeline, { ...quiet, rows: "leave-out" })) as {
      readonly pipeline: { readonly steps: ReadonlyArray<SavedStep> }
    }
  ).pipeline.steps

/** Whether a step's model is asked for something else than the step wants of it. */
const asksOtherwise = ({ graph }: LoadedPipeline, step: string): boolean => {
  const { options, type } = graph.nodes.get(step)!.step
  const { kind } = options["llm"] as Model
  return kind !== catalog.steps.get(type)!.source.asks
}

describe("the 31 documents of Python's distilabel", () => {
  const sources = new Map<string, string>()
  const loaded = new Map<string, LoadedPipeline>()

  it("become sources that compile, all in one program", async () => {
    for (const [name, text] of pythonDocuments) {
      const pipeline = await fromYamlPromise(text)
      loaded.set(name, pipeline)
      sources.set(name.replace(".yaml", ".ts"), sourceOf(pipeline).source)
    }
    expect(sources.size).toBe(31)
    expect(await compiled(sources)).toBe("")
  }, 90_000)

  it("keep null where Python does, and say where it reaches a step that wants a value", () => {
    const source = sources.get("rename-chain.ts")!
    expect(source).toMatch(
      /const textGeneration1 = allowNulls\(\s*TextGeneration\(\{[^]*?nulls: "keep"[^]*?\}\),\s*\["instruction"\]\s*\)/
    )
    const allowing = [...sources].filter(([, text]) => text.includes("allowNulls("))
    expect(allowing.map(([name]) => name).toSorted()).toEqual([
      "clean-existing-dataset-tutorial.ts",
      "generate-preference-dataset-tutorial.ts",
      "preference-pairs.ts",
      "rename-chain.ts",
      "scale-clean.ts"
    ])
  })

  it("that make pipelines with the same steps and connections; steps whose classes are here are the same when saved", async () => {
    let compared = 0
    for (const [name, pipeline] of loaded) {
      const again = await imported(
        write(name.replace(".yaml", ".ts"), sources.get(name.replace(".yaml", ".ts"))!)
      )
      expect(connectionsOf(again), name).toEqual(connectionsOf(pipeline))
      expect(again.graph.routings).toHaveLength(pipeline.graph.routings.length)
      expect(new Set(again.graph.leaves)).toEqual(new Set(pipeline.graph.leaves))
      const saved = new Map(
        (await savedSteps(again)).map(({ name: step, step: fields }) => [step, fields])
      )
      for (const { name: step, step: fields } of await savedSteps(forgetful(pipeline))) {
        // What is not here cannot be the same; what goes without saying is not said.
        if (
          pipeline.missing.some(({ steps }) => steps.includes(step)) ||
          "columns" in pipeline.graph.nodes.get(step)!.step.mappings.output
        )
          continue
        if (JSON.stringify(fields).includes('"LoadDataFromHub"')) continue
        compared++
        const told = saved.get(step)!
        for (const [key, value] of Object.entries(fields)) {
          if (key === "runtime_parameters_info") continue
          // The answer's schema moves from the model to the task: `structuredOutput` types its column.
          if (key === "distilabel_ts" && name === "exam-questions.yaml") continue
          // A chat model in the place of one that embeds: what stands for it says so.
          if (key === "llm" && asksOtherwise(pipeline, step)) continue
          expect(
            withoutDefaults(key, withoutAllowed(told[key]) ?? pythonDefaults[key]),
            `${name} ${step} ${key}`
          ).toEqual(withoutDefaults(key, value))
        }
      }
    }
    expect(compared).toBeGreaterThan(30)
  }, 60_000)

  it("name what is to be written, with the columns that the graph implies", async () => {
    const ofTheirOwn = new Map(pythonDocuments)
      .get("deita-chain.yaml")!
      .replaceAll("ComplexityScorer", "OwnScorer")
      .replaceAll("EvolInstruct", "OwnEvolution")
    const { notes, skeletons, source } = sourceOf(await fromYamlPromise(ofTheirOwn))
    expect(skeletons).toContain("evol_instruction_complexity")
    expect(notes).toEqual([])
    expect(source).toContain(
      "// OwnEvolution of distilabel.steps.tasks.evol_instruct.base is not here: write what it does. The document says of it:\n//   numEvolutions: 5\n"
    )
    expect(source).toMatch(
      /task\(\{\n {2}name: "instruction_complexity_scorer",[^]*? {2}inputs: \{ instructions: Schema\.Unknown \},\n {2}outputs: \{[^]*?scores: Schema\.Array\(Schema\.NullOr\(Schema\.Number\)\)/
    )
    expect(sourceOf(loaded.get("apigen.yaml")!).source).toContain(
      'const apiGenGenerator0 = APIGenGenerator({\n  name: "a_p_i_gen_generator_0",'
    )
    const instructor = sourceOf(loaded.get("structured-generation-instructor.yaml")!)
    expect(instructor.source).toContain("export const KnowledgeGraph = Schema.Struct({})\n")
    expect(instructor.notes).toEqual(["the fields of KnowledgeGraph are to be written"])
  })
})

describe("pipelines of this library", () => {
  it("that were written with flows come back in the very same document", async () => {
    const yaml = await toYamlPromise(seed, quiet)
    const { notes, skeletons, source } = sourceOf(await fromYamlPromise(yaml))
    expect({ notes, skeletons }).toEqual({ notes: [], skeletons: [] })
    expect(source).toContain("const rows = from(loadDataset)\n  .route(sampleNSteps(2), [\n")
    expect(await toYamlPromise(await imported(write("seed.ts", source)), quiet)).toBe(yaml)
  })

  it("with types that hold themselves keep them: trees, and types that hold each other", async () => {
    const Leaf = Schema.Struct({ text: Schema.String }).annotate({ identifier: "Leaf" })
    interface Branch {
      readonly leaf: typeof Leaf.Type
      readonly children: ReadonlyArray<Branch>
      readonly other: Other | null
    }
    interface Other {
      readonly back?: Branch
    }
    const Branch: Schema.Codec<Branch> = Schema.Struct({
      leaf: Leaf,
      children: Schema.Array(Schema.suspend(() => Branch)),
      other: Schema.NullOr(Schema.suspend(() => Other))
    }).annotate({ identifier: "Branch" })
    const Other: Schema.Codec<Other> = Schema.Struct({ back: Schema.optionalKey(Branch) }).annotate(
      { identifier: "Other" }
    )
    const tree = Schema.Struct({ root: Branch, leaf: Leaf })
    const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Draw a tree." }] })
    const llm = OpenAILLM({ model: "gpt-4o-mini" })
    const yaml = await toYamlPromise(
      Pipeline(
        "trees",
        {},
        from(load).to(TextGeneration({ name: "draw", llm, structuredOutput: tree }))
      ),
      quiet
    )
    const { notes, source } = sourceOf(await fromYamlPromise(yaml))
    expect(notes).toEqual([])
    expect(source).not.toContain("Schema.Unknown")
    const path = write("trees.ts", source)
    expect(await compiled(new Map([["trees.ts", source]]))).toBe("")
    const again = await imported(path)
    const drawn = {
      root: {
        leaf: { text: "a" },
        children: [],
        other: { back: { leaf: { text: "b" }, children: [], other: null } }
      },
      leaf: { text: "c" }
    }
    const given = again.graph.outgoing.get("draw")!.columns["generation"] as Schema.Codec<unknown>
    expect(Schema.is(given)(drawn)).toBe(true)
    expect(
      Schema.is(given)({ ...drawn, root: { ...drawn.root, other: { back: { leaf: {} } } } })
    ).toBe(false)
  }, 60_000)

  it("whatever they are, compile and are what they were", async () => {
    const pipelines = fc.sample(randomPipelines, { numRuns: 40, seed: 3 })
    const documents = await Promise.all(pipelines.map((pipeline) => toYamlPromise(pipeline, quiet)))
    const loaded = await Promise.all(documents.map((text) => fromYamlPromise(text, { modules })))
    // The functions of random pipelines take rows that are not theirs.
    const loose = write(
      "functions.ts",
      "export const isLong = (row: object): boolean => JSON.stringify(row).length > 3\n"
    )
    const sources = new Map(
      loaded.map((pipeline, i) => [
        `random${i}.ts`,
        sourceOf(pipeline, () => "./functions.ts").source
      ])
    )
    expect(await compiled(sources)).toBe("")
    const functions = (await import(pathToFileURL(resolve(loose)).href)) as object
    for (const [i, text] of documents.entries()) {
      const again = await imported(resolve(dirname(loose), `random${i}.ts`))
      const bound = await fromYamlPromise(text, { modules: { "./module.ts": functions } })
      expect(unordered(again)).toEqual(unordered(bound))
      expect(sources.get(`random${i}.ts`)).not.toMatch(/secretsecret|sk-secret/)
    }
  }, 90_000)
})

it("secrets and hostile texts of a document do not get into the source as code", async () => {
  const named = handWritten
    .replace(
      "name: hand-written",
      'name: "*/ process.exit(1) /*"\n  description: "*/\\nprocess.exit(1) //`${x}"'
    )
    .replace(
      "answers: The Ucayali.",
      'answers: "`${process.exit(1)}\\n\\\\"\n          api_key: sk-secret-secret'
    )
  const pipeline = await fromYamlPromise(named)
  const written = sourceOf(pipeline).source
  expect(written).not.toContain("sk-secret")
  const again = await imported(write("hostile.ts", written))
  expect(again).toMatchObject({ name: pipeline.name, description: pipeline.description })
  expect(again.graph.nodes.get("generate")!.step.options["llm"]).toMatchObject({
    options: { answers: "`${process.exit(1)}\n\\" }
  })
})

it("every document that is a graph becomes a source that can be read", async () => {
  const roll = dice(7)
  const documents = [
    handWritten,
    ...[
      "dry-run.yaml",
      "branching-misalignment.yaml",
      "offline-batch.yaml",
      "rename-chain.yaml",
      "structured-generation-outlines.yaml"
    ].map((name) => pythonDocuments.get(name)!)
  ]
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true })
  let read = 0
  for (let i = 0; i < 600; i++) {
    const loaded = await fromYamlPromise(mutated(documents[i % documents.length]!, roll)).catch(
      (thrown: unknown) => {
        if (thrown instanceof InvalidDocument) return undefined
        throw thrown
      }
    )
    if (loaded === undefined) continue
    const { source } = sourceOf(loaded)
    const { parseDiagnostics } = project.createSourceFile("pipeline.ts", source, {
      overwrite: true
    }).compilerNode as unknown as {
      readonly parseDiagnostics: ReadonlyArray<{ readonly messageText: unknown }>
    }
    expect(
      parseDiagnostics.map(({ messageText }) => messageText),
      source
    ).toEqual([])
    read++
  }
  expect(read).toBeGreaterThan(30)
}, 60_000)
