/** Models in this process: their packages are not installed here, so they are tried up to there. */
import { execFileSync } from "node:child_process"
import { expect, it } from "vitest"
import { fromYamlPromise, toYamlPromise } from "../../src/index.ts"
import { pythonDocuments } from "../document/fixtures.ts"

it.each([
  ["LlamaCppLLM", 'LlamaCppLLM({ modelPath: "m.gguf" })', "node-llama-cpp"],
  ["TransformersLLM", 'TransformersLLM({ model: "m" })', "@huggingface/transformers"]
])("%s says which package it needs", (type, llm, name) => {
  // In a program of its own: vitest puts something in the place of packages that are missing.
  const program = `import { Effect } from "effect"
import { ${type} } from "distilabel-ts"
const { fatal, message, reason } = await Effect.runPromise(Effect.scoped(Effect.flip(${llm}.open)))
console.log(JSON.stringify({ fatal, message, reason }))`
  const said = execFileSync(
    process.execPath,
    ["--conditions=distilabel-ts:source", "--input-type=module", "-e", program],
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
