import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { describe, expect, it } from "vitest"
import { nativeCompiler } from "../../src/codegen/compilers/nativeCompiler.ts"
import {
  type ReadWith,
  readWithCompiler,
  readWithJavascriptCompiler
} from "../../src/codegen/compilers/readWithCompiler.ts"
import { SourceError } from "../../src/codegen/compilers/SourceError.ts"
import * as reading from "../../src/codegen/read/inspectSource.ts"
import { isSentence } from "../../src/codegen/read/wiringProblems.ts"
import { isOptional } from "../../src/columns/Columns.ts"
import type { AnyPipeline } from "../../src/pipeline/Pipeline.ts"
import { sourceFolder } from "./sources.ts"

const write = sourceFolder()

const compilers = [
  ["the native compiler", readWithCompiler],
  ["the compiler in JavaScript", readWithJavascriptCompiler]
] as const

/**
 * What each compiler says of the messages' wiring, read as a user's file; it takes seconds, and is
 * asked once.
 */
const wiring = new Map<ReadWith, ReturnType<typeof reading.inspectSource>>()
const inspectedWiring = (readWith: ReadWith): ReturnType<typeof reading.inspectSource> => {
  const text = readFileSync("test-messages/wiring.ts", "utf8")
  const known =
    wiring.get(readWith) ??
    reading.inspectSource(
      write("wiring.ts", text.replace("../src/index.ts", "distilabel-ts")),
      readWith
    )
  wiring.set(readWith, known)
  return known
}

const nested = `
import { Pipeline, from, concat, join, LoadDataFromDicts, globalStep, KeepColumns, step, TextGeneration, ScriptedLLM, FilterRows, CombineColumns } from "distilabel-ts"
import { Schema } from "effect"
import { load, writer } from "./parts.ts"
const answered = from(load).to(writer("answer"), { input: { instruction: "question" } })
const branches = answered.route((row) => row.lang === "en" ? "hard" : "easy", [
  FilterRows({ name: "hard", where: () => true }),
  step({ name: "easy", inputs: { score: Schema.Number }, outputs: { level: Schema.String }, process: (rows) => rows.map(() => ({ level: "x" })) })
])
const { flows: [hard, easy] } = branches
const both = join([hard, easy.to(globalStep({ name: "dedup", inputs: { level: Schema.String }, process: (rows) => [...rows] }))], CombineColumns({ name: "both", columns: ["generation"] }))
const kept = both.to(KeepColumns({ name: "kept", columns: ["question", "grouped_generation"] }))
const more = from(LoadDataFromDicts({ name: "more", data: [{ question: "b" }] }))
const arms = ["small", "large"] as const
const last = concat([hard, more], { name: "all" })
  .branch(arms.map((model) => TextGeneration({ name: \`again_\${model}\`, llm: ScriptedLLM({ model, answers: "x" }), template: "{{ question }}" })))
export default Pipeline("nested", { description: "A graph in two files" }, [kept, last.join(CombineColumns({ name: "end", columns: ["generation"], outputColumns: ["again"] }))])
`
const parts = `
import { LoadDataFromDicts, ScriptedLLM, TextGeneration } from "distilabel-ts"
throw new Error("this file may not run")
export const load = LoadDataFromDicts({ name: "load", data: [{ question: "a", score: 1, lang: "en" }] })
/** Writes. */
export function writer<const Name extends string>(name: Name) {
  return TextGeneration({ name, llm: ScriptedLLM({ model: "small", answers: "x" }) })
}
`

