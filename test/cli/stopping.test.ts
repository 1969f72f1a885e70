import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { spawn as spawnPty } from "@lydell/node-pty"
import { describe, expect, it } from "vitest"
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/index.ts"
import { conditions, entry } from "../program.ts"
import { command, folder, started } from "./command.ts"

const pipeline = "test/cli/pipelines/asking.ts"
const rows = 60
/** At most so many requests are in flight. */
const atOnce = 4

const slow: SimulatorOptions = { latency: { kind: "constant", ms: 60 } }

/** Folders and environment of runs that belong together. */
const setting = (simulator: Simulator) => {
  const output = folder()
  const args = ["run", pipeline, "--output", output]
  const env = {
    TEST_URL: simulator.openaiBaseUrl,
    TEST_ROWS: String(rows),
    DISTILABEL_CACHE_DIR: folder()
  }
  const hash = (): string =>
    createHash("sha256")
      .update(readFileSync(join(output, "default.jsonl")))
      .digest("hex")
  return { args, env, hash }
}

const answered = (simulator: Simulator, count: number) =>
  expect.poll(() => simulator.stats().answered, { interval: 5 }).toBeGreaterThanOrEqual(count)

/** What a run gives that nobody disturbs. */
const undisturbed = async (): Promise<string> => {
  await using simulator = await startSimulator()
  const { args, env, hash } = setting(simulator)
  expect((await command(args, env)).status).toBe(0)
  return hash()
}

describe("a run on the command line", () => {
  it.each([
    ["SIGINT", 130, "Ctrl+C"],
    ["SIGTERM", 143, "SIGTERM"],
    ["SIGHUP", 129, "because its terminal was closed (SIGHUP)"]
  ] as const)(
    "that gets %s waits for what is in flight, keeps it, says how to go on, and ends with %i; the same command then asks nothing twice",
    async (signal, code, called) => {
      await using simulator = await startSimulator(slow)
      const { args, env, hash } = setting(simulator)
      const { child, ended, told } = started(args, env)
      await answered(simulator, 10)
      child.kill(signal)
      expect(await ended).toEqual([code, null])
      const words = `was stopped ${called.startsWith("because") ? "" : "by "}${called}`.replaceAll(
        /[+()]/g,
        "\\$&"
      )
      expect(told.stderr).toMatch(
        new RegExp(`The run of pipeline 'asking' ${words} after \\d+( of .*)? rows`)
      )
      expect(told.stderr).toContain("The same command goes on from here.")
      expect(simulator.stats()).toMatchObject({ aborted: 0 })
      expect(simulator.stats().answered).toBeLessThan(rows)
      const again = await command(args, env)
      expect(again.status).toBe(0)
      expect(simulator.stats().requests).toBe(rows)
      expect(hash()).toBe(await undisturbed())
    }
  )

  it("that is killed with SIGKILL, again and again, repeats no more than what was in flight", async () => {
    await using simulator = await startSimulator(slow)
    const { args, env, hash } = setting(simulator)
    for (const enough of [8, 20, 35]) {
      const { child, ended } = started(args, env)
      await answered(simulator, enough)
      child.kill("SIGKILL")
      expect(await ended).toEqual([null, "SIGKILL"])
    }
    expect((await command(args, env)).status).toBe(0)
    expect(simulator.stats().requests).toBeLessThanOrEqual(rows + 3 * atOnce)
    expect(hash()).toBe(await undisturbed())
  })

  it("that is finished makes no request when it is run again", async () => {
    await using simulator = await startSimulator()
    const { args, env } = setting(simulator)
    expect((await command(args, env)).status).toBe(0)
    const again = await command(args, env)
    expect(again).toMatchObject({ status: 0, stderr: expect.stringContaining("was done before") })
    expect(simulator.stats().requests).toBe(rows)
  })

  it("leaves a provider that hangs at the second Ctrl+C, and everything at the third", async () => {
    await using simulator = await startSimulator({ faults: [{ kind: "hang", share: 1 }] })
    for (const times of [2, 3]) {
      const { args, env } = setting(simulator)
      const { child, ended, told } = started([...args, "--progress", "plain"], env)
      await expect.poll(() => simulator.stats().inFlight).toBe(atOnce)
      child.kill("SIGINT")
      // It still waits for the answers.
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(child.exitCode).toBeNull()
      for (let i = 1; i < times; i++) child.kill("SIGINT")
      expect(await ended).toEqual([130, null])
      if (times === 2) expect(told.stderr).toContain(`${atOnce} requests were left unanswered`)
      await expect.poll(() => simulator.stats().inFlight).toBe(0)
    }
  })

  it("that may not write on goes on once it may, and keeps what was answered", async () => {
    await using simulator = await startSimulator(slow)
    const { args, env } = setting(simulator)
    // As on a full disk: no file may grow beyond 40 blocks of 1,024 bytes, and the signal for it is ignored.
    const full = started(args, { ...env, TEST_ROWS: "120" }, "trap '' XFSZ; ulimit -f 40")
    expect((await full.ended)[0]).toBe(1)
    expect(full.told.stderr).toMatch(
      /Cannot write '.*': .*run again: what was answered before is kept/
    )
    expect(full.told.stderr).not.toMatch(/^\s+at /m)
    expect(simulator.stats().requests).toBeGreaterThan(0)
    expect(simulator.stats().requests).toBeLessThan(120)
    expect((await command(args, { ...env, TEST_ROWS: "120" })).status).toBe(0)
    expect(simulator.stats().requests).toBeLessThanOrEqual(120 + atOnce)
  })

  it("that finds no place for its cache at all says so", async () => {
    await using simulator = await startSimulator()
    const { args, env } = setting(simulator)
    const { ended, told } = started(args, env, "trap '' XFSZ; ulimit -f 8")
    expect((await ended)[0]).toBe(1)
    expect(told.stderr).toMatch(
      /^Cannot open '.*': the disk is full, or fails\. Make room and run again/m
    )
    expect(simulator.stats().requests).toBe(0)
  })

  it("has a code of its own when too many rows fail, and when a budget is reached", async () => {
    await using refusing = await startSimulator({ faults: [{ kind: "refusal", share: 0.9 }] })
    const failed = await command(setting(refusing).args, setting(refusing).env)
    expect(failed.status).toBe(3)
    await using simulator = await startSimulator()
    const { args, env } = setting(simulator)
    const budget = await command([...args, "--max-rows", "20"], env)
    expect(budget).toMatchObject({
      status: 4,
      stderr: expect.stringContaining("The same run with a higher --max-rows goes on from here.")
    })
    expect(simulator.stats().requests).toBe(20)
    expect((await command(args, env)).status).toBe(0)
    expect(simulator.stats().requests).toBe(rows)
  })

  it("that another one runs at the same time is refused in one sentence", async () => {
    await using simulator = await startSimulator(slow)
    const { args, env } = setting(simulator)
    const many = { ...env, TEST_ROWS: "2000" }
    const first = started(args, many)
    await answered(simulator, 4)
    expect(await command(args, many)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /Another run \(process \d+, since .*\) of pipeline 'asking' is writing/
      )
    })
    first.child.kill("SIGINT")
    expect(await first.ended).toEqual([130, null])
  })

  it("whose key is wrong ends with the first answer, not after all rows", async () => {
    await using simulator = await startSimulator({
      apiKey: "another",
      latency: { kind: "constant", ms: 20 }
    })
    const { args, env } = setting(simulator)
    const { status, stderr } = await command(args, { ...env, TEST_ROWS: "10000" })
    expect(status).toBe(1)
    expect(stderr).toContain("rejected the credentials")
    expect(simulator.stats().requests).toBeLessThanOrEqual(atOnce)
  })
})

