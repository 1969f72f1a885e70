/** The packed package, as a user gets it: packed, installed into an empty project, type-checked by the oldest and the newest TypeScript we support, and run. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const directory = mkdtempSync(join(tmpdir(), "distilabel-package-"))
const inProject = (command: string, ...args: ReadonlyArray<string>): string => execFileSync(command, args, { cwd: directory, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })

const program = `import { from, LoadDataFromDicts, MapRows, Pipeline, runPromise } from "distilabel-ts"
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
const wrong = program.replace("inputs: { text: Schema.String }", "inputs: { txet: Schema.String }").replace("({ text }) =>", "({ txet: text }) =>")

const checks: Array<readonly [what: string, holds: () => boolean]> = []
try {
  const packed = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", directory], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })) as
    | ReadonlyArray<{ readonly filename: string }>
    | Readonly<Record<string, { readonly filename: string }>>
  const { filename } = Object.values(packed)[0]!
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }))
  writeFileSync(join(directory, "program.ts"), program)
  writeFileSync(join(directory, "wrong.ts"), wrong)
  inProject("npm", "install", "--no-audit", "--no-fund", `./${filename}`, "effect@4.1.0", "typescript@7.0.2", "typescript-5@npm:typescript@5.9.3", "@types/node@24")
  const compiles = (typescript: string, file: string): boolean => {
    try {
      const compiler = typescript === "7" ? "typescript" : "typescript-5"
      inProject(process.execPath, `node_modules/${compiler}/bin/tsc`, "--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--skipLibCheck", "--types", "node", file)
      return true
    } catch (thrown) {
      const { stdout } = thrown as { readonly stdout?: string }
      if (file === "program.ts") console.log(stdout)
      return false
    }
  }
  for (const typescript of ["7", "5.9"]) {
    checks.push([`a right program compiles with TypeScript ${typescript}`, () => compiles(typescript, "program.ts")])
    checks.push([`a wrong program does not compile with TypeScript ${typescript}`, () => !compiles(typescript, "wrong.ts")])
  }
  checks.push(["the program runs", () => inProject(process.execPath, "program.ts").trim() === "[{\"text\":\"a\",\"loud\":\"A\"},{\"text\":\"b\",\"loud\":\"B\"}]"])
  checks.push(["the command runs", () => /^\d+\.\d+\.\d+/.test(inProject("node_modules/.bin/distilabel-ts", "--version"))])
  checks.push(["a new project type-checks, and runs with simulated models", () => {
    inProject("node_modules/.bin/distilabel-ts", "init", "new-project")
    inProject(process.execPath, "node_modules/typescript/bin/tsc", "-p", "new-project")
    return execFileSync(join(directory, "node_modules/.bin/distilabel-ts"), ["run", "pipeline.ts", "--simulate", "--output", "output"], { cwd: join(directory, "new-project"), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }) === "default: 5 rows in output/default.jsonl\nreport: output/report.html\n"
  }])
  checks.push(["the run has left its report, with the page's code in it", () => /<script id="code">.{50000}/s.test(readFileSync(join(directory, "out", "report.html"), "utf8"))])
  let failed = 0
  for (const [what, holds] of checks) {
    const held = holds()
    if (!held) failed++
    console.log(`${held ? "✓" : "✗"} ${what}`)
  }
  console.log(`${checks.length - failed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
} finally {
  rmSync(directory, { recursive: true, force: true })
}
