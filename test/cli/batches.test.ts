import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { type Simulator, startSimulator } from "../../src/simulator/index.ts"
import { command, folder, started } from "./command.ts"

const rows = 12

/** A run whose answers come in jobs, and the environment of all commands about it. */
const setting = (simulator: Simulator) => {
  const cache = folder()
  return {
    run: [
      "run",
      "test/cli/pipelines/asking.ts",
      "--output",
      folder(),
      "--param",
      "ask.delivery=batch",
      "--progress",
      "none"
    ],
    env: {
      TEST_URL: simulator.openaiBaseUrl,
      TEST_ROWS: String(rows),
      OPENAI_API_KEY: "k",
      DISTILABEL_CACHE_DIR: cache
    },
    kept: () => {
      const jobs = join(cache, "batches")
      return existsSync(jobs) ? readdirSync(jobs) : []
    }
  }
}

const jobsAt = (simulator: Simulator) => simulator.batches.jobs().map(({ state }) => state)

it("a run whose jobs are under way ends with 75, is listed, waited for, and taken up", async () => {
  await using simulator = await startSimulator({ batches: { after: "on command" } })
  const { env, kept, run } = setting(simulator)
  const first = await command(run, env)
  expect(first.status).toBe(75)
  expect(first.stderr).toContain(`with ${rows} answers) after 0 of ${rows} rows`)
  const listed = await command(["batches", "list"], env)
  expect(listed.stdout).toMatch(new RegExp(`${kept()[0]} .*${rows} questions .*under way`))
  const waiting = started(["batches", "wait", "--every", "1"], env)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(waiting.told.stdout).toBe("")
  simulator.batches.advance()
  expect(await waiting.ended).toEqual([0, null])
  expect(waiting.told.stdout).toContain("1 job ended.")
  const second = await command(run, env)
  expect(second.status).toBe(0)
  expect(second.stdout).toContain(`default: ${rows} rows`)
  expect(jobsAt(simulator)).toEqual(["ended"])
  expect(simulator.batches.left()).toEqual([])
  expect((await command(["batches", "list"], env)).stdout).toContain("No batch jobs are kept")
})

it("jobs are cancelled by name, and what they have answered by then is taken, the rest asked again", async () => {
  await using simulator = await startSimulator({ batches: { after: "on command" } })
  const { env, kept, run } = setting(simulator)
  expect((await command(run, env)).status).toBe(75)
  const [name = ""] = kept()
  const wrong = await command(["batches", "cancel", "another"], env)
  expect(wrong.status).toBe(2)
  expect(wrong.stderr).toContain(`There is no job 'another'. There are: ${name}`)
  expect((await command(["batches", "cancel"], env)).status).toBe(2)
  const cancelled = await command(["batches", "cancel", name], env)
  expect(cancelled).toMatchObject({ status: 0, stderr: "" })
  expect(cancelled.stdout).toContain(`${name} is cancelled.`)
  const second = await command(run, env)
  expect(second.status).toBe(75)
  expect(second.stderr).toContain(`with ${rows / 2} answers) after ${rows / 2} of ${rows} rows`)
  simulator.batches.advance()
  expect((await command(run, env)).stdout).toContain(`default: ${rows} rows`)
  expect(simulator.batches.jobs().map(({ requests }) => requests.length)).toEqual([rows, rows / 2])
})

it.each([
  ["leaves jobs alone", [], "under way"],
  ["cancels jobs with --cancel-batches", ["--cancel-batches"], "cancelled"]
] as const)("Ctrl+C %s", async (_, flags, state) => {
  await using simulator = await startSimulator({ batches: { after: "on command" } })
  const { env, kept, run } = setting(simulator)
  const { child, ended } = started([...run, "--wait", ...flags], env)
  await expect.poll(() => jobsAt(simulator)).toEqual(["under way"])
  child.kill("SIGINT")
  expect(await ended).toEqual([130, null])
  expect(jobsAt(simulator)).toEqual([state])
  expect(kept()).toHaveLength(1)
})

it("files of jobs stay at the provider with --keep-files", async () => {
  await using simulator = await startSimulator()
  const { env, kept, run } = setting(simulator)
  expect((await command([...run, "--keep-files", "--wait"], env)).status).toBe(0)
  expect(simulator.batches.left()).toHaveLength(2)
  expect(kept()).toEqual([])
})