/** A terminal with the command in it. */
const terminal = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>>) => {
  const pty = spawnPty(process.execPath, [...conditions, entry, ...args], {
    cols: 100,
    rows: 30,
    env: { ...process.env, ...env, TERM: "xterm-256color" }
  })
  let screen = ""
  pty.onData((data) => (screen += data))
  const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)))
  return { pty, screen: () => screen, ended }
}

describe("a run on a terminal", () => {
  it("shows itself in place, and Ctrl+C typed there stops it gently", async () => {
    await using simulator = await startSimulator(slow)
    const { args, env } = setting(simulator)
    const { ended, pty, screen } = terminal(args, env)
    await answered(simulator, 10)
    await expect.poll(screen).toMatch(/\d+ in flight/)
    pty.write("\u0003")
    expect(await ended).toBe(130)
    expect(screen()).toContain("was stopped by Ctrl+C")
    expect(screen()).toContain("The same command goes on from here.")
    expect(simulator.stats()).toMatchObject({ aborted: 0 })
  })

  it("says while it waits that a second Ctrl+C leaves the answers, and does so", async () => {
    await using simulator = await startSimulator({ faults: [{ kind: "hang", share: 1 }] })
    const { args, env } = setting(simulator)
    const { ended, pty, screen } = terminal(args, env)
    await expect.poll(() => simulator.stats().inFlight).toBe(atOnce)
    pty.write("\u0003")
    await expect.poll(screen).toContain("Ctrl+C again to leave them")
    pty.write("\u0003")
    expect(await ended).toBe(130)
  })
})
