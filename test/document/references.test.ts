import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import type { InvalidDocument } from "../../src/index.ts"
import {
  FilterRows,
  from,
  fromFilePromise,
  fromYamlPromise,
  generatorStep,
  globalStep,
  inspect,
  inThreads,
  joinStep,
  LoadDataFromDicts,
  MapRows,
  OpenAILLM,
  Pipeline,
  runPromise,
  savePromise,
  type SaveWarning,
  step,
  TextGeneration,
  toYamlPromise
} from "../../src/index.ts"
import * as module from "./module.ts"

const modules = { "./module.ts": module }
const load = LoadDataFromDicts({ name: "load", data: [{ text: "a" }, { text: "bcd" }] })
const own = Pipeline("own", {}, from(load).to(module.shout).to(module.rate))

const warned = async (
  pipeline: Parameters<typeof toYamlPromise>[0],
  options: Parameters<typeof toYamlPromise>[1] = {}
) => {
  const warnings: Array<SaveWarning> = []
  const text = await toYamlPromise(pipeline, {
    ...options,
    onWarning: (warning) => warnings.push(warning)
  })
  return { text, warnings }
}

const rowsOf = async (
  pipeline: Parameters<typeof runPromise>[0]
): Promise<ReadonlyArray<unknown>> => {
  const { default: rows } = (await runPromise(pipeline, { progress: "none" })) as unknown as {
    readonly default: { readonly toArray: () => Promise<ReadonlyArray<Record<string, unknown>>> }
  }
  return (await rows.toArray()).map((row) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => column !== "distilabel_metadata"))
  )
}

describe("own steps and tasks are known by their module and export", () => {
  it("they come back and run", async () => {
    const { text, warnings } = await warned(own, { modules })
    expect(warnings).toEqual([])
    expect(text).toContain("module: ./module.ts\n          export: shout\n")
    const loaded = await fromYamlPromise(text, { modules })
    expect(loaded.missing).toEqual([])
    expect(await rowsOf(loaded)).toEqual(await rowsOf(own))
    expect(await rowsOf(loaded)).toEqual([
      { text: "a", loud: "A", rating: 5, model_name: "scripted" },
      { text: "bcd", loud: "BCD", rating: 5, model_name: "scripted" }
    ])
    expect(await toYamlPromise(loaded)).toBe(text)
  })

  it("modules may be given as functions that import them", async () => {
    const lazily = { "./module.ts": () => import("./module.ts") }
    const { text } = await warned(own, { modules: lazily })
    expect((await fromYamlPromise(text, { modules: lazily })).missing).toEqual([])
  })

  it("mappings and batch sizes are those of the document", async () => {
    const mapped = Pipeline(
      "mapped",
      {},
      from(LoadDataFromDicts({ name: "load", data: [{ body: "a" }] })).to(module.shout, {
        input: { text: "body" }
      })
    )
    const text = (await warned(mapped, { modules })).text.replace(
      "output_mappings: {}\n        inputs",
      "output_mappings: {}\n        input_batch_size: 7\n        inputs"
    )
    const loaded = await fromYamlPromise(text, { modules })
    expect(loaded.graph.nodes.get("shout")!.step).toMatchObject({
      batchSize: 7,
      mappings: { input: { text: "body" } }
    })
    expect(await rowsOf(loaded)).toEqual([{ body: "a", loud: "A" }])
  })

  it("without the module it can be looked at, with its columns, and refuses to run with the way to give it", async () => {
    const loaded = await fromYamlPromise((await warned(own, { modules })).text)
    expect(loaded.missing).toMatchObject([
      { kind: "step", name: "shout", module: "./module.ts", steps: ["shout"] },
      { kind: "step", name: "rate", module: "./module.ts", steps: ["rate"] }
    ])
    const { steps } = inspect(loaded)
    expect(steps.find(({ name }) => name === "shout")).toMatchObject({
      type: "Step",
      reads: [{ column: "text", type: "string" }],
      adds: [{ column: "loud", type: "string" }]
    })
    expect(steps.find(({ name }) => name === "rate")!.adds.map(({ column }) => column)).toEqual([
      "rating",
      "model_name",
      "distilabel_metadata"
    ])
    await expect(runPromise(loaded, { progress: "none" })).rejects.toThrow(
      "the class 'shout' of './module.ts' is not here. Give it where the document is loaded: { modules: { \"./module.ts\": await import(\"./module.ts\") } }"
    )
  })

  it("another version than the document was written with is a warning", async () => {
    const text = (await warned(own, { modules })).text.replace('version: "1"', 'version: "0"')
    expect((await fromYamlPromise(text, { modules })).warnings).toMatchObject([
      { detail: "Step 'shout' was written down in version '0', and the module has version '1'." }
    ])
  })

  it.each([
    [
      "an export that is not there",
      "export: shout",
      "export: shoot",
      "The module './module.ts' has no export 'shoot', which step 'shout' refers to. Did you mean 'shout'? It exports: "
    ],
    [
      "an export that is no step",
      "export: shout",
      "export: notAStep",
      "'notAStep' of './module.ts' is no step, but step 'shout' refers to it."
    ],
    [
      "an export of another name",
      "export: shout",
      "export: rate",
      "'rate' of './module.ts' is a step called 'rate', but the document calls it 'shout'. Give both the same name."
    ]
  ])("%s is told with its place", async (_, before, after, message) => {
    const text = (await warned(own, { modules })).text.replace(before, after)
    const error = (await fromYamlPromise(text, { modules }).catch(
      (thrown: unknown) => thrown
    )) as InvalidDocument
    expect(error.problems).toHaveLength(1)
    expect(error.problems[0]!.message).toContain(message)
    expect(text.split("\n")[error.problems[0]!.line! - 1]).toContain(after)
  })

  it("a module that cannot be imported is told", async () => {
    const failing = () => Promise.reject(new Error("it is broken"))
    await expect(
      fromYamlPromise((await warned(own, { modules })).text, {
        modules: { "./module.ts": failing }
      })
    ).rejects.toThrow(
      "The module './module.ts', which step 'shout' refers to, cannot be imported: it is broken"
    )
  })
})

