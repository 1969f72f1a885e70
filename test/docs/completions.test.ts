import ts from "@tsd/typescript"
import { expect, it } from "vitest"
import { conditions } from "../program.ts"

/** What an editor with TypeScript 5.9 offers where `▮` stands. */
const source = `
import { Schema } from "effect"
import { CombineColumns, DropNulls, from, KeepColumns, LoadDataFromDicts, MapRows, Pipeline, runPromise, ScriptedLLM, step, TextGeneration } from "distilabel-ts"
const rows = from(LoadDataFromDicts({ name: "load", data: [{ prompt: "a", meta: 1 }] }))
const llm = ScriptedLLM({ answers: "x" })
const gen = TextGeneration({ name: "gen", llm })
rows.to(gen, { input: { ▮ } })
rows.to(gen, { input: { instruction: "▮" } })
TextGeneration({ name: "g", llm, inputMappings: { ▮ } })
TextGeneration({ name: "g", llm, outputMappings: { ▮ } })
LoadDataFromDicts({ name: "l", data: [{ prompt: "a" }], outputMappings: { ▮ } })
step({ name: "s", inputs: { text: Schema.String }, inputMappings: { ▮ }, process: (rows) => rows })
const distiset = await runPromise(Pipeline("p", {}, rows.to(gen, { input: { instruction: "prompt" } })), { parameters: { ▮ } })
for await (const row of distiset.default) row.▮;
rows.to(KeepColumns({ name: "k", columns: ["▮"] }))
rows.to(DropNulls({ name: "d", columns: ["meta", "▮"] }))
rows.branch([gen]).join(CombineColumns({ name: "c", columns: ["▮"] }))
rows.▮;
rows.branch([gen]).▮;
distiset.▮;
gen.▮;
`

/** Where F12 leads and what F2 renames, from where `▮` stands: `◆` marks the declaration. */
const declared = `
import { Schema } from "effect"
import { CombineColumns, from, LoadDataFromDicts, MapRows, Pipeline, runPromise } from "distilabel-ts"
const rows = from(LoadDataFromDicts({ name: "load", data: [{ ◆prompt: "a", ◆meta: 1 }] }))
const counted = MapRows({ name: "counted", inputs: { ◆prompt: Schema.String }, outputs: { ◆chars: Schema.Number }, map: (row) => ({ chars: row.pro▮mpt.length }) })
const again = MapRows({ name: "again", inputs: { ◆chars: Schema.Number }, outputs: {}, map: (row) => (console.log(row.ch▮ars), {}) })
const distiset = await runPromise(Pipeline("p", {}, rows.to(counted).to(again)))
for await (const row of distiset.default) console.log(row.pr▮ompt, row.me▮ta, row.ch▮ars)
`

const texts = new Map(
  Object.entries({ completions: source, declared }).map(([name, marked]) => [
    `${process.cwd()}/test/docs/${name}.example.ts`,
    marked.replaceAll(/[▮◆]/g, "")
  ])
)
const [completionsFile = "", declaredFile = ""] = texts.keys()
const read = (path: string) => texts.get(path) ?? ts.sys.readFile(path)
const service = ts.createLanguageService({
  getScriptFileNames: () => [...texts.keys()],
  getScriptVersion: () => "1",
  getScriptSnapshot: (path) => {
    const found = read(path)
    return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found)
  },
  getCompilationSettings: () => ({
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    // As users' editors do, it reads the declarations of the build, where there is one.
    customConditions: conditions.length === 0 ? [] : ["distilabel-ts:source"]
  }),
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (path) => texts.has(path) || ts.sys.fileExists(path),
  readFile: read,
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
  getCurrentDirectory: ts.sys.getCurrentDirectory
})

it("the editor offers columns, steps, and what one can do with a flow", () => {
  const parts = source.split("▮")
  let position = 0
  const offered = parts.slice(0, -1).map((part) => {
    position += part.length
    return service
      .getCompletionsAtPosition(completionsFile, position, { includeCompletionsWithInsertText: true })
      ?.entries.map(({ name }) => name)
      .toSorted()
  })
  expect(offered).toEqual([
    ["instruction", "system_prompt"],
    ["prompt"],
    ["instruction", "system_prompt"],
    ["distilabel_metadata", "generation", "model_name"],
    ["prompt"],
    ["text"],
    ["gen", "load"],
    ["distilabel_metadata", "generation", "meta", "model_name", "prompt"],
    ["meta", "prompt"],
    ["meta", "prompt"],
    ["distilabel_metadata", "generation", "meta", "model_name", "prompt"],
    ["branch", "node", "route", "to"],
    ["flows", "join", "to"],
    ["default", "directory", "print", "pushToHub", "saveToDisk", "subsets", "trainTestSplit"],
    expect.arrayContaining(["configure", "name"])
  ])
  // What only types know is offered nowhere.
  expect(offered.flat().filter((name) => name?.startsWith("~"))).toEqual([])
}, 120_000)

it("a row's column leads to its declaration, and is renamed with it", () => {
  const marks = [...declared.matchAll(/[▮◆]/g)].map(({ 0: mark, index }, i) => ({
    mark,
    position: index - i
  }))
  const declarations = marks.filter(({ mark }) => mark === "◆").map(({ position }) => position)
  const [prompt, meta, read, chars, readAgain] = declarations
  const uses = marks.filter(({ mark }) => mark === "▮").map(({ position }) => position)
  const led = uses.map((use) =>
    service.getDefinitionAtPosition(declaredFile, use)?.map(({ textSpan }) => textSpan.start)
  )
  expect(led).toEqual([[read], [readAgain], [prompt], [meta], [chars]])
  for (const [i, use] of uses.entries()) {
    const renamed = service.findRenameLocations(declaredFile, use, false, false, {})
    const places = renamed?.map(({ fileName, textSpan }) => [fileName, textSpan.start])
    expect(places).toContainEqual([declaredFile, led[i]![0]])
    expect(places!.length).toBeGreaterThan(1)
    expect(new Set(places!.map(([name]) => name))).toEqual(new Set([declaredFile]))
  }
}, 120_000)
