import { spawn } from "node:child_process"
import { once } from "node:events"
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { saveDataset, type SaveToDiskOptions } from "../../src/data/distiset/saveDataset.ts"
import { Rows } from "../../src/data/rows/Rows.ts"
import {
  from,
  LoadDataFromDisk,
  loadFromDiskPromise,
  Pipeline,
  runPromise
} from "../../src/index.ts"
import { numbers } from "../engine/rows.ts"
import { conditions } from "../program.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-damage-"))

const rows = Array.from({ length: 40 }, (_, i) => ({ n: i, text: `row ${i}` }))
const save = (into: string, options: SaveToDiskOptions = {}): Promise<void> => {
  const train = new Rows({
    name: "default",
    length: rows.length,
    chunks: async function* () {
      yield rows
    }
  })
  return saveDataset(
    into,
    {
      parts: new Map([["default", new Map([["train", train]])]]),
      errors: new Map(),
      artifacts: undefined,
      story: undefined
    },
    options
  )
}
const all = async (directory: string): Promise<unknown> =>
  (await loadFromDiskPromise(directory))["default"]!.toArray()

const flip = (path: string): void => {
  const bytes = readFileSync(path)
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(path, bytes)
}

const harms: ReadonlyArray<readonly [string, (path: string) => void, RegExp]> = [
  ["changed", flip, /its bytes are not those that were written/],
  ["cut", (path) => truncateSync(path, 50), /it has 50 bytes, and had \d+ when it was written/],
  [
    "grown",
    (path) => appendFileSync(path, "\n"),
    /it has \d+ bytes, and had \d+ when it was written/
  ],
  ["gone", (path) => rmSync(path), /it is missing/]
]

describe("a saved dataset", () => {
  for (const format of ["parquet", "arrow", "jsonl", "csv"] as const) {
    it.each(harms)(
      `of ${format} of which a file is %s is not read: the error says which and what to do`,
      async (_, harm, detail) => {
        const directory = join(folder(), "saved")
        await save(directory, { format, rowsPerShard: 10 })
        const shard = readdirSync(directory, { recursive: true, encoding: "utf8" }).find((name) =>
          name.includes("00002-of-00004")
        )!
        harm(join(directory, shard))
        const error = await all(directory).then(
          () => undefined,
          (thrown: Error) => thrown
        )
        expect(error?.message).toMatch(detail)
        expect(error?.message).toContain(join(directory, shard))
        expect(error?.message).toMatch(
          /Save the dataset again\. To read it as it is, remove '\.checksums' from the folder of the dataset\.$/
        )
      }
    )
  }

  it.each(["default", "default/train"])(
    "of which only the folder %s is loaded is checked too",
    async (part) => {
      const directory = join(folder(), "saved")
      await save(directory, { format: "arrow" })
      const load = () =>
        runPromise(
          Pipeline(
            "p",
            {},
            from(LoadDataFromDisk({ name: "load", columns: { n: Schema.Number } }))
          ),
          {
            parameters: { load: { datasetPath: join(directory, part) } },
            outputDir: folder(),
            cacheDir: folder(),
            progress: "none",
            report: false
          }
        )
      expect((await load()).default.length).toBe(40)
      flip(join(directory, "default/train/data-00000-of-00001.arrow"))
      await expect(load()).rejects.toThrow(
        /data-00000-of-00001\.arrow': its bytes are not those that were written\. Save the dataset again/
      )
    }
  )

  it("without its README is no dataset, whatever files of rows it has", async () => {
    const directory = join(folder(), "saved")
    const errors = join(folder(), "failed.jsonl")
    writeFileSync(errors, '{"row":{}}\n')
    const train = new Rows({
      name: "default",
      length: rows.length,
      chunks: async function* () {
        yield rows
      }
    })
    await saveDataset(
      directory,
      {
        parts: new Map([["default", new Map([["train", train]])]]),
        errors: new Map([["default", errors]]),
        artifacts: undefined,
        story: undefined
      },
      { format: "csv" }
    )
    rmSync(join(directory, "README.md"))
    await expect(all(directory)).rejects.toThrow(/it is no saved dataset/)
  })

  it("whose checksums are damaged is read once they are removed", async () => {
    const directory = join(folder(), "saved")
    await save(directory)
    flip(join(directory, ".checksums"))
    await expect(all(directory)).rejects.toThrow(
      /\.checksums': it is damaged, so that the rows beside it cannot be checked/
    )
    rmSync(join(directory, ".checksums"))
    expect(await all(directory)).toEqual(rows)
  })
})