describe.each(compilers)("a pipeline's source, read by %s,", (_, readWith) => {
  const inspectSource = (path: string) => reading.inspectSource(path, readWith)

  it("tells the graph that running it gives: steps, kinds, connections, columns, subsets", async () => {
    write("running/parts.ts", parts.replace(/^throw.*$/m, ""))
    const running = write("running/nested.ts", nested)
    const { graph, name } = (
      (await import(pathToFileURL(running).href)) as { readonly default: AnyPipeline }
    ).default
    const report = await inspectSource(running)
    expect({
      problems: report.problems,
      notFollowed: report.notFollowed,
      unplaced: report.unplaced,
      name: report.name
    }).toEqual({ problems: [], notFollowed: [], unplaced: [], name })
    expect(new Set(report.steps.map((step) => step.name))).toEqual(new Set(graph.nodes.keys()))
    for (const step of report.steps) {
      const node = graph.nodes.get(step.name)!
      expect({
        step: step.name,
        from: step.from.toSorted(),
        kind: step.kind === "concat" ? "step" : step.kind
      }).toEqual({ step: step.name, from: node.from.toSorted(), kind: node.step.kind })
      const columns = Object.entries(graph.outgoing.get(step.name)!.columns).map(
        ([column, schema]) => `${column}${isOptional(schema) ? "?" : ""}`
      )
      expect(
        step.after.map((column) => `${column.name}${column.optional ? "?" : ""}`).toSorted()
      ).toEqual(columns.toSorted())
      expect(step.type.toLowerCase()).toBe(node.step.type.toLowerCase())
      const parameters = step.parameters.map((parameter) => parameter.name.split(".")[0])
      expect(Object.keys(node.step.parameters)).toEqual(expect.arrayContaining(parameters))
      if (step.kind !== "concat")
        expect(parameters).toContain(step.kind === "generator" ? "batchSize" : "inputBatchSize")
    }
    expect(report.subsets.map((subset) => subset.name)).toEqual(graph.leaves)
  })

  it("is never run, and tells where steps are made, what they read and under which names, and their models", async () => {
    write("parts.ts", parts)
    const { steps } = await inspectSource(write("nested.ts", nested))
    const step = (name: string) => steps.find((each) => each.name === name)!
    expect(step("answer")).toMatchObject({
      type: "TextGeneration",
      model: "small",
      input: { instruction: "question" },
      from: ["load"],
      gets: "every row",
      place: { line: 7, column: 10 }
    })
    expect(step("answer").place.file).toMatch(/parts\.ts$/)
    expect(step("answer").reads).toEqual([
      { name: "instruction", type: "string", optional: false },
      { name: "system_prompt", type: "string | null", optional: true }
    ])
    expect(step("easy")).toMatchObject({
      gets: "some rows or batches",
      reads: [{ name: "score", type: "number", optional: false }],
      place: { line: 8 }
    })
    expect(step("again_large")).toMatchObject({ model: "large", from: ["all"] })
    expect(step("end").from).toEqual(["again_large", "again_small"])
    expect(step("both")).toMatchObject({ kind: "join", gets: "branches joined" })
    expect(step("both").after.find(({ name }) => name === "grouped_generation")).toEqual({
      name: "grouped_generation",
      type: "string[]",
      optional: false
    })
    expect(step("answer").parameters.find(({ name }) => name === "numGenerations")).toMatchObject({
      optional: true,
      type: "number",
      about: "Answers to each row. Default 1."
    })
    expect(
      step("answer").parameters.some(({ name }) => name === "llm.generationKwargs.temperature")
    ).toBe(true)
  })

  it("has the problems that the editor shows, each at its place, in the words of the check at run time", async () => {
    const { problems } = await inspectedWiring(readWith)
    const lines = readFileSync("test-messages/wiring.ts", "utf8").split("\n")
    let line = 0
    let checked = 0
    for (const [i, text] of lines.entries()) {
      const wanted = /^\/\/~ (.*)/.exec(text)?.[1]
      if (wanted === undefined) line = i + 1
      else if (isSentence(wanted)) {
        checked++
        expect(
          problems.filter(
            (problem) =>
              problem.line === line &&
              problem.kind === "wiring" &&
              problem.message.startsWith(wanted)
          ),
          `line ${line}: ${wanted}`
        ).not.toEqual([])
      }
    }
    expect(checked).toBeGreaterThan(40)
    const at = (number: number) =>
      problems
        .filter((problem) => problem.line === number)
        .map(({ column, message }) => `${column}: ${message}`)
    const mapped =
      lines.findIndex((text) => text === 'rows.to(gen, { input: { instruction: "promt" } })') + 1
    expect(at(mapped)).toEqual([
      expect.stringMatching(
        /^25: Step 'gen' needs column 'promt', which no earlier step gives\. Columns here: prompt, completion, meta, tags\. Did you mean 'prompt'\?/
      )
    ])
    expect(at(mapped + 3)).toEqual([
      expect.stringContaining(
        "Step 'gen' cannot read column 'meta': wrong type. It wants string and gets number."
      )
    ])
    expect(at(mapped + 6)).toEqual([
      expect.stringContaining(
        "Step 'gen' maps column 'instructon', which it does not have. Did you mean 'instruction'?"
      )
    ])
    const disagree = problems.find(({ code }) => code === "BranchesDisagree")!
    expect(disagree.message).toContain(
      "Branches before 'both' give column 'count' different types. words: number; letters: string."
    )
  })
})

