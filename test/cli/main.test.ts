import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { expect, it } from "vitest"
import { entry } from "../program.ts"

const run = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [entry, ...args], { encoding: "utf8" })

it("the command says what it can do, and its version", () => {
  expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("simulate") })
  expect(run("--version").stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

it("a command that is not there gets a suggestion and exit code 2", () => {
  expect(run("simulat")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("There is no command 'simulat'. Did you mean 'simulate'?")
  })
})

it("a wrong option of simulate is told in a sentence, with exit code 2", () => {
  const { status, stderr } = run("simulate", "--port", "70000")
  expect(status).toBe(2)
  expect(stderr).toContain("--port")
  expect(stderr).not.toMatch(/^\s+at /m)
})

it("simulate listens until it is told to stop", async () => {
  const child = spawn(process.execPath, [entry, "simulate", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string]
  const { url } = JSON.parse(line) as { readonly url: string }
  expect((await fetch(`${url}/v1/models`)).status).toBe(200)
  child.kill("SIGTERM")
  expect(await once(child, "exit")).toEqual([0, null])
})
