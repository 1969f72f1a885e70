/** Models in this process: their packages are not installed here, so they are tried up to there. */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { expect, it } from "vitest"
import {
  EmbeddingGeneration,
  from,
  fromYamlPromise,
  LlamaCppEmbeddings,
  LoadDataFromDicts,
  Pipeline,
  toYamlPromise,
  TransformersEmbeddings,
  vLLMEmbeddings
} from "../../src/index.ts"
import { pythonDocuments } from "../document/fixtures.ts"
import { conditions } from "../program.ts"

it.each([
  ["LlamaCppLLM", 'LlamaCppLLM({ modelPath: "m.gguf" })', "node-llama-cpp"],
  ["LlamaCppEmbeddings", 'LlamaCppEmbeddings({ model: "m.gguf" })', "node-llama-cpp"],
  ["TransformersLLM", 'TransformersLLM({ model: "m" })', "@huggingface/transformers"],
  ["TransformersEmbeddings", 'TransformersEmbeddings({ model: "m" })', "@huggingface/transformers"]
])("%s says which package it needs", (type, llm, name) => {
  // In a program of its own: vitest puts something in the place of packages that are missing.
  const program = `import { Effect } from "effect"
import { ${type} } from "distilabel-ts"
const { fatal, message, reason } = await Effect.runPromise(Effect.scoped(Effect.flip(${llm}.open)))
console.log(JSON.stringify({ fatal, message, reason }))`
  const said = execFileSync(
    process.execPath,
    [...conditions, "--input-type=module", "-e", program],
    { encoding: "utf8" }
  )
  expect(JSON.parse(said)).toEqual({
    fatal: true,
    reason: "PackageMissing",
    message: expect.stringContaining(
      `cannot be asked: it needs the package ${name}, which is not installed: npm i ${name}`
    ) as string
  })
})

it("no class of a model is missing from Python's documents", async () => {
  for (const [name, text] of pythonDocuments) {
    const { missing } = await fromYamlPromise(text).catch(() => ({ missing: [] }))
    const models = missing.filter(
      ({ kind, module }) => kind === "model" && module.startsWith("distilabel")
    )
    expect(models, name).toEqual([])
  }
})

it("a document with LlamaCppLLM keeps the options that Python has, without the file that it leaves out", async () => {
  const text = pythonDocuments.get("structured-generation-outlines.yaml")!
  const loaded = await fromYamlPromise(text)
  const again = await toYamlPromise(loaded)
  expect(again).toContain("name: LlamaCppLLM")
  expect(again).toContain("n_ctx: 1024")
})

/** Runs a program for which a package that is not here is a stand-in of such a source. */
const besideStandIn = (
  packageName: string,
  source: string,
  program: string
): { readonly stderr: string; readonly told: unknown } => {
  const folder = mkdtempSync(join(tmpdir(), "stand-in-"))
  const standIn = join(folder, "index.mjs")
  writeFileSync(standIn, source)
  const hooks = `import { registerHooks } from "node:module"
const url = ${JSON.stringify(pathToFileURL(standIn).href)}
registerHooks({ resolve: (name, at, next) => name === ${JSON.stringify(packageName)} ? { url, shortCircuit: true } : next(name, at) })
globalThis.cacheDir = ${JSON.stringify(join(folder, "cache"))}`
  const { stderr, stdout } = spawnSync(
    process.execPath,
    [
      ...conditions,
      "--import",
      `data:text/javascript,${encodeURIComponent(hooks)}`,
      "--input-type=module",
      "-e",
      program
    ],
    { encoding: "utf8" }
  )
  return { stderr, told: stdout === "" ? undefined : JSON.parse(stdout) }
}

/** Counts letters in place of meaning. */
const transformers = `export const pipeline = async (task, model, options) => {
  const extract = async (texts, how) => ({
    tolist: () => texts.map((text) => [text.length, how.pooling === "cls" ? 1 : 0, how.normalize ? 1 : 0])
  })
  return Object.assign(extract, {
    dispose: async () => console.error("disposed", task, model, JSON.stringify(options))
  })
}
`
const nodeLlamaCpp = `export const getLlama = async () => ({
  loadModel: async ({ modelPath, gpuLayers }) => ({
    createEmbeddingContext: async (options) => ({
      getEmbeddingFor: async (text) => ({ vector: Object.freeze([3 * text.length, 4 * text.length, options.contextSize ?? 0]) })
    }),
    dispose: async () => console.error("disposed", modelPath, gpuLayers)
  })
})
`

