import { readFileSync } from "node:fs"
import { join } from "node:path"
import { spawn as spawnPty } from "@lydell/node-pty"
import { describe, expect, it } from "vitest"
import { readFigures } from "../../src/report/figures/RunFigures.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { conditions, entry } from "../program.ts"
import { command, folder, started } from "./command.ts"

const slow = { latency: { kind: "constant", ms: 60 } } as const

const asking = (
  url: string,
  output: string
): readonly [ReadonlyArray<string>, Readonly<Record<string, string>>] => [
  ["run", "test/cli/pipelines/asking.ts", "--output", output, "--progress", "live"],
  { TEST_URL: url, TEST_ROWS: "300", DISTILABEL_CACHE_DIR: folder() }
]

/** The last session of a run, as its folder and its report tell it. */
const sessionOf = (output: string) => {
  expect(readFileSync(join(output, "report.html"), "utf8")).toContain("stopped because")
  return readFigures(output)!.sessions.at(-1)
}

describe("a run whose output nobody reads any more", () => {
  it.each(["stderr", "stdout and stderr"])(
    "ends as after SIGTERM, with a code of its own, says so in its report, and goes on later: %s",
    async (which) => {
      await using simulator = await startSimulator(slow)
      const output = folder()
      const [args, env] = asking(simulator.openaiBaseUrl, output)
      const { child, ended } = started(args, env)
      await expect.poll(() => simulator.stats().answered).toBeGreaterThan(10)
      child.stderr.destroy()
      if (which !== "stderr") child.stdout.destroy()
      expect(await ended).toEqual([141, null])
      expect(simulator.stats()).toMatchObject({ aborted: 0 })
      expect(sessionOf(output)).toMatchObject({
        end: "stopped",
        detail: "was stopped because nobody reads its output any more"
      })
      expect((await command(args, env)).status).toBe(0)
      expect(simulator.stats().requests).toBe(300)
    }
  )

  it("ends so when its terminal is closed", async () => {
    await using simulator = await startSimulator(slow)
    const output = folder()
    const [args, env] = asking(simulator.openaiBaseUrl, output)
    const pty = spawnPty(process.execPath, [...conditions, entry, ...args], {
      cols: 100,
      rows: 30,
      env: { ...process.env, ...env, TERM: "xterm-256color" }
    })
    const { pid } = pty
    await expect.poll(() => simulator.stats().answered).toBeGreaterThan(10)
    // The descriptor is what a terminal's window holds.
    ;(pty as unknown as { readonly destroy: () => void }).destroy()
    await expect.poll(() => isAlive(pid)).toBe(false)
    expect(simulator.stats()).toMatchObject({ aborted: 0 })
    expect(sessionOf(output)).toMatchObject({
      end: "stopped",
      detail: "was stopped because its terminal was closed (SIGHUP)"
    })
    expect((await command(args, env)).status).toBe(0)
    expect(simulator.stats().requests).toBe(300)
  })
})

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe("a step that computes without end", () => {
  const args = (output: string) => [
    "run",
    "test/cli/pipelines/blocking.ts",
    "--output",
    output,
    "--progress",
    "none"
  ]
  const env = () => ({ DISTILABEL_CACHE_DIR: folder() })
  /** The watchdog's thread starts with the run, and needs a moment to be there. */
  const watching = () => new Promise((resolve) => setTimeout(resolve, 1500))

  it.each([
    ["SIGINT", "1"],
    ["SIGTERM", "0"]
  ] as const)(
    "is named, and the third %s that its process gets ends the program",
    async (signal, computes) => {
      const { child, ended, told } = started(args(folder()), { ...env(), TEST_COMPUTES: computes })
      await expect
        .poll(() => told.stderr)
        .toContain("Step 'stuck' has been computing for 5 s without a break")
      expect(told.stderr).toContain("Ctrl+C three times ends the program at once.")
      for (let i = 0; i < 2; i++) {
        child.kill(signal)
        await new Promise((resolve) => setTimeout(resolve, 1000))
        expect(child.exitCode ?? child.signalCode).toBeNull()
      }
      await new Promise((resolve) => setTimeout(resolve, 1500))
      expect(child.exitCode ?? child.signalCode).toBeNull()
      child.kill(signal)
      expect(await ended).toEqual([null, "SIGKILL"])
      expect(told.stderr).toContain(
        "Step 'stuck' does not come back, and the program is ended at the third signal."
      )
    }
  )

  it("is ended by the third Ctrl+C that is typed on its terminal", async () => {
    const pty = spawnPty(process.execPath, [...conditions, entry, ...args(folder())], {
      cols: 200,
      rows: 30,
      env: { ...process.env, ...env(), TERM: "xterm-256color" }
    })
    let screen = ""
    pty.onData((data) => (screen += data))
    const ended = new Promise<number | undefined>((resolve) =>
      pty.onExit(({ signal }) => resolve(signal))
    )
    await expect.poll(() => screen).toContain("Step 'stuck' has been computing")
    for (let i = 0; i < 3; i++) {
      pty.write("\u0003")
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    expect(await ended).toBe(9)
  })

  it("is ended though the signals came before anything was said of it", async () => {
    const { child, ended, told } = started(args(folder()), env())
    await expect.poll(() => told.stdout).toContain("it begins")
    await watching()
    for (let i = 0; i < 3; i++) {
      child.kill("SIGINT")
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(await ended).toEqual([null, "SIGKILL"])
  })

  it("only for a while is stopped as gently as any other once it comes back", async () => {
    const output = folder()
    const { child, ended, told } = started(args(output), { ...env(), TEST_BLOCKS: "6" })
    await expect.poll(() => told.stderr).toContain("Step 'stuck' has been computing for 5 s")
    child.kill("SIGINT")
    expect(await ended).toEqual([130, null])
    expect(told.stderr).toContain("was stopped by Ctrl+C")
  })

  it("is ended by one SIGTERM when it has not come back by stopTimeout", async () => {
    const script = `import pipeline from "./test/cli/pipelines/blocking.ts"; import { runPromise } from "./src/index.ts"
      await runPromise(pipeline, { cacheDir: process.env.DISTILABEL_CACHE_DIR, stopTimeout: 2, progress: "none" })`
    const { child, ended, told } = started(
      ["--input-type=module", "-e", script],
      env(),
      undefined,
      { node: true }
    )
    await expect.poll(() => told.stdout).toContain("it begins")
    await watching()
    child.kill("SIGTERM")
    expect(await ended).toEqual([null, "SIGKILL"])
    expect(told.stderr).toMatch(
      /Step 'stuck' does not come back, and the program is ended \d s after it was asked to stop/
    )
  })
})

it("Signals are the program's own again once its run has ended", async () => {
  const script = `import { from, LoadDataFromDicts, MapRows, Pipeline, runPromise } from "./src/index.ts"
    await runPromise(Pipeline("p", {}, from(LoadDataFromDicts({ name: "load", data: [{ n: 1 }] })).to(MapRows({ name: "same", inputs: {}, outputs: {}, map: () => ({}) }))), { cacheDir: process.env.DISTILABEL_CACHE_DIR, progress: "none" })
    console.log("it is over"); setInterval(() => {}, 1000)`
  const { child, ended, told } = started(
    ["--input-type=module", "-e", script],
    { DISTILABEL_CACHE_DIR: folder() },
    undefined,
    { node: true }
  )
  await expect.poll(() => told.stdout).toContain("it is over")
  child.kill("SIGINT")
  expect(await ended).toEqual([null, "SIGINT"])
})
