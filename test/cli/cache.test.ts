import { cpSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { startSimulator } from "../../src/simulator/index.ts"
import { command, folder } from "./command.ts"

/** A cache with the answers of one run in it. */
const filled = async () => {
  await using simulator = await startSimulator()
  const cache = folder()
  const env = { TEST_URL: simulator.openaiBaseUrl, TEST_ROWS: "12", DISTILABEL_CACHE_DIR: cache }
  expect((await command(["run", "test/cli/pipelines/asking.ts"], env)).status).toBe(0)
  return { cache, told: (...args: ReadonlyArray<string>) => command(["cache", ...args], env) }
}

describe("distilabel-ts cache", () => {
  it("lists answers, tells sizes, and shows those of one row or under one key", async () => {
    const { told } = await filled()
    expect((await told("list")).stdout).toMatch(/asking {2}ask {2}model-a {2}12 answers/)
    expect(JSON.parse((await told("list", "--json")).stdout)).toMatchObject([
      { pipeline: "asking", step: "ask", model: "model-a", answers: 12 }
    ])
    expect((await told("size")).stdout).toMatch(
      /answers of models .*\n.*outputs of steps .*\n.*results of runs .*\n.*in all /
    )
    const { status, stdout } = await told("inspect", "--pipeline", "asking", "--row", "7")
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /asking · ask · row 7\n {2}key {5}[0-9a-f]{32}\n.*model-a \(OpenAILLM\)[^]*asked {3}What is 7\?\n {2}answer/
    )
    const key = /[0-9a-f]{32}/.exec(stdout)?.[0] ?? ""
    expect((await told("inspect", key)).stdout).toContain(`key     ${key}`)
    expect(await told("inspect", "--row", "99")).toMatchObject({
      status: 1,
      stdout: "No answer fits.\n"
    })
  })

  it("finds damage, and a run that comes across it says so and asks again", async () => {
    await using simulator = await startSimulator()
    const cache = folder()
    const env = { TEST_URL: simulator.openaiBaseUrl, TEST_ROWS: "12", DISTILABEL_CACHE_DIR: cache }
    await command(["run", "test/cli/pipelines/asking.ts"], env)
    expect((await command(["cache", "verify"], env)).stdout).toMatch(
      /^All 12 answers are sound\.\nSo are their index, \d files? of step outputs and 1 folder of results\.\n$/
    )
    const responses = join(cache, "responses")
    const segment = join(
      responses,
      readdirSync(responses).find((name) => name.endsWith(".jsonl"))!
    )
    writeFileSync(segment, readFileSync(segment, "utf8").replace("What is 5?", "What is 6?"))
    expect(await command(["cache", "verify"], env)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("11 answers read; left out as damaged: 1 place")
    })
    const again = await command(["run", "test/cli/pipelines/asking.ts", "--output", folder()], env)
    expect(again.status).toBe(0)
    expect(again.stderr).toContain("1 damaged place among the answers kept from earlier runs")
    expect(simulator.stats().requests).toBe(13)
  })

  it("sees what runs see: index, outputs of steps, results and figures, and says what the next run does about each", async () => {
    const { cache, told } = await filled()
    const below = (part: string) =>
      readdirSync(cache, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(part))
        .map((name) => join(cache, name))
    const harmed: ReadonlyArray<readonly [string, RegExp]> = [
      [
        "index.db",
        /The index of answers, 'index\.db', is damaged: .*\. The next run makes it again from the answers\./
      ],
      [
        "default.jsonl",
        /default\.jsonl' is damaged\. The next run there makes it again from the cache\./
      ],
      [
        ".checkpoints",
        /The checkpoints in '.*' are damaged\. The next run there begins after the last sound one/
      ],
      [".figures", /The figures in '.*' are damaged\./]
    ]
    for (const [part, sentence] of harmed) {
      const [path = ""] = below(part)
      const sound = readFileSync(path)
      // Of a database the page in the middle, of which only parts are in use.
      const middle = part === "index.db" ? ((sound.length >> 13) << 12) + 4 : sound.length >> 1
      writeFileSync(
        path,
        sound.map((byte, at) => (at === middle ? byte ^ 1 : byte))
      )
      const { status, stdout } = await told("verify")
      expect([status, stdout.match(sentence)?.length]).toEqual([1, 1])
      writeFileSync(path, sound)
    }
    mkdirSync(join(cache, "steps", "signature"), { recursive: true })
    const garbage = join(cache, "steps", "signature", "1-999999999-a.jsonl")
    writeFileSync(garbage, "garbage")
    utimesSync(garbage, 0, 0)
    expect(await told("verify")).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(
        "7 B of step outputs are lost. The next run works them out again."
      )
    })
    expect(JSON.parse((await told("verify", "--json")).stdout)).toMatchObject({
      entries: 12,
      damage: [],
      steps: { damaged: [{ bytes: 7 }] },
      results: { folders: 1, damaged: [] }
    })
    const results = folder()
    cpSync(dirname(below("default.jsonl")[0]!), results, { recursive: true })
    writeFileSync(join(results, "default.jsonl"), "")
    expect((await told("verify", results)).stdout).toContain(
      `'${join(results, "default.jsonl")}' is damaged. The next run there makes it again from the cache.`
    )
  })

  it("makes room, or says what would go", async () => {
    const { told } = await filled()
    expect((await told("prune", "--older-than", "1d")).stdout).toBe("0 files removed, 0 B.\n")
    expect((await told("prune", "--max-size", "0KB", "--dry-run")).stdout).toMatch(
      /^1 file would go, /
    )
    expect((await told("verify")).stdout).toMatch(/^All 12 answers are sound\.\n/)
    expect((await told("prune", "--max-size", "0KB")).stdout).toMatch(/^1 file removed, /)
    expect((await told("list")).stdout).toMatch(/^No answers are kept/)
  })

  it.each([
    [[], 2, "Usage: distilabel-ts cache"],
    [["lst"], 2, "There is no 'cache lst'. Did you mean 'list'?"],
    [["inspect"], 2, "Inspect takes a KEY"],
    [["prune"], 2, "Prune takes --older-than or --max-size"],
    [["prune", "--older-than", "soon"], 2, "--older-than takes a number with d, h, m, not 'soon'"]
  ])("tells a wrong call in a sentence: %j", async (args, code, sentence) => {
    const { status, stderr, stdout } = await command(["cache", ...args])
    expect(status).toBe(code)
    expect(stderr + stdout).toContain(sentence)
  })
})
