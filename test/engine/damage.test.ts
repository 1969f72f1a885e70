import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import {
  from,
  globalStep,
  OpenAILLM,
  Pipeline,
  run,
  runPromise,
  step,
  TextGeneration
} from "../../src/index.ts"
import { type Simulator, startSimulator } from "../../src/simulator/index.ts"
import { numbers } from "./rows.ts"

let simulator: Simulator
/**
 * A folder with the cache and the results of a finished run over 2,100 rows, of which 2,000 lie
 * before its only checkpoint.
 */
let finished: string
beforeAll(async () => {
  simulator = await startSimulator()
  finished = folder()
  await runPromise(asking(2100), { ...settingsIn(finished), report: false })
}, 60_000)
afterAll(() => simulator.close())

/** What the run wrote to stderr. */
let said = ""
beforeEach(() => {
  said = ""
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text)
    return true
  })
})

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-damage-"))
const copied = (directory: string): string => {
  const copy = folder()
  cpSync(directory, copy, { recursive: true })
  return copy
}
const settingsIn = (directory: string) => ({
  cacheDir: join(directory, "cache"),
  outputDir: join(directory, "out"),
  progress: "none" as const
})
const asking = (count: number) =>
  Pipeline(
    "p",
    {},
    from(numbers(count)).to(
      TextGeneration({
        name: "ask",
        llm: OpenAILLM({ model: "m", baseUrl: simulator.openaiBaseUrl, apiKey: "k" }),
        template: "What is {{ n }}?"
      })
    )
  )

/** Flips the lowest bit of a byte, counted from the end of a file if it is negative. */
const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path)
  bytes[at < 0 ? bytes.length + at : at]! ^= 1
  writeFileSync(path, bytes)
}

describe("the result of a finished run", () => {
  it.each<[string, (path: string) => void, RegExp]>([
    [
      "changed in one bit",
      (path) => flip(path, -20),
      /is damaged after row 2000\. The run makes it again from the cache\.\n$/
    ],
    ["changed near its beginning", (path) => flip(path, 30), /is damaged\. The run makes it again/],
    ["cut", (path) => truncateSync(path, 1000), /is damaged\. /],
    [
      "longer than it was",
      (path) => appendFileSync(path, '{"n":1}\n'),
      /is damaged after row 2100\. /
    ],
    ["gone", (path) => rmSync(path), /is missing\. /],
    [
      "a folder",
      (path) => {
        rmSync(path)
        mkdirSync(join(path, "held"), { recursive: true })
      },
      /is damaged\. /
    ]
  ])(
    "that is %s is made again from the cache, with one line that says so",
    async (_, harm, sentence) => {
      const settings = settingsIn(copied(finished))
      const path = join(settings.outputDir, "default.jsonl")
      const rows = readFileSync(path)
      harm(path)
      const before = simulator.stats().requests
      const again = await runPromise(asking(2100), settings)
      expect(simulator.stats().requests).toBe(before)
      expect(readFileSync(again.default.path).equals(rows)).toBe(true)
      expect(said).toMatch(sentence)
      expect(said.split("\n")).toHaveLength(2)
      await runPromise(asking(2100), settings)
      expect(said.split("\n")).toHaveLength(2)
    }
  )

  it("leaves out error rows of an earlier run in the folder", async () => {
    const settings = settingsIn(folder())
    mkdirSync(settings.outputDir)
    writeFileSync(join(settings.outputDir, "default.errors.jsonl"), '{"row":{}}\n')
    await runPromise(asking(3), settings)
    expect(existsSync(join(settings.outputDir, "default.errors.jsonl"))).toBe(false)
  })
})

