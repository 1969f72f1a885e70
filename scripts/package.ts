/**
 * The packed package, as a user gets it: packed, installed into an empty project, type-checked by
 * the oldest and the newest TypeScript we support, and run.
 */
import { execFileSync } from "node:child_process"
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const directory = mkdtempSync(join(tmpdir(), "distilabel-package-"))
const inProject = (command: string, ...args: ReadonlyArray<string>): string =>
  execFileSync(command, args, {
    cwd: directory,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"]
  })

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
const wrong = program
  .replace("inputs: { text: Schema.String }", "inputs: { txet: Schema.String }")
  .replace("({ text }) =>", "({ txet: text }) =>")

/** Writes down which files a program loads. */
const listing = `import { registerHooks } from "node:module"
import { writeFileSync } from "node:fs"
const loaded = []
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
process.on("exit", () => writeFileSync("loaded.json", JSON.stringify(loaded)))
`

/** The files of packages that a program loads. */
const loadedBy = (
  folder: string,
  program: string,
  ...args: ReadonlyArray<string>
): ReadonlyArray<string> => {
  execFileSync(process.execPath, ["--import", join(directory, "listing.mjs"), program, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"]
  })
  const loaded = JSON.parse(
    readFileSync(join(folder, "loaded.json"), "utf8")
  ) as ReadonlyArray<string>
  return loaded.flatMap((url) =>
    /\/node_modules\//.test(url) ? [fileURLToPath(url).replaceAll("\\", "/")] : []
  )
}

const packageOf = (file: string): string => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)![1]!

/** Packages that importing the library may load. Any other one is for what most programs do not do. */
const alwaysLoaded = new Set([
  "distilabel-ts",
  "effect",
  "@huggingface/jinja",
  "fastest-levenshtein",
  "picocolors"
])

/** The modules of the library that are in a file, of which the bundler writes one a line. */
const modulesIn = (file: string): ReadonlyArray<string> =>
  [...readFileSync(file, "utf8").matchAll(/^\/\/ (dist\/\S+\.js)$/gm)].map(([, module]) => module!)

/** What is there more than once. */
const repeated = (items: ReadonlyArray<string>): ReadonlyArray<string> =>
  items.filter((item, i) => items.indexOf(item) < i)

const checks: Array<readonly [what: string, holds: () => boolean]> = []
try {
  const packed = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", directory], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"]
    })
  ) as
    | ReadonlyArray<{ readonly filename: string }>
    | Readonly<Record<string, { readonly filename: string }>>
  const { filename } = Object.values(packed)[0]!
  writeFileSync(
    join(directory, "package.json"),
    JSON.stringify({ name: "user", private: true, type: "module" })
  )
  writeFileSync(join(directory, "program.ts"), program)
  writeFileSync(join(directory, "wrong.ts"), wrong)
  inProject(
    "npm",
    "install",
    "--no-audit",
    "--no-fund",
    `./${filename}`,
    "effect@4.1.0",
    "typescript@7.0.2",
    "typescript-5@npm:typescript@5.9.3",
    "@types/node@24"
  )
  const compiles = (typescript: string, file: string): boolean => {
    try {
      const compiler = typescript === "7" ? "typescript" : "typescript-5"
      inProject(
        process.execPath,
        `node_modules/${compiler}/bin/tsc`,
        "--noEmit",
        "--strict",
        "--module",
        "nodenext",
        "--target",
        "es2024",
        "--skipLibCheck",
        "--types",
        "node",
        file
      )
      return true
    } catch (thrown) {
      const { stdout } = thrown as { readonly stdout?: string }
      if (file === "program.ts") console.log(stdout)
      return false
    }
  }
  for (const typescript of ["7", "5.9"]) {
    checks.push([
      `a right program compiles with TypeScript ${typescript}`,
      () => compiles(typescript, "program.ts")
    ])
    checks.push([
      `a wrong program does not compile with TypeScript ${typescript}`,
      () => !compiles(typescript, "wrong.ts")
    ])
  }
  checks.push([
    "the program runs",
    () =>
      inProject(process.execPath, "program.ts").trim() ===
      '[{"text":"a","loud":"A"},{"text":"b","loud":"B"}]'
  ])
  checks.push([
    "the command runs",
    () => /^\d+\.\d+\.\d+/.test(inProject("node_modules/.bin/distilabel-ts", "--version"))
  ])
  checks.push([
    "a new project type-checks, and runs with simulated models",
    () => {
      inProject("node_modules/.bin/distilabel-ts", "init", "new-project")
      inProject(process.execPath, "node_modules/typescript/bin/tsc", "-p", "new-project")
      return (
        execFileSync(
          join(directory, "node_modules/.bin/distilabel-ts"),
          ["run", "pipeline.ts", "--simulate", "--output", "output"],
          {
            cwd: join(directory, "new-project"),
            encoding: "utf8",
            stdio: ["ignore", "pipe", "ignore"]
          }
        ) === "default: 5 rows in output/default.jsonl\nreport: output/report.html\n"
      )
    }
  ])
  checks.push([
    "the run has left its report, with the page's code in it",
    () =>
      /<script id="code">.{50000}/s.test(
        readFileSync(join(directory, "out", "report.html"), "utf8")
      )
  ])
  writeFileSync(join(directory, "listing.mjs"), listing)
  writeFileSync(join(directory, "imports.mjs"), 'import "distilabel-ts"\n')
  checks.push([
    "importing it loads three files of it, and no package that is for later",
    () => {
      const loaded = loadedBy(directory, "imports.mjs")
      return (
        loaded.every((file) => alwaysLoaded.has(packageOf(file))) &&
        loaded.filter((file) => packageOf(file) === "distilabel-ts").length === 3
      )
    }
  ])
  checks.push([
    "a thread loads two files of it",
    () => loadedBy(directory, "node_modules/distilabel-ts/dist/step/threadEntry.js").length === 2
  ])
  checks.push([
    "every module of the library is in one file",
    () => {
      const modules = globSync("node_modules/distilabel-ts/dist/**/*.js", {
        cwd: directory
      }).flatMap((file) => modulesIn(join(directory, file)))
      return modules.includes("dist/engine/local/execute.js") && repeated(modules).length === 0
    }
  ])
  checks.push([
    "the command and the pipeline that it runs share the library, and of undici they load the agent alone",
    () => {
      const loaded = loadedBy(
        join(directory, "new-project"),
        join(directory, "node_modules/distilabel-ts/dist/cli/main.js"),
        "run",
        "pipeline.ts",
        "--simulate",
        "--output",
        "shared"
      )
      const undici = loaded.filter((file) => packageOf(file) === "undici")
      if (
        !undici.some((file) => file.endsWith("/agent.js")) ||
        undici.some((file) => file.endsWith("undici/index.js"))
      )
        return false
      const own = loaded.filter((file) => packageOf(file) === "distilabel-ts")
      const modules = own.flatMap(modulesIn)
      return (
        own.some((file) => file.endsWith("dist/index.js")) &&
        modules.includes("dist/cli/runCommand.js") &&
        repeated([...own, ...modules]).length === 0
      )
    }
  ])
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
