import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { sourceFolder } from "../codegen/sources.ts"
import { conditions, entry } from "../program.ts"

// Each has the compiler read the library, in a program of its own.

const write = sourceFolder()
const run = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [...conditions, entry, ...args], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" }
  })

const wrong = `throw new Error("this file may not run")
import { from, LoadDataFromDicts, Pipeline, ScriptedLLM, TextGeneration } from "distilabel-ts"
const load = LoadDataFromDicts({ name: "load", data: [{ prompt: "a" }] })
const generate = TextGeneration({ name: "generate", llm: ScriptedLLM({ answers: "x" }) })
export default Pipeline("wrong", {}, from(load).to(generate))
`

describe("distilabel-ts check", () => {
  it("finds nothing wrong with the seed pipeline, and says how large it is", () => {
    expect(run("check", "examples/seedPipeline.ts")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^pipe-name: 5 steps, no problem \(\d+\.\d s\)\n$/)
    })
  })

  it("counts steps that are made for each member of a list, as far as the list is known", () => {
    const made = (list: string): string =>
      run(
        "check",
        write(
          "made.ts",
          `import { CombineOutputs, from, LoadDataFromDicts, Pipeline, ScriptedLLM, TextGeneration } from "distilabel-ts"
const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
const tasks = ${list}.map((model) => TextGeneration({ name: \`gen_\${model}\`, llm: ScriptedLLM({ model, answers: "x" }) }))
export default Pipeline("p", {}, from(load).branch(tasks).join(CombineOutputs({ name: "all" })))
`
        )
      ).stdout
    expect(made('["a", "b", "c"]')).toMatch(/^p: 5 steps, no problem/)
    expect(made("process.argv")).toMatch(/^p: at least 3 steps, no problem/)
  })

  it("tells each problem with its place, exit code 1, and runs nothing", () => {
    const file = write("wrong.ts", wrong)
    const { status, stderr, stdout } = run("check", file)
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" })
    expect(stdout).toContain(
      `${file}:5:52 wiring Step 'generate' needs column 'instruction', which no earlier step gives. Columns here: prompt.`
    )
    const { problems } = JSON.parse(run("check", file, "--json").stdout) as {
      readonly problems: ReadonlyArray<object>
    }
    expect(problems.at(-1)).toMatchObject({
      file,
      line: 5,
      column: 52,
      code: "MissingColumn",
      problem: { step: "generate", column: "instruction", available: ["prompt"] }
    })
  })

  it("tells a file that is not there, and wrong use, in a sentence", () => {
    expect(run("check", "none.ts")).toMatchObject({
      status: 1,
      stderr:
        "Cannot look at 'none.ts': there is no such file. Check the path; a relative one starts at the folder you are in.\n"
    })
    expect(run("check")).toMatchObject({
      status: 2,
      stderr: "No FILE is given. See: distilabel-ts check --help\n"
    })
    expect(run("check", "--jsno", "a.ts").status).toBe(2)
    expect(run("check", "--help")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("distilabel-ts check pipeline.ts")
    })
  })
})

describe("distilabel-ts info", () => {
  it("shows steps, columns, parameters and subsets", () => {
    const { status, stdout } = run("info", "examples/seedPipeline.ts")
    expect(status).toBe(0)
    expect(stdout).toMatch(/^pipe-name: My first pipe\n5 steps, 1 subset\n/)
    expect(stdout).toContain(
      "text_generation_with_gpt-4-0125-preview TextGeneration, gpt-4-0125-preview examples/seedPipeline.ts:35:5\n  after       load_dataset (some rows or batches)\n  reads       instruction: string, system_prompt?: string | null\n"
    )
    expect(stdout).toContain(
      "dataFiles    string | string[]   must be set. A file, a folder, a pattern"
    )
    expect(stdout).toContain("  removes     generation, model_name\n")
    expect(stdout).toMatch(/default subset of the dataset\n {2}columns {5}instruction: string\n/)
  })

  it("prints JSON, and the problems of a pipeline that has some, with exit code 1", () => {
    const file = write("wrong.ts", wrong)
    const { status, stderr, stdout } = run("info", file)
    expect(status).toBe(1)
    expect(stderr).toContain("Step 'generate' needs column 'instruction'")
    expect(stdout).toContain("generate TextGeneration")
    expect(JSON.parse(run("info", file, "--json").stdout)).toMatchObject({
      name: "wrong",
      steps: [
        { name: "load", kind: "generator" },
        { name: "generate", from: ["load"] }
      ]
    })
  })
})