describe("both compilers", () => {
  // Where columns are mapped, each compiler has an order of its own.
  const here = /(?<=Columns here: )[^.]+/
  const sorted = (names: string) => names.split(", ").toSorted().join(", ")

  it("tell wiring in the same words at the same places, also after an emoji", async () => {
    const source = write(
      "emoji.ts",
      `import { from, LoadDataFromDicts, Pipeline, ScriptedLLM, TextGeneration } from "distilabel-ts"
const load = LoadDataFromDicts({ name: "load", data: [{ prompt: "a", ten: 1, two: 2 }] })
const write = TextGeneration({ name: "wrïte", llm: ScriptedLLM({ answers: "🦆" }) })
/* 🦆🦆 */ export default Pipeline("🦆", {}, from(load).to(write))
`
    )
    for (const inspected of [
      (readWith: ReadWith) => reading.inspectSource(source, readWith),
      inspectedWiring
    ]) {
      const [native = [], javascript = []] = await Promise.all(
        compilers.map(async ([, readWith]) => {
          const { problems } = await inspected(readWith)
          return problems
            .filter(({ kind }) => kind === "wiring")
            .map(
              ({ column, line, message }) => `${line}:${column} ${message.replace(here, sorted)}`
            )
        })
      )
      expect(native).not.toEqual([])
      expect(native).toEqual(javascript)
    }
  })

  it("see all that a project imports of a package, in whichever way and file", async () => {
    const door = "node_modules/some-rows/index"
    write(`${door}.d.ts`, 'export { Option as Maybe } from "effect"\n')
    write(`${door}.js`, "")
    write("node_modules/some-rows/package.json", '{ "name": "some-rows", "type": "module" }')
    write(
      "beside.ts",
      `import {
  Effect as Made, // Under another name.
  type Duration
} from "effect"
export const made = (wait: Duration.Duration) => Made.delay(Made.succeed("a"), wait)
`
    )
    const misspelt = write(
      "misspelt.ts",
      'import { Schema, Efect } from "effect"\nexport default Efect\n'
    )
    const whole = write(
      "whole.ts",
      'import * as all from "effect"\nexport const one: number = all.Chunk.of(1)\nexport default one\n'
    )
    const source = write(
      "doors.ts",
      `import { from, LoadDataFromDicts, Pipeline } from "distilabel-ts"
import { Schema } from "effect"
import { Maybe } from "some-rows"
import { made } from "./beside.ts"
export const held: number = Maybe.some(Schema.String)
export const ready: number = made
export default Pipeline("doors", {}, from(LoadDataFromDicts({ name: "load", data: [{ a: 1 }] })))
`
    )
    for (const [, readWith] of compilers) {
      const told = async (path: string): Promise<ReadonlyArray<string>> =>
        (await reading.inspectSource(path, readWith)).problems.map(
          ({ line, message }) => `${line}: ${message}`
        )
      expect(await told(source)).toEqual([
        expect.stringContaining("5: Type 'Option<String>' is not assignable to type 'number'."),
        // Each compiler has its own words for where a type comes from.
        expect.stringMatching(/^6: Type '.*Duration\) => .*Effect<string, never, never>' is not/)
      ])
      expect((await told(misspelt))[0]).toContain("Did you mean 'Effect'?")
      expect((await told(whole))[0]).toBe(
        "2: Type 'NonEmptyChunk<number>' is not assignable to type 'number'."
      )
    }
  })

  it("are each the one that they are said to be", () => {
    const settings = { config: undefined, fixed: {}, strict: {} }
    using native = nativeCompiler(resolve("examples/seedPipeline.ts"), settings)
    expect(native).toBeDefined()
    // Where there is no TypeScript to be found, there is no native one.
    expect(nativeCompiler("/nowhere/pipeline.ts", settings)).toBeUndefined()
  })
})

