import ts from "@tsd/typescript"
import { expect, it } from "vitest"

/** What an editor with TypeScript 5.9 offers where `▮` stands. */
const source = `
import { Schema } from "effect"
import { from, LoadDataFromDicts, Pipeline, runPromise, ScriptedLLM, step, TextGeneration } from "distilabel-ts"
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
for await (const row of distiset.default) row.▮
`

it("the editor offers columns as keys of mappings, steps as keys of parameters, columns of rows", () => {
  const parts = source.split("▮")
  const text = parts.join("")
  const file = `${process.cwd()}/test/docs/completions.example.ts`
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    customConditions: ["distilabel-ts:source"]
  }
  const read = (path: string) => (path === file ? text : ts.sys.readFile(path))
  const service = ts.createLanguageService({
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const found = read(path)
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found)
    },
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => path === file || ts.sys.fileExists(path),
    readFile: read,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    getCurrentDirectory: ts.sys.getCurrentDirectory
  })
  let position = 0
  const offered = parts.slice(0, -1).map((part) => {
    position += part.length
    return service.getCompletionsAtPosition(file, position, undefined)?.entries.map(({ name }) => name)
  })
  expect(offered).toEqual([
    ["instruction", "system_prompt"],
    ["prompt"],
    ["instruction", "system_prompt"],
    ["distilabel_metadata", "generation", "model_name"],
    ["prompt"],
    ["text"],
    ["gen", "load"],
    ["distilabel_metadata", "generation", "meta", "model_name", "prompt"]
  ])
}, 120_000)
