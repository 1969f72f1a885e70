import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { conditions, entry } from "../program.ts"
import { command, folder } from "./command.ts"

/** A program in a folder, as a user starts it there. */
const inFolder = async (directory: string, args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [...conditions, ...args], {
    cwd: directory,
    env: { ...process.env, DISTILABEL_CACHE_DIR: folder(), OPENAI_API_KEY: "", NO_COLOR: "1" }
  })
  const told = { stdout: "", stderr: "" }
  child.stdout.on("data", (data: Buffer) => (told.stdout += data.toString()))
  child.stderr.on("data", (data: Buffer) => (told.stderr += data.toString()))
  const [status] = (await once(child, "close")) as [number | null]
  return { status, ...told }
}

describe("distilabel-ts init", () => {
  it("writes a project that type-checks, and runs with simulated models and no keys", async () => {
    const directory = join(folder(), "My Dataset")
    const { status, stdout } = await command(["init", directory])
    expect(status).toBe(0)
    expect(stdout).toContain("npm start")
    expect(JSON.parse(readFileSync(join(directory, "package.json"), "utf8"))).toMatchObject({
      name: "my-dataset",
      type: "module"
    })
    // What `npm install` would bring.
    mkdirSync(join(directory, "node_modules"))
    symlinkSync(resolve("."), join(directory, "node_modules", "distilabel-ts"))
    for (const name of ["effect", "@types"])
      symlinkSync(resolve("node_modules", name), join(directory, "node_modules", name))
    const compiler = resolve("node_modules/typescript/bin/tsc")
    // Where nothing is built, the sources stand in for declarations, and use more of the language's library.
    const sources =
      conditions.length === 0
        ? []
        : ["--customConditions", "distilabel-ts:source", "--lib", "esnext,dom.iterable"]
    expect(await inFolder(directory, [compiler, ...sources])).toEqual({
      status: 0,
      stdout: "",
      stderr: ""
    })
    const run = await inFolder(directory, [
      entry,
      "run",
      "pipeline.ts",
      "--output",
      "output",
      "--simulate"
    ])
    expect(run.stderr).toContain("no key is used")
    expect(run).toMatchObject({
      status: 0,
      stdout: "default: 5 rows in output/default.jsonl\nreport: output/report.html\n"
    })
    const [row] = readFileSync(join(directory, "output", "default.jsonl"), "utf8").split("\n")
    expect(JSON.parse(row!)).toMatchObject({
      instruction: "Name a river in Peru.",
      generation: expect.any(String),
      words: expect.any(Number)
    })
    expect(await inFolder(directory, [entry, "run", "pipeline.ts"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("OPENAI_API_KEY")
    })
  }, 60_000)

  it("writes nothing where there is something, and no names that npm refuses", async () => {
    const directory = folder()
    writeFileSync(join(directory, "mine.txt"), "mine")
    expect(await command(["init", directory])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("there is something in this folder (mine.txt)")
    })
    expect(readdirSync(directory)).toEqual(["mine.txt"])
    expect(await command(["init", join(directory, "mine.txt")])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("it is a file")
    })
    expect(await command(["init", join(directory, "new"), "--name", "No Name"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("not 'No Name'. See: distilabel-ts init --help")
    })
  })
})
