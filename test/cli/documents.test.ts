import { once } from "node:events"
import { readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join, relative, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { command, folder } from "./command.ts"

// Each starts several programs.

const directory = folder()
const env = { NO_COLOR: "1", DISTILABEL_CACHE_DIR: join(directory, "cache") }
const told = (...args: ReadonlyArray<string>) => command(args, env)

const write = (name: string, text: string): string => {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

const document = (
  loader = "LoadDataFromDicts",
  keeper = "{ module: distilabel.steps.columns.keep, name: KeepColumns }"
): string => `pipeline:
  name: written
  steps:
    - name: load
      step:
        name: load
        type_info: { module: distilabel.steps.generators.data, name: ${loader} }
    - name: generate
      step:
        name: generate
        llm:
          model: scripted
          answers: The Ucayali.
          type_info: { module: distilabel_ts, name: ScriptedLLM }
        type_info: { module: distilabel.steps.tasks.text_generation, name: TextGeneration }
    - name: keep
      step:
        name: keep
        columns: [instruction, generation]
        type_info: ${keeper}
  connections:
    - { from: load, to: [generate] }
    - { from: generate, to: [keep] }
`
const yaml = write("written.yaml", document())
const rows = write(
  "rows.jsonl",
  '{"instruction": "Name a river in Peru."}\n{"instruction": "Another?"}\n'
)
const bound = write(
  "bound.yaml",
  document("LoadDataFromDicts", "{ module: my_steps, name: Keeper }")
)
const bindings = "test/cli/pipelines/bindings.ts"

const outputOf = (output: string): ReadonlyArray<unknown> =>
  readFileSync(join(output, "default.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown)

describe("a document on the command line", () => {
  it("runs with rows of a file, and says how to give them where they are missing", async () => {
    const output = folder()
    expect(await told("run", yaml, "--input", rows, "--output", output)).toMatchObject({
      status: 0
    })
    expect(outputOf(output)).toEqual([
      { instruction: "Name a river in Peru.", generation: "The Ucayali." },
      { instruction: "Another?", generation: "The Ucayali." }
    ])
    const { status, stderr } = await told("run", yaml)
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^Step 'load' needs its parameter 'data': give --input load=FILE for rows of a file, or --param load\.data=VALUE/
    )
    expect((await told("run", yaml, "--input", `lod=${rows}`)).stderr).toMatch(
      /^The pipeline has no generator 'lod'\. Did you mean 'load'\?/
    )
  })

  it("is read from an address", async () => {
    const server = createServer((_, response) => response.end(document()))
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/shared/pipeline.yaml`
    try {
      expect(await told("check", url)).toMatchObject({
        status: 0,
        stdout: "written: 3 steps, no problem\n"
      })
      expect(JSON.parse((await told("info", url, "--json")).stdout)).toMatchObject({
        name: "written",
        steps: [{ name: "load" }, { name: "generate" }, { name: "keep" }]
      })
    } finally {
      server.close()
    }
    expect(await told("run", "http://127.0.0.1/pipeline.ts")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("code from the network is not run")
    })
  })

  it("whose classes are not here is looked at and drawn with what is missing, refuses to run, and runs with them bound", async () => {
    const missing = "The class 'Keeper' of 'my_steps', which 'keep' needs, is not here."
    expect(await told("check", bound)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^written: 3 steps, not runnable\n {2}The class 'Keeper' of /)
    })
    expect(await told("info", bound)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("export const Keeper = ({ name }) => step({ name, … })")
    })
    expect(await told("graph", bound)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("flowchart"),
      stderr: `${missing}\n`
    })
    const refused = await told("run", bound, "--input", rows)
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain(missing)
    expect(refused.stderr).toContain("--bind FILE")
    const output = folder()
    expect(
      await told("run", bound, "--input", rows, "--bind", bindings, "--output", output)
    ).toMatchObject({ status: 0 })
    expect(outputOf(output)).toHaveLength(2)
  })

  it("with mistakes tells each with its place, and exit code 1", async () => {
    const wrong = write(
      "wrong.yaml",
      document()
        .replace("columns: [instruction", "colums: [instruction")
        .replace("{ from: load,", "{ from: lod,")
    )
    const { status, stdout } = await told("check", wrong)
    expect(status).toBe(1)
    expect(stdout).toContain(
      `${wrong}:19:9 key KeepColumns 'keep' has a key 'colums', which it does not know. Did you mean 'columns'?`
    )
    expect(JSON.parse((await told("check", wrong, "--json")).stdout)).toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ line: 19, kind: "key" })])
    })
    expect(await told("run", wrong)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Did you mean 'columns'?")
    })
  })
})

describe("distilabel-ts convert", () => {
  it("writes a module with own steps as a document that runs once its module is allowed", async () => {
    const target = join(directory, "own.yaml")
    expect(await told("convert", "test/cli/pipelines/own.ts", "-o", target)).toEqual({
      status: 0,
      stdout: `2 steps written to ${target}\n`,
      stderr: ""
    })
    const [, module = ""] =
      /module: (\S+pipelines\/own\.ts)\n/.exec(readFileSync(target, "utf8")) ?? []
    expect(resolve(directory, module)).toBe(resolve("test/cli/pipelines/own.ts"))
    expect(await told("run", target)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`Let it import its modules: --allow ${module}`)
    })
    const output = folder()
    expect(await told("run", target, "--allow", module, "--output", output)).toMatchObject({
      status: 0
    })
    expect(outputOf(output)).toEqual([{ text: "a", loud: "A" }])
    expect(await told("codegen", target)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(
        `import { loud } from "${relative(process.cwd(), "test/cli/pipelines/own.ts").replace(/^/, "./")}"`
      ),
      stderr: ""
    })
  })

  it("writes YAML as JSON and back", async () => {
    const { stdout: json } = await told("convert", yaml, "--format", "json")
    expect(JSON.parse(json)).toMatchObject({ pipeline: { name: "written" } })
    const there = write("there.json", json)
    expect((await told("convert", there)).stdout).toBe((await told("convert", yaml)).stdout)
    expect(await told("convert", yaml, "-o", "x.toml")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("--output takes a .yaml, .yml or .json file")
    })
  })
})

describe("distilabel-ts codegen", () => {
  it("writes a document as TypeScript, and says what is to be written", async () => {
    const target = join(directory, "generated", "pipeline.ts")
    expect(await told("codegen", yaml, "-o", target)).toEqual({
      status: 0,
      stdout: `3 steps written to ${target}\n`,
      stderr: ""
    })
    expect(readFileSync(target, "utf8")).toContain(
      'export default Pipeline("written", {}, from(load).to(generate).to(keep))\n'
    )
    const { status, stderr, stdout } = await told("codegen", bound)
    expect(status).toBe(0)
    expect(stdout).toContain(
      '// Keeper of my_steps is not here: write what it does. The document says of it:\n//   columns: ["instruction","generation"]\n'
    )
    expect(stderr).toBe(
      "To be written by you: 'keep'. Their classes are not here; their columns are what the other steps need.\n"
    )
    expect(await told("codegen", "pipeline.ts")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("FILE is a document")
    })
  })
})
