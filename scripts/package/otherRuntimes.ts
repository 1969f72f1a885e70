/** Bun and Deno, which run what is written for Node: where npm has them for this machine. */
import { existsSync } from "node:fs"
import type { Check, Project } from "./Project.ts"

interface Runtime {
  readonly name: string
  /** The package that holds the program itself, which needs no script to be installed. */
  readonly package: string
  readonly program: string
  readonly args: ReadonlyArray<string>
}

const runtimes = (platform: string, arch: string): ReadonlyArray<Runtime> => {
  const bun = `@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`
  const deno = `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`
  const ending = platform === "win32" ? ".exe" : ""
  return [
    {
      name: "Bun",
      package: `${bun.replace("win32", "windows")}@1.4.5`,
      program: `node_modules/${bun.replace("win32", "windows")}/bin/bun${ending}`,
      args: ["run"]
    },
    {
      name: "Deno",
      package: `${deno}@2.9.6`,
      program: `node_modules/${deno}/deno${ending}`,
      args: ["run", "--allow-all"]
    }
  ]
}

const pipeline = `import { from, LoadDataFromDicts, MapRows, OpenAILLM, Pipeline, TextGeneration } from "distilabel-ts"
import { Schema } from "effect"

const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }, { instruction: "b" }] })
const ask = TextGeneration({ name: "ask", llm: OpenAILLM({ model: "gpt-4o-mini" }) })
const count = MapRows({ name: "count", inputs: { generation: Schema.String }, outputs: { letters: Schema.Number }, map: ({ generation }) => ({ letters: generation.length }) })
export default Pipeline("elsewhere", {}, from(load).to(ask).to(count))
`

export const runtimeChecks = (project: Project): ReadonlyArray<Check> => {
  project.write("elsewhere.ts", pipeline)
  const main = "node_modules/distilabel-ts/dist/cli/main.js"
  return runtimes(process.platform, process.arch).flatMap((runtime): ReadonlyArray<Check> => {
    if (!had(project, runtime)) {
      console.log(`– ${runtime.name} is not to be had here: skipped`)
      return []
    }
    const run = (...args: ReadonlyArray<string>): string =>
      project.run(project.path(runtime.program), ...runtime.args, ...args)
    return [
      [
        `${runtime.name} runs the program`,
        () => run("program.ts").trim() === '[{"text":"a","loud":"A"},{"text":"b","loud":"B"}]'
      ],
      [
        `${runtime.name} runs a pipeline that asks a model, from the command`,
        () => {
          const output = `out-${runtime.name}`
          run(main, "run", "elsewhere.ts", "--simulate", "--output", output)
          return project.read(`${output}/default.jsonl`).trim().split("\n").length === 2
        }
      ],
      [
        // Neither speaks with a compiler that is a program of its own.
        `${runtime.name} draws, and checks, or says in a sentence what that needs`,
        () => {
          run(main, "graph", "elsewhere.ts", "-o", `${runtime.name}.svg`)
          return (
            existsSync(project.path(`${runtime.name}.svg`)) &&
            /^(?:elsewhere: 3 steps, no problem|Reading a pipeline's source needs the package ts-morph)[^\n]*\n$/.test(
              project.output(
                project.path(runtime.program),
                ...runtime.args,
                main,
                "check",
                "elsewhere.ts"
              )
            )
          )
        }
      ]
    ]
  })
}

const had = (project: Project, { package: name, program }: Runtime): boolean => {
  try {
    project.install("--ignore-scripts", name)
  } catch {
    return false
  }
  return existsSync(project.path(program))
}
