import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { conditions, entry } from "../program.ts"

const run = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [...conditions, entry, "graph", ...args], { encoding: "utf8" })
const directory = mkdtempSync(join(tmpdir(), "distilabel-graph-"))

describe("distilabel-ts graph", () => {
  it("draws the pipeline of a module as the ending of the file says, or prints Mermaid text", () => {
    const output = join(directory, "seed.svg")
    expect(run("examples/seedPipeline.ts", "-o", output)).toMatchObject({
      status: 0,
      stdout: `5 steps drawn in ${output}\n`
    })
    expect(readFileSync(output, "utf8")).toBe(readFileSync("docs/seed-pipeline.svg", "utf8"))
    expect(run("examples/seedPipeline.ts").stdout).toMatch(
      /^---\ntitle: "pipe-name"\n---\nflowchart TB\n/
    )
    expect(
      run("examples/seedPipeline.ts", "--format", "svg", "--theme", "dark", "--direction", "right")
        .stdout
    ).toMatch(/^<svg /)
  })

  it("tells wrong use in a sentence, with exit code 2", () => {
    expect(run()).toMatchObject({
      status: 2,
      stderr: "No FILE is given. See: distilabel-ts graph --help\n"
    })
    expect(run("a.ts", "b.ts").stderr).toContain("There is one FILE, but also b.ts.")
    for (const name of ["x.png", "x.txt"])
      expect(run("examples/seedPipeline.ts", "-o", join(directory, name))).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/SVG.*Mermaid.*See: distilabel-ts graph --help\n$/) as string
      })
    expect(run("a.ts", "--format", "mermaid", "-o", "x.svg")).toMatchObject({
      status: 2,
      stderr:
        "--format mermaid does not fit the ending of 'x.svg'. See: distilabel-ts graph --help\n"
    })
    expect(run("a.ts", "--format", "png")).toMatchObject({
      status: 2,
      stderr: "--format takes svg or mermaid, not 'png'. See: distilabel-ts graph --help\n"
    })
  })

  it("tells what is wrong with the module or the file to write, with exit code 1 and no stack", () => {
    const wrong = join(directory, "wrong.ts")
    writeFileSync(wrong, "export default 1\n")
    expect(run(wrong)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("exports a number as its default, but a pipeline is needed")
    })
    writeFileSync(wrong, "import 'some-package'\nexport default 1\n")
    expect(run(wrong)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        `it imports 'some-package', which is not installed. Run npm install in ${directory}, or npm install some-package.`
      )
    })
    expect(run("none.ts")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("There is no file 'none.ts'")
    })
    const { status, stderr } = run("examples/seedPipeline.ts", "-o", join(wrong, "such.svg"))
    expect(status).toBe(1)
    expect(stderr).toMatch(/^Cannot write '.*such\.svg': a file of that name is in the way/)
  })

  it("shows examples in its help", () => {
    expect(run("--help")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("distilabel-ts graph pipeline.ts -o pipeline.svg")
    })
  })
})