describe("the folder of a run", () => {
  it.each(harms)(
    "of which a file is %s is not read, and is read again once the pipeline was run again",
    async (_, harm, detail) => {
      const settings = {
        outputDir: folder(),
        cacheDir: folder(),
        progress: "none" as const,
        report: false
      }
      const pipeline = Pipeline("p", {}, from(numbers(30)))
      await runPromise(pipeline, settings)
      const sound = await all(settings.outputDir)
      harm(join(settings.outputDir, "default.jsonl"))
      const error = await all(settings.outputDir).then(
        () => undefined,
        (thrown: Error) => thrown
      )
      expect(error?.message).toMatch(detail)
      expect(error?.message).toMatch(
        /default\.jsonl': .*\. Run the pipeline again with the same outputDir: it makes the result again from the cache\./
      )
      await runPromise(pipeline, settings)
      expect(await all(settings.outputDir)).toEqual(sound)
    }
  )

  it("holds the subsets of its last run, whatever one before has left there", async () => {
    const outputDir = folder()
    writeFileSync(join(outputDir, "older.jsonl"), '{"n":1}\n')
    writeFileSync(join(outputDir, "default.errors.jsonl"), '{"row":{}}\n')
    await runPromise(Pipeline("p", {}, from(numbers(3))), { outputDir, progress: "none" })
    expect(Object.keys((await loadFromDiskPromise(outputDir)).subsets)).toEqual(["default"])
  })
})

describe("a save that was killed", () => {
  const beside = (target: string): ReadonlyArray<string> =>
    readdirSync(join(target, "..")).filter((name) => name !== "saved")

  /** Saves in a process of its own until its folder is there, then kills it. */
  const killedSave = async (target: string): Promise<void> => {
    const before = beside(target).length
    const child = spawn(
      process.execPath,
      [...conditions, fileURLToPath(new URL("saveProcess.ts", import.meta.url)), target],
      { stdio: "inherit" }
    )
    await expect.poll(() => beside(target).length).toBeGreaterThan(before)
    child.kill("SIGKILL")
    await once(child, "exit")
  }

  it("leaves a folder that the next save removes, but not those of saves that are under way", async () => {
    const target = join(folder(), "saved")
    await killedSave(target)
    expect(beside(target)).toHaveLength(1)
    const child = spawn(
      process.execPath,
      [...conditions, fileURLToPath(new URL("saveProcess.ts", import.meta.url)), target],
      { stdio: "inherit" }
    )
    // The process that saves now removes what the one before left, and begins its own.
    await expect
      .poll(() => beside(target).some((name) => name.includes(`-${child.pid}-`)))
      .toBe(true)
    expect(beside(target)).toHaveLength(1)
    await save(target)
    expect(beside(target)).toEqual([expect.stringContaining(`-${child.pid}-`)])
    child.kill("SIGKILL")
    await once(child, "exit")
    await save(target, { overwrite: true })
    expect(beside(target)).toEqual([])
    expect(await all(target)).toEqual(rows)
  })

  it("on another machine is removed when nobody wrote to it for a day", async () => {
    const target = join(folder(), "saved")
    const [fresh, idle] = [".saved.partial-00000000-1-00000000", ".saved.partial-AbCdEf"].map(
      (name) => join(target, "..", name)
    ) as [string, string]
    mkdirSync(fresh)
    mkdirSync(idle)
    const longAgo = new Date(Date.now() - 2 * 86_400_000)
    utimesSync(idle, longAgo, longAgo)
    await save(target)
    expect(beside(target)).toEqual([".saved.partial-00000000-1-00000000"])
  })

  it("between taking the old folder away and putting the new one in its place has the old one come back", async () => {
    const target = join(folder(), "saved")
    await save(target)
    await killedSave(target)
    const [partial = ""] = beside(target)
    renameSync(target, join(target, "..", `${partial}-old`))
    expect(await all(target)).toEqual(rows)
    await expect(save(target)).rejects.toThrow(/the folder is there already/)
    expect(beside(target)).toEqual([])
  })
})
