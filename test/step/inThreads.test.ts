import { execFile } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { rolldown } from "rolldown"
import { expect, it } from "vitest"

const source = (path: string): string =>
  JSON.stringify(fileURLToPath(new URL(path, import.meta.url)))

/** A program whose step counts letters in threads, and prints its rows or its error. */
const program = (module: string): string => `
import { from, inThreads, LoadDataFromDicts, Pipeline, runPromise, step } from ${source("../../src/index.ts")}
import * as Schema from ${source("../../node_modules/effect/dist/Schema.js")}
const counted = step({
  name: "counted",
  inputs: { text: Schema.String },
  outputs: { letters: Schema.Number },
  process: inThreads(${JSON.stringify(module)}, "count")
})
const load = LoadDataFromDicts({ name: "load", data: [{ text: "abc" }] })
runPromise(Pipeline("p", {}, from(load).to(counted)), { progress: "none", report: false, useCache: false }).then(
  async (distiset) => console.log(JSON.stringify(await distiset.default.toArray())),
  (error) => console.log(error.message)
)
`

it("a step in threads runs from its sources, and a bundle that holds the library says what to leave out", async () => {
  const folder = await mkdtemp(join(tmpdir(), "in-threads-"))
  try {
    const module = join(folder, "count.mjs")
    const app = join(folder, "app.mjs")
    await writeFile(
      module,
      "export const count = (rows) => rows.map(({ text }) => ({ letters: text.length }))"
    )
    await writeFile(app, program(`file://${module}`))
    const node = promisify(execFile)
    const env = { ...process.env, DISTILABEL_CACHE_DIR: join(folder, "cache") }
    const run = async (file: string): Promise<string> =>
      (await node(process.execPath, ["--conditions=distilabel-ts:source", file], { env })).stdout
    expect(JSON.parse(await run(app))).toEqual([{ text: "abc", letters: 3 }])
    const bundle = await rolldown({
      input: app,
      platform: "node",
      external: (id) =>
        /^(@anthropic-ai|@google|@huggingface|@mistralai|@ts-morph|ollama|ts-morph|apache-arrow)/.test(
          id
        ),
      resolve: { conditionNames: ["distilabel-ts:source", "import", "node", "default"] },
      onLog: () => {}
    })
    await bundle.write({ dir: join(folder, "out"), entryFileNames: "app.mjs" })
    await bundle.close()
    const said = await run(join(folder, "out", "app.mjs"))
    expect(said).toContain("threads need files of distilabel-ts that are not beside this bundle.")
    expect(said.trim().split("\n")).toHaveLength(1)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