describe("functions, routings and schemas are known by their exports too", () => {
  const filtered = Pipeline(
    "filtered",
    {},
    from(load).route(module.byLength as never, [
      FilterRows({ name: "long", inputs: { text: Schema.String }, where: module.isLong }),
      MapRows({ name: "short", outputs: {}, map: () => ({}) })
    ]).flows as never
  )

  it("a function of a ready step, and a routing by row", async () => {
    const { text, warnings } = await warned(filtered, { modules })
    expect(warnings.map((warning) => warning.step)).toEqual(["short"])
    const loaded = await fromYamlPromise(text, { modules })
    expect(loaded.graph.routings[0]!.by).toBe(module.byLength)
    expect(loaded.graph.nodes.get("long")!.step.options["where"]).toBe(module.isLong)
    expect(loaded.missing).toMatchObject([{ kind: "function", name: "map", steps: ["short"] }])
  })

  it("a routing by batch", async () => {
    const routed = Pipeline(
      "routed",
      {},
      from(load).route(module.firstAlways, [
        FilterRows({ name: "a", inputs: { text: Schema.String }, where: module.isLong })
      ]).flows
    )
    const { text, warnings } = await warned(routed, { modules })
    expect(warnings).toEqual([])
    expect((await fromYamlPromise(text, { modules })).graph.routings[0]!.by).toBe(
      module.firstAlways
    )
    expect((await fromYamlPromise(text)).missing).toMatchObject([
      { kind: "routing", name: "firstAlways", steps: ["load"] },
      { kind: "function", name: "isLong", steps: ["a"] }
    ])
  })

  it("a schema, which is a JSON Schema where it is not exported", async () => {
    const generate = (structuredOutput: Schema.Constraint) =>
      Pipeline(
        "structured",
        {},
        from(LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })).to(
          TextGeneration({ name: "generate", llm: OpenAILLM({ model: "m" }), structuredOutput })
        )
      )
    const byExport = await fromYamlPromise(
      (await warned(generate(module.Character), { modules })).text,
      { modules }
    )
    expect(byExport.graph.nodes.get("generate")!.step.options["structuredOutput"]).toBe(
      module.Character
    )
    const { text } = await warned(
      generate(Schema.Struct({ name: Schema.String.annotate({ description: "Who it is" }) }))
    )
    expect(text).toContain("description: Who it is")
    const loaded = await fromYamlPromise(text)
    expect(inspect(loaded).steps[1]!.adds[0]).toEqual({
      column: "generation",
      type: "{ name: string }",
      optional: false
    })
    expect(await toYamlPromise(loaded)).toBe(text)
  })

  it("a function for threads says itself where it is", async () => {
    const url = new URL("../engine/score.ts", import.meta.url)
    const threaded = Pipeline(
      "threaded",
      {},
      from(load).to(
        step({
          name: "score",
          inputs: { text: Schema.String },
          outputs: { score: Schema.Number },
          process: inThreads<
            (rows: ReadonlyArray<{ readonly text: string }>) => Array<{ score: number }>
          >(url, "score")
        })
      )
    )
    const { text, warnings } = await warned(threaded)
    expect(warnings).toEqual([])
    expect(text).toContain(`module: ${url.href}`)
  })
})

