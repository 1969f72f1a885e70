/** The package run as a user runs it: a program, the command, a new project, a bundled app. */
import { execFileSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import type { Check, Project } from "./Project.ts"

/** An app that loads, asks, computes, draws and saves, by itself in one file. */
const app = `import { from, fromYamlPromise, LoadDataFromDicts, MapRows, OpenAILLM, Pipeline, runPromise, TextGeneration, toSvg, toYamlPromise } from "distilabel-ts"
import { startSimulator } from "distilabel-ts/simulator"
import { Schema } from "effect"

const simulator = await startSimulator()
const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Name a river in 秘鲁." }] })
const ask = TextGeneration({ name: "ask", llm: OpenAILLM({ model: "gpt-4o-mini", baseUrl: simulator.openaiBaseUrl }) })
const count = MapRows({ name: "count", inputs: { generation: Schema.String }, outputs: { letters: Schema.Number }, map: ({ generation }) => ({ letters: generation.length }) })
const pipeline = Pipeline("bundled", { description: "An app" }, from(load).to(ask).to(count))
const distiset = await runPromise(pipeline, { progress: "none", useCache: false, outputDir: "output" })
await distiset.saveToDisk("saved")
await simulator.close()
const { name } = await fromYamlPromise(await toYamlPromise(pipeline, { onWarning: () => {} }))
console.log(name, (await distiset.default.toArray()).every(({ letters }) => letters > 0), toSvg(pipeline).startsWith("<svg"))
`

export const runningChecks = (project: Project): ReadonlyArray<Check> => [
  [
    "the program runs",
    () =>
      project.run(process.execPath, "program.ts").trim() ===
      '[{"text":"a","loud":"A"},{"text":"b","loud":"B"}]'
  ],
  [
    "require gives the same library",
    () => {
      const code = 'console.log(typeof require("distilabel-ts").from)'
      return project.run(process.execPath, "--input-type=commonjs", "-e", code) === "function\n"
    }
  ],
  [
    "the command runs",
    () => /^\d+\.\d+\.\d+/.test(project.run("node_modules/.bin/distilabel-ts", "--version"))
  ],
  [
    "a new project type-checks, and runs with simulated models",
    () => {
      project.run("node_modules/.bin/distilabel-ts", "init", "new-project")
      project.run(process.execPath, "node_modules/typescript/bin/tsc", "-p", "new-project")
      return (
        execFileSync(
          project.path("node_modules/.bin/distilabel-ts"),
          ["run", "pipeline.ts", "--simulate", "--output", "output"],
          {
            cwd: project.path("new-project"),
            encoding: "utf8",
            stdio: ["ignore", "pipe", "ignore"]
          }
        ) === "default: 5 rows in output/default.jsonl\nreport: output/report.html\n"
      )
    }
  ],
  [
    "the run has left its report, with the page's code in it",
    () => /<script id="code">.{50000}/s.test(project.read("out/report.html"))
  ],
  [
    "esbuild bundles an app, which runs where nothing is installed",
    () => {
      project.write("app.ts", app)
      mkdirSync(project.path("elsewhere"))
      project.run(
        "node_modules/.bin/esbuild",
        ..."app.ts --bundle --platform=node --format=esm --log-level=warning".split(" "),
        "--outfile=elsewhere/app.mjs"
      )
      project.run("mv", "node_modules", "put-aside")
      try {
        return (
          execFileSync(process.execPath, ["app.mjs"], {
            cwd: project.path("elsewhere"),
            encoding: "utf8",
            stdio: ["ignore", "pipe", "inherit"]
          }) === "bundled true true\n"
        )
      } finally {
        project.run("mv", "put-aside", "node_modules")
      }
    }
  ]
]
