/** What installing the package takes, and what it says of packages that are not installed. */
import { cpSync, globSync, lstatSync } from "node:fs"
import type { Check, Project } from "./Project.ts"

/** A project that only asks OpenAI may take so many megabytes. */
const mostMegabytes = 120

const block = 4096

/** What files take on a disk, which keeps them in blocks. */
const megabytesOf = (project: Project, folder: string): number =>
  globSync(`${folder}/**`, { cwd: project.directory }).reduce((total, file) => {
    const { size } = lstatSync(project.path(file))
    return total + Math.max(1, Math.ceil(size / block)) * block
  }, 0) /
  1024 ** 2

/** Asks each of what a project may do without, and prints what they say. */
const without = `import * as lib from "distilabel-ts"
const load = lib.LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
const options = { progress: "none", useCache: false, report: false, outputDir: "without" }
const said = (attempt) => attempt.then(() => console.log("nothing"), ({ message }) => console.log(message))
const models = {
  AnthropicLLM: { apiKey: "k" }, CohereLLM: { apiKey: "k" }, GeminiLLM: { apiKey: "k" }, MistralLLM: { apiKey: "k" }, OllamaLLM: {}, VertexAILLM: { project: "p", location: "l" },
  LlamaCppLLM: { modelPath: "m" }, TransformersLLM: {}
}
for (const [name, given] of Object.entries(models)) {
  const ask = lib.TextGeneration({ name: "ask", llm: lib[name]({ model: "m", ...given }) })
  await said(lib.runPromise(lib.Pipeline("p", {}, lib.from(load).to(ask)), options))
}
const files = ["rows.arrow", "s3://b/rows.jsonl", "gs://b/rows.jsonl", "az://b/rows.jsonl", "hf://datasets/a/b/rows.jsonl"]
for (const source of [lib.LoadDataFromHub({ name: "hub", repoId: "a/b" }), ...files.map((dataFiles) => lib.LoadDataFromFileSystem({ name: "files", dataFiles }))])
  await said(lib.runPromise(lib.Pipeline("p", {}, lib.from(source)), options))
const rows = lib.LoadDataFromDicts({ name: "rows", data: Array.from({ length: 10_001 }, (_, i) => ({ text: "a", embedding: [i] })) })
for (const step of [lib.UMAP, lib.DetectLanguage, lib.TruncateTextColumn, lib.FaissNearestNeighbour].map((make) =>
  make({ name: "step", ...(make === lib.TruncateTextColumn ? { tokenizer: "o200k_base" } : {}) })))
  await said(lib.runPromise(lib.Pipeline("p", {}, lib.from(rows).to(step)), options))
`

const optional = [
  "@anthropic-ai/sdk",
  "cohere-ai",
  "@google/genai",
  "@mistralai/mistralai",
  "ollama",
  "@google/genai",
  "node-llama-cpp",
  "@huggingface/transformers",
  "@huggingface/hub",
  "apache-arrow",
  "@aws-sdk/client-s3",
  "@google-cloud/storage",
  "@azure/storage-blob",
  "@huggingface/hub",
  "umap-js",
  "tinyld",
  "gpt-tokenizer",
  "usearch"
]

/** These come first: the project has the package and effect, and nothing else. */
export const installChecks = (project: Project): ReadonlyArray<Check> => [
  [
    `a project that only asks OpenAI installs at most ${mostMegabytes} MB`,
    () => {
      const megabytes = megabytesOf(project, "node_modules")
      console.log(`  ${megabytes.toFixed(1)} MB installed`)
      return megabytes <= mostMegabytes
    }
  ],
  [
    "a package that is needed and missing is named in one sentence, with what to type",
    () => {
      project.write("without.mjs", without)
      project.write("rows.arrow", "ARROW1")
      const said = project.run(process.execPath, "without.mjs").trim().split("\n")
      return optional.every((name, i) =>
        said[i]!.includes(`needs the package ${name}, which is not installed: npm i ${name}`)
      )
    }
  ],
  [
    "so is the compiler that check needs",
    () => {
      project.write("pipeline.ts", "export default 1\n")
      return (
        project.output("node_modules/.bin/distilabel-ts", "check", "pipeline.ts") ===
        "Reading a pipeline's source needs the package typescript, which is not installed: npm i typescript\n"
      )
    }
  ]
]

/** These come last, since they change which effect is installed. */
export const effectChecks = (project: Project): ReadonlyArray<Check> => [
  [
    "a newer effect is the only one, and the program runs with it",
    () => {
      project.install("effect@^4.1.0")
      // While the registry has none that is newer, the copy only says that it is.
      cpSync(project.path("node_modules/effect"), project.path("newer"), { recursive: true })
      const manifest = JSON.parse(project.read("newer/package.json")) as object
      project.write("newer/package.json", JSON.stringify({ ...manifest, version: "4.999.0" }))
      project.install("--install-links", "./newer")
      const copies = globSync("node_modules/**/effect/package.json", { cwd: project.directory })
      return (
        copies.length === 1 &&
        project.read(copies[0]!).includes("4.999.0") &&
        project.run(process.execPath, "program.ts").includes('"loud":"A"')
      )
    }
  ]
]