describe("the rows of a stopped run", () => {
  it.each<[string, (path: string) => void]>([
    ["changed", (path) => flip(path, 5000)],
    ["cut", (path) => truncateSync(path, 5000)],
    ["gone", (path) => rmSync(path)]
  ])("that were %s are made again from the cache", async (_, harm) => {
    const settings = { ...settingsIn(copied(finished)), outputDir: folder() }
    await Effect.runPromise(Effect.flip(run(asking(2150), { ...settings, maxRows: 2050 })))
    harm(join(settings.outputDir, "default.jsonl.partial"))
    const before = simulator.stats().requests
    const rest = await runPromise(asking(2150), settings)
    expect(simulator.stats().requests - before).toBe(50)
    expect(
      readFileSync(rest.default.path, "utf8").startsWith(
        readFileSync(join(finished, "out/default.jsonl"), "utf8")
      )
    ).toBe(true)
    expect(said).toMatch(
      /default\.jsonl(\.partial)?' is (damaged|missing)( after row \d+)?\. The run makes it again from the cache\.\n$/
    )
    expect(readdirSync(settings.outputDir).filter((name) => name.endsWith(".partial"))).toEqual([])
  })
})

/** All files below a folder. */
const filesBelow = (directory: string): ReadonlyArray<string> =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

describe("what steps gave in earlier runs", () => {
  const ranked = globalStep({
    name: "rank",
    inputs: { n: Schema.Number },
    outputs: { rank: Schema.Number },
    process: (rows) => rows.map((row, rank) => ({ ...row, rank }))
  })

  it("is worked out again where a global step's kept result is damaged, again and again", async () => {
    const directory = folder()
    const pipeline = Pipeline("p", {}, from(numbers(3000)).to(ranked))
    const rows = async (out: string) =>
      (
        await runPromise(pipeline, { ...settingsIn(directory), outputDir: join(directory, out) })
      ).default.toArray()
    const first = await rows("a")
    for (const out of ["b", "c", "d"]) {
      for (const path of filesBelow(join(directory, "cache/steps")).filter((each) =>
        each.includes("pieces")
      ))
        flip(path, -40)
      expect(await rows(out)).toEqual(first)
    }
    rmSync(join(directory, "cache/steps"), { recursive: true })
    writeFileSync(join(directory, "cache/steps"), "no folder")
    expect(await rows("e")).toEqual(first)
  })

  it("never mixes pieces of two results of the same rows", async () => {
    const directory = folder()
    let times = 0
    const drawn = globalStep({
      name: "draw",
      version: "1",
      inputs: { n: Schema.Number },
      outputs: { time: Schema.Number },
      process: (rows) => {
        times++
        return rows.map((row) => ({ ...row, time: times }))
      }
    })
    const draws = async (out: string) =>
      new Set(
        (
          await (
            await runPromise(Pipeline("p", {}, from(numbers(3000)).to(drawn)), {
              ...settingsIn(directory),
              outputDir: join(directory, out)
            })
          ).default.toArray()
        ).map(({ time }) => time)
      )
    const pieces = () =>
      filesBelow(join(directory, "cache/steps")).filter((each) => each.includes("pieces"))
    await draws("a")
    const [older = ""] = pieces()
    flip(older, -40)
    expect(await draws("b")).toEqual(new Set([2]))
    // The later result lacks its end, the earlier one is sound again.
    flip(older, -40)
    flip(
      pieces().find((path) => path !== older)!,
      -40
    )
    expect(await draws("c")).toEqual(new Set([3]))
  })

  it("stays with its step when files of two steps change places", async () => {
    const directory = folder()
    const plus = (name: string, by: number) =>
      step({
        name,
        inputs: { n: Schema.Number },
        outputs: { m: Schema.Number },
        process: (rows) => rows.map(({ n }) => ({ m: n + by }))
      })
    const source = from(numbers(50))
    const pipeline = Pipeline("p", {}, [source.to(plus("one", 1)), source.to(plus("ten", 10))])
    const rows = async (out: string) => {
      const { one, ten } = await runPromise(pipeline, {
        ...settingsIn(directory),
        outputDir: join(directory, out)
      })
      return { one: await one!.toArray(), ten: await ten!.toArray() }
    }
    const first = await rows("a")
    const [a = "", b = ""] = filesBelow(join(directory, "cache/steps"))
    const bytes = readFileSync(a)
    writeFileSync(a, readFileSync(b))
    writeFileSync(b, bytes)
    expect(await rows("b")).toEqual(first)
  })
})
