/** The package's types, under the oldest and the newest TypeScript and in every kind of project. */
import { existsSync, globSync, mkdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Check, Project } from "./Project.ts"

export const program = `import { from, LoadDataFromDicts, MapRows, Pipeline, runPromise } from "distilabel-ts"
import { startSimulator } from "distilabel-ts/simulator"
import { Schema } from "effect"

const load = LoadDataFromDicts({ name: "load", data: [{ text: "a" }, { text: "b" }] })
const loud = MapRows({ name: "loud", inputs: { text: Schema.String }, outputs: { loud: Schema.String }, map: ({ text }) => ({ loud: text.toUpperCase() }) })
const { default: rows } = await runPromise(Pipeline("packed", {}, from(load).to(loud)), { progress: "none", outputDir: "out" })
const typed: ReadonlyArray<{ readonly text: string; readonly loud: string }> = await rows.toArray()
const simulator = await startSimulator()
await simulator.close()
console.log(JSON.stringify(typed))
`
const wrong = program
  .replace("inputs: { text: Schema.String }", "inputs: { txet: Schema.String }")
  .replace("({ text }) =>", "({ txet: text }) =>")

/** A program of a CommonJS project, that is right but for its last line. */
const commonJs = `import { from, LoadDataFromDicts, OpenAILLM, Pipeline, runPromise, TextGeneration } from "distilabel-ts"
import { startSimulator } from "distilabel-ts/simulator"

export const answers = async () => {
  await using simulator = await startSimulator()
  const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a" }] })
  const ask = TextGeneration({ name: "ask", llm: OpenAILLM({ model: "m", baseUrl: simulator.openaiBaseUrl }) })
  const { default: rows } = await runPromise(Pipeline("p", {}, from(load).to(ask)))
  const typed: ReadonlyArray<{ readonly instruction: string; readonly generation: string }> = await rows.toArray()
  return typed
}
export const wrong: number = answers
`

const compilers = { "7": "typescript", "5.9": "typescript-5" } as const

const errorsOf = (
  project: Project,
  compiler: keyof typeof compilers,
  files: ReadonlyArray<string>,
  ...options: ReadonlyArray<string>
): ReadonlyArray<string> =>
  project
    .output(
      process.execPath,
      `node_modules/${compilers[compiler]}/bin/tsc`,
      ..."--noEmit --strict --target es2024 --skipLibCheck --types node".split(" "),
      "--lib",
      "es2024,esnext.disposable,dom",
      ...options,
      ...files
    )
    .split("\n")
    .filter((line) => line.includes("error TS"))

/**
 * What CommonJS projects say in their tsconfig: TypeScript 5's own default, which newer ones have
 * no more, and theirs, which they read four times as fast.
 */
const commonJsProjects = [
  ["5.9", "commonjs", "node10"],
  ["7", "esnext", "bundler"],
  ["7", "node20", "node16"],
  ["5.9", "nodenext", "nodenext"]
] as const

/** Packages whose values users hand over, or get. */
const known = /^(effect|@standard-schema\/spec|@ai-sdk\/provider|node:.*)(\/|$)/

/** Imports of other packages in declarations. */
const strangersIn = (dist: string): ReadonlyArray<string> =>
  globSync("**/*.d.ts", { cwd: dist }).flatMap((file) => {
    const code = readFileSync(join(dist, file), "utf8").replaceAll(/\/\*.*?\*\//gs, "")
    return [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^".][^"]*)"/g)].flatMap(([, name]) =>
      known.test(name!) ? [] : [`${file} imports ${name}`]
    )
  })

export const typeChecks = (project: Project): ReadonlyArray<Check> => {
  project.write("program.ts", program)
  project.write("wrong.ts", wrong)
  mkdirSync(project.path("commonjs"), { recursive: true })
  project.write("commonjs/package.json", '{ "type": "commonjs" }')
  project.write("commonjs/use.ts", commonJs)
  return [
    ...(["7", "5.9"] as const).map((compiler): Check => [
      `a right program compiles with TypeScript ${compiler}, and a wrong one beside it does not`,
      () => {
        const errors = errorsOf(
          project,
          compiler,
          ["program.ts", "wrong.ts"],
          "--module",
          "nodenext"
        )
        const inRight = errors.filter((error) => !error.startsWith("wrong.ts"))
        for (const error of inRight) console.log(error)
        return inRight.length === 0 && errors.length > 0
      }
    ]),
    ...commonJsProjects.map(([compiler, module, resolution]): Check => [
      `a CommonJS project finds the types with TypeScript ${compiler}, module ${module}, moduleResolution ${resolution}`,
      () => {
        const errors = errorsOf(
          project,
          compiler,
          ["commonjs/use.ts"],
          "--module",
          module,
          "--moduleResolution",
          resolution
        )
        // The one planted error: everything else is there, and has its types.
        return errors.length === 1 && errors[0]!.includes("TS2322")
      }
    ]),
    [
      "declarations take types of no provider's package: who asks one should not compile all of it",
      () => {
        const strangers = strangersIn(project.path("node_modules/distilabel-ts/dist"))
        for (const stranger of strangers) console.log(stranger)
        return strangers.length === 0
      }
    ],
    [
      "declarations lead to sources, which are there",
      () => {
        const at = "node_modules/distilabel-ts/dist/pipeline"
        const { sources } = JSON.parse(project.read(`${at}/Flow.d.ts.map`)) as {
          readonly sources: ReadonlyArray<string>
        }
        return sources.every((source) => existsSync(join(dirname(project.path(at, "x")), source)))
      }
    ]
  ]
}