describe.each(compilers)("a source that is no pipeline, read by %s,", (_, readWith) => {
  const inspectSource = (path: string) => reading.inspectSource(path, readWith)

  it("that is not there, is a folder or no module gets one error", async () => {
    for (const [path, words] of [
      ["none.ts", "there is no such file"],
      ["test", "it is a folder"],
      ["README.md", "it is no module"]
    ] as const) {
      await expect(inspectSource(path)).rejects.toThrow(SourceError)
      await expect(inspectSource(path)).rejects.toThrow(words)
    }
  })

  it("whose tsconfig.json cannot be read is told so", async () => {
    write("broken/tsconfig.json", '{ "compilerOptions": { "strict": tru }, ]')
    const file = write("broken/pipeline.ts", "export default 1\n")
    await expect(inspectSource(file)).rejects.toThrow(
      /its tsconfig\.json \(\S+broken\/tsconfig\.json\) cannot be read/
    )
  })

  it("that is no TypeScript gets its syntax errors, and nothing else", async () => {
    const { problems, steps } = await inspectSource(
      write("syntax.ts", "const a = {\nexport default a b c\n")
    )
    expect(steps).toEqual([])
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.every(({ kind, line }) => kind === "syntax" && line >= 2)).toBe(true)
  })

  it("that imports what is not there is told how to get it, and of nothing that follows from it", async () => {
    const { problems } = await inspectSource(
      write(
        "unresolved.ts",
        `
import { Pipeline } from "distilabel-tss"
import { rows } from "@scope/rows/all"
import { a } from "./a.ts"
export default Pipeline("x", {}, rows.map((row) => row.b + a))
`
      )
    )
    expect(problems.map(({ kind, line, message }) => `${line} ${kind} ${message}`)).toEqual([
      "2 module There is no module 'distilabel-tss'. Install it (npm install distilabel-tss), or correct its name.",
      "3 module There is no module '@scope/rows/all'. Install it (npm install @scope/rows), or correct its name.",
      "4 module There is no module './a.ts'. Check the path, and that it ends in .ts or .js."
    ])
  })

  it("that exports nothing, or something else, is told what to write", async () => {
    expect(
      (await inspectSource(write("nothing.ts", "export const a = 1\n"))).problems
    ).toMatchObject([
      { code: "NoDefaultExport", message: expect.stringContaining("no default export") }
    ])
    expect((await inspectSource(write("number.ts", "export default 1\n"))).problems).toMatchObject([
      { code: "NoPipeline", message: expect.stringContaining("is no pipeline but '1'") }
    ])
  })

  it("whose steps are known only when it runs says where that is", async () => {
    const { notFollowed, problems, steps, unplaced } = await inspectSource(
      write(
        "builder.ts",
        `
import { from, GraphBuilder, LoadDataFromDicts, Pipeline, step } from "distilabel-ts"
let flow = from(LoadDataFromDicts({ name: "load", data: [{ a: 1 }] })).to(step({ name: "only", process: (rows) => rows }))
export const built = new GraphBuilder("x").build()
export default Pipeline("x", {}, flow)
`
      )
    )
    expect(problems).toEqual([])
    expect(steps).toEqual([])
    expect(unplaced.map(({ name }) => name)).toEqual(["load", "only"])
    expect(notFollowed).toMatchObject([{ line: 5, text: "flow" }])
  })
})

describe.each(compilers)("a step that no pipeline runs, read by %s,", (_, readWith) => {
  const inspectSource = (path: string) => reading.inspectSource(path, readWith)

  const source = (rest: string) =>
    `import { from, LoadDataFromDicts, Pipeline, ScriptedLLM, TextGeneration } from "distilabel-ts"
const llm = ScriptedLLM({ answers: "x" })
const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
const write = TextGeneration({ name: "write", llm })
const judge = TextGeneration({ name: "judge", llm })
${rest}
`
  const problemsOf = async (rest: string) =>
    (await inspectSource(write("unused.ts", source(rest)))).problems.map(
      ({ line, message }) => `${line} ${message}`
    )

  it("is told where it is made, whether it stands in no flow or in one that is not used", async () => {
    expect(await problemsOf(`export default Pipeline("p", {}, from(load).to(write))`)).toEqual([
      "5 Step 'judge' is made and never used. Connect it, .to(judge), or remove it."
    ])
    expect(
      await problemsOf(
        `const flow = from(load).to(write)\nflow.to(judge)\nexport default Pipeline("p", {}, flow)`
      )
    ).toEqual([
      expect.stringMatching(/^5 Step 'judge' is part of no pipeline: .*keep what \.to\(…\) returns/)
    ])
  })

  it("is what a misspelt name most likely meant", async () => {
    expect(
      await problemsOf(`export default Pipeline("p", {}, from(load).to(write).to(jugde))`)
    ).toEqual(["6 Cannot find name 'jugde'. Did you mean 'judge'?"])
  })

  it("is none that another pipeline runs, that is exported, or that a function makes", async () => {
    expect(
      await problemsOf(
        `export const other = Pipeline("o", {}, from(load).to(judge))
export const later = TextGeneration({ name: "later", llm })
export const make = () => TextGeneration({ name: "made", llm })
export default Pipeline("p", {}, from(load).to(write))`
      )
    ).toEqual([])
  })
})
