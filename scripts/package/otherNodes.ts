/** The oldest Node that the package promises, and those that are older still. */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import type { Check, Project } from "./Project.ts"

const oldest = "22.19.0"
const tooOld = ["20.18.0", "18.19.0"]

const found = new Map<string, string>()

/** A Node of another version, which npm keeps from call to call. */
const nodeOf = (version: string): string => {
  const command = ["--yes", "--package", `node@${version}`, "node", "-p", "process.execPath"]
  const path = found.get(version) ?? execFileSync("npx", command, { encoding: "utf8" }).trim()
  found.set(version, path)
  return path
}

/** The programs of the README that run as they are printed. */
const programs = [...readFileSync("README.md", "utf8").matchAll(/^```ts run\n([^]*?)^```$/gm)].map(
  ([, code]) => code!
)

/** Tests of what Node itself brings: its database, compression, threads, HTTP. */
const tests = [
  "test/journal/RunLock.test.ts",
  "test/models/kinds.test.ts",
  "test/data/arrow.test.ts",
  "test/run/services.test.ts"
]

export const nodeChecks = (project: Project): ReadonlyArray<Check> => [
  [
    `the tests of what Node brings pass on Node ${oldest}`,
    () => {
      // One worker loads the library once for all of them.
      const args = ["node_modules/vitest/vitest.mjs", "run", "--no-isolate", "--maxWorkers=1"]
      return execFileSync(nodeOf(oldest), [...args, ...tests], { encoding: "utf8" }).includes(
        "passed"
      )
    }
  ],
  ...programs.map((code, i): Check => [
    `README's program ${i + 1} runs as printed on Node ${oldest}, and warns of nothing`,
    () => {
      project.write(`readme-${i}.ts`, code)
      project.write(
        "show.mjs",
        'process.on("warning", ({ message }) => console.log("warned", message))'
      )
      const shown = project.run(nodeOf(oldest), "--import", "./show.mjs", `readme-${i}.ts`)
      return shown !== "" && !shown.includes("warned")
    }
  ]),
  ...tooOld.map((version): Check => [
    `Node ${version} gets one sentence from the library, the simulator and the command`,
    () => {
      const sentence = `distilabel-ts needs Node 22.19 or newer, and this is Node ${version}. `
      const node = nodeOf(version)
      project.write("old.mjs", 'import "distilabel-ts/simulator"\n')
      return [
        ["imports.mjs"],
        ["old.mjs"],
        ["node_modules/distilabel-ts/dist/cli/main.js", "--version"]
      ].every((args) => {
        const said = project.output(node, ...args)
        return said.includes(sentence) && !/\n\s+at /.test(said)
      })
    }
  ])
]