/** Embeds two texts with each of some models. */
const embedding = (type: string, ...models: ReadonlyArray<string>): string => `
import { EmbeddingGeneration, from, LoadDataFromDicts, Pipeline, runPromise, ${type} } from "distilabel-ts"
const load = LoadDataFromDicts({ name: "load", data: [{ text: "a" }, { text: "bcd" }] })
const embedded = async (llm) => {
  const embed = EmbeddingGeneration({ name: "embed", llm })
  const { default: rows } = await runPromise(Pipeline("p", {}, from(load).to(embed)), { cacheDir: globalThis.cacheDir, progress: "none", report: false })
  return (await rows.toArray()).map(({ embedding }) => embedding)
}
console.log(JSON.stringify([${models.map((model) => `await embedded(${type}(${model}))`).join(", ")}]))
`

it("LlamaCppEmbeddings and vLLMEmbeddings go through documents as Python's classes", async () => {
  for (const llm of [
    LlamaCppEmbeddings({ model: "m.gguf", modelPath: "models", normalizeEmbeddings: true }),
    vLLMEmbeddings({ model: "m", dtype: "bfloat16", trustRemoteCode: true })
  ]) {
    const pipeline = Pipeline(
      "embedded",
      {},
      from(LoadDataFromDicts({ name: "load", data: [{ text: "a" }] })).to(
        EmbeddingGeneration({ name: "embed", llm })
      )
    )
    const yaml = await toYamlPromise(pipeline, { onWarning: () => undefined })
    expect(yaml).toContain(`name: ${llm.type}`)
    expect(await toYamlPromise(await fromYamlPromise(yaml), { onWarning: () => undefined })).toBe(
      yaml
    )
  }
})

it.each([
  {
    type: "LlamaCppEmbeddings",
    name: "node-llama-cpp",
    source: nodeLlamaCpp,
    models: [
      '{ model: "m.gguf", modelPath: "models/" }',
      '{ model: "m.gguf", modelPath: "models/", normalizeEmbeddings: true, nGpuLayers: 2 }'
    ],
    vectors: [
      [
        [3, 4, 0],
        [9, 12, 0]
      ],
      [
        [0.6, 0.8, 0],
        [0.6, 0.8, 0]
      ]
    ],
    said: ["disposed models/m.gguf undefined", "disposed models/m.gguf 2"]
  },
  {
    type: "TransformersEmbeddings",
    name: "@huggingface/transformers",
    source: transformers,
    models: [
      '{ model: "m" }',
      '{ model: "m", pooling: "cls", normalizeEmbeddings: false, dtype: "q8" }'
    ],
    vectors: [
      [
        [1, 0, 1],
        [3, 0, 1]
      ],
      [
        [1, 1, 0],
        [3, 1, 0]
      ]
    ],
    said: ['disposed feature-extraction m {"dtype":"q8"}']
  }
])(
  "$type embeds with the options that it was given, keeps vectors for these alone, and lets the model go at the end",
  ({ models, name, said, source, type, vectors }) => {
    const { stderr, told } = besideStandIn(name, source, embedding(type, ...models))
    expect(told, stderr).toEqual(vectors)
    for (const line of said) expect(stderr).toContain(line)
  }
)

it("TransformersEmbeddings goes through documents as Python's SentenceTransformerEmbeddings", async () => {
  const load = LoadDataFromDicts({ name: "load", data: [{ text: "a" }] })
  const llm = TransformersEmbeddings({ model: "m", device: "cpu", pooling: "cls" })
  const pipeline = Pipeline("p", {}, from(load).to(EmbeddingGeneration({ name: "embed", llm })))
  const text = await toYamlPromise(pipeline)
  expect(text).toContain("name: SentenceTransformerEmbeddings")
  const again = await fromYamlPromise(text)
  expect(again.missing).toEqual([])
  expect(await toYamlPromise(again)).toBe(text)
})
