import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import { describe, expect, it } from "vitest"
import { loadFromDiskPromise } from "../../src/index.ts"
import { command, folder, started } from "../cli/command.ts"
import { answering } from "./answering.ts"
import { hashesIn, linesIn } from "./shardFiles.ts"

const pipeline = "test/cli/pipelines/sharded.ts"
const rows = 60
/** So many requests of a worker are in flight. */
const atOnce = 4

/** Plans a run; gives its folder and the environment in which it was planned. */
const planned = async (
  url: string,
  shards: number,
  more: Readonly<Record<string, string>> = {}
) => {
  const output = join(folder(), "run")
  const env = { TEST_URL: url, TEST_ROWS: String(rows), DISTILABEL_CACHE_DIR: folder(), ...more }
  const plan = await command(["run", pipeline, "--shards", String(shards), "--output", output], env)
  return { output, env, plan }
}

const working = (output: string, index: number, of: number): ReadonlyArray<string> => [
  "shard",
  output,
  "--index",
  String(index),
  "--of",
  String(of)
]

describe("a run in shards", () => {
  it.each([
    ["plain", 7, 2],
    ["one-to-many and error rows", 4, 3],
    ["global", 3, 2]
  ] as const)(
    "of a graph that is %s gives the files of one process, byte by byte, from %i shards by %i workers",
    { timeout: 240_000 },
    async (flow, shards, workers) => {
      await using model = await answering()
      const { env, output } = await planned(model.url, shards, { TEST_FLOW: flow })
      const single = folder()
      const [alone, ...together] = await Promise.all([
        command(["run", pipeline, "--output", single], env),
        ...Array.from({ length: workers }, (_, i) =>
          command([...working(output, i, workers), "--wait"], env)
        )
      ])
      expect(alone.stderr).not.toContain("✗")
      expect(together.map(({ status }) => status)).toEqual(together.map(() => 0))
      const merged = await command(["merge", output], env)
      expect(merged.status, merged.stderr).toBe(0)
      expect(hashesIn(output)).toEqual(hashesIn(single))
      expect(Object.keys(hashesIn(output)).length).toBeGreaterThan(flow === "plain" ? 0 : 1)
      // And it can be loaded as the result of any run.
      const loaded = await loadFromDiskPromise(output)
      expect(Object.values(loaded.subsets).every((subset) => subset.length! > 0)).toBe(true)
    }
  )

  it(
    "whose workers are killed with -9 and started again asks again only what was in flight, and uses no answer twice",
    { timeout: 240_000 },
    async () => {
      await using model = await answering({ differs: true, latencyMs: () => 60 })
      // All rows ask the same, so that any answer would do for any row.
      const { env, output } = await planned(model.url, 4, { TEST_INSTRUCTION: "Say anything." })
      const kills = [6, 18, 30]
      const workers = [0, 1]
      for (const until of kills) {
        const processes = workers.map((i) => started(working(output, i, 2), env))
        await expect.poll(model.asked, { interval: 5 }).toBeGreaterThanOrEqual(until)
        for (const { child } of processes) child.kill("SIGKILL")
        await Promise.all(processes.map(({ ended }) => ended))
        await expect.poll(model.inFlight).toBe(0)
      }
      expect(model.asked()).toBeLessThan(rows)
      expect(readdirSync(join(output, "attempts"))).not.toEqual([])
      const last = await Promise.all(workers.map((i) => command(working(output, i, 2), env)))
      expect(last.map(({ status }) => status)).toEqual([0, 0])
      expect(model.asked()).toBeLessThanOrEqual(rows + kills.length * workers.length * atOnce)
      expect((await command(["merge", output], env)).status).toBe(0)
      const made = linesIn(join(output, "default.jsonl"))
      expect(made.map(({ n }) => n)).toEqual(Array.from({ length: rows }, (_, n) => n))
      expect(new Set(made.map(({ generation }) => generation)).size).toBe(rows)
      expect(existsSync(join(output, "attempts"))).toBe(false)
    }
  )

  it(
    "may have two workers on one shard: the first counts, and the dataset is whole",
    { timeout: 240_000 },
    async () => {
      await using model = await answering({ differs: true, latencyMs: () => 20 })
      const { env, output } = await planned(model.url, 1)
      const both = await Promise.all([0, 1].map(() => command(working(output, 0, 1), env)))
      expect(both.map(({ status }) => status)).toEqual([0, 0])
      expect(both.filter(({ stdout }) => stdout.includes("000000 done"))).toHaveLength(1)
      expect((await command(["merge", output], env)).status).toBe(0)
      const made = linesIn(join(output, "default.jsonl"))
      expect(made.map(({ n }) => n)).toEqual(Array.from({ length: rows }, (_, n) => n))
      expect(new Set(made.map(({ generation }) => generation)).size).toBe(rows)
    }
  )

  it(
    "is merged only when all shards are there and sound; those that are not are listed, and made again without asking",
    { timeout: 240_000 },
    async () => {
      await using model = await answering()
      const { env, output } = await planned(model.url, 3)
      await command(working(output, 0, 2), env)
      const early = await command(["merge", output], env)
      expect(early.status).toBe(1)
      expect(early.stderr).toContain("1 of 3 shards are missing")
      expect(early.stderr).toContain("000001")
      expect(existsSync(join(output, "default.jsonl"))).toBe(false)
      await command(working(output, 1, 2), env)
      const asked = model.asked()
      const damaged = join(output, "shards", "000002")
      appendFileSync(join(damaged, "default.jsonl"), "{}\n")
      const found = await command(["merge", output], env)
      expect(found.status).toBe(1)
      expect(found.stderr).toContain(`'${join(damaged, "default.jsonl")}' is damaged`)
      rmSync(damaged, { recursive: true })
      expect((await command(working(output, 0, 1), env)).stdout).toContain("000002 done")
      expect((await command(["merge", output, "--json"], env)).status).toBe(0)
      expect(model.asked()).toBe(asked)
    }
  )

  it(
    "refuses other code, another version and other rows with code 42 before anything is asked",
    { timeout: 240_000 },
    async () => {
      await using model = await answering()
      const { env, output } = await planned(model.url, 2)
      const elsewhere = await command(working(output, 0, 1), { ...env, TEST_FLOW: "two leaves" })
      expect([elsewhere.status, elsewhere.stderr]).toEqual([
        42,
        expect.stringMatching(/of signature \S{12}, and here it is \S{12}: /)
      ])
      const changed = await command(working(output, 0, 1), { ...env, TEST_INSTRUCTION: "Why N?" })
      expect([changed.status, changed.stderr]).toEqual([
        42,
        expect.stringContaining("Source 'load' gives other rows from 0 to 30 than when the run")
      ])
      const plan = join(output, "run.json")
      const { checksum: _, ...written } = JSON.parse(readFileSync(plan, "utf8")) as {
        checksum: string
      }
      const newer = { ...written, version: "9.9.9" }
      writeFileSync(plan, JSON.stringify({ ...newer, checksum: "0" }))
      expect((await command(working(output, 0, 1), env)).stderr).toContain(
        "has a run.json that was changed or damaged"
      )
      const checksum = crc32(JSON.stringify(newer)).toString(16)
      writeFileSync(plan, JSON.stringify({ ...newer, checksum }))
      const old = await command(working(output, 0, 1), env)
      expect([old.status, old.stderr]).toEqual([
        42,
        expect.stringMatching(/planned with distilabel-ts 9\.9\.9, and here it is \d+\.\d+\.\d+: /)
      ])
      expect(model.asked()).toBe(0)
    }
  )

  it(
    "on a machine that has no Redis is worked on by processes alone, and refused before anything is asked where options hold for all of them together",
    { timeout: 240_000 },
    async () => {
      await using model = await answering()
      const output = join(folder(), "run")
      const env = {
        PATH: folder(),
        TEST_URL: model.url,
        TEST_ROWS: "8",
        DISTILABEL_CACHE_DIR: folder()
      }
      const run = ["run", pipeline, "--cluster", "local", "--workers", "2", "--output", output]
      const refused = await command([...run, "--max-tokens", "4", "--price", "ask=1/2"], env)
      expect([refused.status, refused.stderr]).toEqual([
        1,
        expect.stringMatching(/option --max-tokens, option --price would hold for .*redis-server/)
      ])
      expect(model.asked()).toBe(0)
      const done = await command(run, env)
      expect([done.status, done.stdout]).toEqual([0, expect.stringContaining("8 rows")])
      expect(done.stderr).toContain("2 processes share the shards without one")
    }
  )

  it(
    "is worked on in one piece at a step that needs all rows, which is named; it cannot be planned for a source that ignores its offset, nor with a secret among parameters, which stays out of the folder",
    { timeout: 240_000 },
    async () => {
      const global = await planned("http://127.0.0.1:9/v1", 2, { TEST_FLOW: "global" })
      expect(global.plan.stdout).toContain(
        "sorted is worked on in one piece: step 'sorted' needs all rows at once"
      )
      const forgetful = await planned("http://127.0.0.1:9/v1", 2, { TEST_OFFSET: "ignored" })
      expect([forgetful.plan.status, forgetful.plan.stderr]).toEqual([
        1,
        expect.stringContaining("source 'load' gives other rows when it begins at row 30 than")
      ])
      expect(existsSync(forgetful.output)).toBe(false)
      const output = join(folder(), "run")
      const secret = await command([
        "run",
        pipeline,
        "--shards",
        "2",
        "--output",
        output,
        "--param",
        "ask.llm.apiKey=open-sesame-please"
      ])
      expect(secret.status).toBe(1)
      expect(secret.stderr).toContain("'ask.llm.apiKey' is a secret")
      expect(secret.stderr).not.toContain("open-sesame")
      expect(existsSync(output)).toBe(false)
    }
  )
})
