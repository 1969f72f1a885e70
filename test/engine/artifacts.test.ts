import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync
} from "node:fs"
import { writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import {
  from,
  globalStep,
  loadFromDiskPromise,
  Pipeline,
  runPromise,
  runStepPromise,
  step
} from "../../src/index.ts"
import { startHubSimulator } from "../../src/simulator/index.ts"
import { numbers } from "./rows.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-artifacts-"))
const quiet = { progress: "none" } as const

const indexed = globalStep({
  name: "indexed",
  inputs: { n: Schema.Number },
  outputs: {},
  process: async (rows, _, { saveArtifact }) => {
    await saveArtifact(
      "index",
      async (path) => {
        await writeFile(join(path, "index.bin"), Buffer.from(rows.map(({ n }) => n)))
      },
      { rows: rows.length }
    )
    return rows
  }
})

it("files that a step saves lie in the run's folder, and go where its rows go", async () => {
  const distiset = await runPromise(Pipeline("p", {}, from(numbers(5)).to(indexed)), {
    ...quiet,
    cacheDir: folder(),
    outputDir: folder()
  })
  expect([
    ...readFileSync(join(distiset.directory, "artifacts", "indexed", "index", "index.bin"))
  ]).toEqual([0, 1, 2, 3, 4])
  const saved = join(folder(), "saved")
  await distiset.saveToDisk(saved)
  expect(
    JSON.parse(readFileSync(join(saved, "artifacts", "indexed", "index", "metadata.json"), "utf8"))
  ).toEqual({ rows: 5 })
  const again = join(folder(), "again")
  await (await loadFromDiskPromise(saved)).saveToDisk(again, { format: "arrow" })
  expect(readdirSync(join(again, "artifacts", "indexed", "index")).sort()).toEqual([
    "index.bin",
    "metadata.json"
  ])
  await using hub = await startHubSimulator()
  const before = process.env["HF_ENDPOINT"]
  process.env["HF_ENDPOINT"] = hub.url
  try {
    await distiset.pushToHub("me/indexed", { token: "hf_any" })
  } finally {
    if (before === undefined) delete process.env["HF_ENDPOINT"]
    else process.env["HF_ENDPOINT"] = before
  }
  expect(hub.read("me/indexed", "artifacts/indexed/index/index.bin")).toHaveLength(5)
})

it("a folder is there whole or not at all, and the later one counts", async () => {
  let call = 0
  const broken = step({
    name: "broken",
    inputs: { n: Schema.Number },
    outputs: {},
    inputBatchSize: 1,
    process: async (rows, _, { saveArtifact }) => {
      await saveArtifact("part", (path) => {
        writeFileSync(join(path, "x"), String(call++))
        if (rows[0]!.n === 2) throw new Error("in the middle")
      })
      return rows
    }
  })
  const distiset = await runPromise(Pipeline("p", {}, from(numbers(3)).to(broken)), {
    ...quiet,
    cacheDir: folder(),
    outputDir: folder()
  })
  expect([distiset.default.length, distiset.default.errorCount]).toEqual([2, 1])
  expect(readFileSync(join(distiset.directory, "artifacts", "broken", "part", "x"), "utf8")).toBe(
    "1"
  )
  expect(readdirSync(join(distiset.directory, "artifacts", "broken"))).toEqual(["part"])
})

it("what a killed run was saving goes when the next one begins", async () => {
  const outputDir = folder()
  mkdirSync(join(outputDir, "artifacts", "indexed", ".partial-aBcDeF"), { recursive: true })
  const distiset = await runPromise(Pipeline("p", {}, from(numbers(5)).to(indexed)), {
    ...quiet,
    cacheDir: folder(),
    outputDir
  })
  expect(readdirSync(join(distiset.directory, "artifacts", "indexed"))).toEqual(["index"])
})

it("a name is no path, and a step that is tried alone saves nothing", async () => {
  const outside = step({
    name: "outside",
    inputs: { n: Schema.Number },
    outputs: {},
    process: async (rows, _, { saveArtifact }) => {
      await saveArtifact("../x", () => {})
      return rows
    }
  })
  await expect(
    runPromise(Pipeline("p", {}, from(numbers(1)).to(outside)), {
      ...quiet,
      cacheDir: folder(),
      outputDir: folder()
    })
  ).rejects.toThrow(/'\.\.\/x' is no name for an artifact/)
  let written = ""
  const tried = step({
    name: "tried",
    inputs: { n: Schema.Number },
    outputs: {},
    process: async (rows, _, { saveArtifact }) => {
      await saveArtifact("x", (path) => {
        written = path
      })
      return rows
    }
  })
  expect((await runStepPromise(tried, [{ n: 1 }])).rows).toEqual([{ n: 1 }])
  expect(existsSync(written)).toBe(false)
})