describe("what is not exported loads, can be looked at, and refuses to run", () => {
  const shapes = [
    [
      "step",
      step({
        name: "it",
        inputs: { text: Schema.String },
        outputs: { n: Schema.Int },
        rowCount: "filter",
        process: (rows) => rows.map(() => ({ n: 1 }))
      })
    ],
    [
      "globalStep",
      globalStep({
        name: "it",
        inputs: { text: Schema.String },
        outputs: { n: Schema.Int },
        replaces: true,
        parameters: { top: Schema.Int },
        defaults: { top: 3 },
        process: () => [{ n: 1 }]
      })
    ],
    [
      "MapRows",
      MapRows({
        name: "it",
        inputs: { text: Schema.String },
        outputs: { n: Schema.Int },
        removes: ["text"],
        map: () => ({ n: 1 })
      })
    ]
  ] as const

  it.each(shapes)("%s", async (_, made) => {
    const pipeline = Pipeline("p", {}, from(load).to(made as never))
    const { text, warnings } = await warned(pipeline)
    expect(warnings).toMatchObject([
      {
        step: "it",
        detail: expect.stringContaining(
          "is not among the exports of the modules that were given: the document will load, but not run"
        ) as string
      }
    ])
    const loaded = await fromYamlPromise(text)
    const [, before] = inspect(pipeline).steps
    const [, after] = inspect(loaded).steps
    expect({ ...after, missing: [] }).toEqual(before)
    await expect(runPromise(loaded, { progress: "none" })).rejects.toThrow(
      "Step 'it' could not start (Missing)"
    )
    expect(await toYamlPromise(loaded)).toBe(text)
  })

  it("a generator and a step that joins", async () => {
    const source = generatorStep({
      name: "numbers",
      outputs: { n: Schema.Number },
      process: () => [{ n: 1 }]
    })
    const pipeline = Pipeline(
      "p",
      {},
      from(source)
        .branch([
          FilterRows({ name: "a", where: () => true }),
          FilterRows({ name: "b", where: () => true })
        ])
        .join(
          joinStep({
            name: "best",
            inputs: { n: Schema.Number },
            outputs: { best: Schema.Number },
            process: () => []
          })
        )
    )
    const loaded = await fromYamlPromise((await warned(pipeline)).text)
    expect(inspect(loaded).steps.map((each) => ({ ...each, missing: [] }))).toEqual(
      inspect(pipeline).steps
    )
  })

  it("a step that is bound by its name runs in its place", async () => {
    const [, made] = shapes[0]
    const { text } = await warned(Pipeline("p", {}, from(load).to(made)))
    const loaded = await fromYamlPromise(text, { bind: { it: made } })
    expect(loaded.missing).toEqual([])
    expect(await rowsOf(loaded)).toEqual([
      { text: "a", n: 1 },
      { text: "bcd", n: 1 }
    ])
  })
})

describe("nothing is imported that the user has not named", () => {
  const folder = mkdtempSync(join(tmpdir(), "distilabel-documents-"))
  const file = join(folder, "pipeline.yaml")
  const mark = join(folder, "executed")
  writeFileSync(
    join(folder, "steps.mjs"),
    `import { writeFileSync } from "node:fs"\nwriteFileSync(${JSON.stringify(mark)}, "yes")\nexport const isLong = (row) => row.text.length > 1\n`
  )
  const executed = (): boolean => {
    try {
      return readFileSync(mark, "utf8") === "yes"
    } catch {
      return false
    }
  }

  it("a module that a document names stays where it is, until it is allowed", async () => {
    await savePromise(
      Pipeline(
        "p",
        {},
        from(load).to(
          FilterRows({ name: "long", inputs: { text: Schema.String }, where: module.isLong })
        )
      ),
      file,
      { modules: { "./steps.mjs": module } }
    )
    expect((await fromFilePromise(file)).missing).toMatchObject([
      { kind: "function", name: "isLong", module: "./steps.mjs" }
    ])
    expect((await fromFilePromise(file, { allow: ["./other.mjs"] })).missing).toHaveLength(1)
    expect(executed()).toBe(false)
    const loaded = await fromFilePromise(file, { allow: ["./steps.mjs"] })
    expect(executed()).toBe(true)
    expect(await rowsOf(loaded)).toEqual([{ text: "bcd" }])
  })
})
