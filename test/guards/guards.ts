/**
 * Guards of the guards: each plants one error that a check must find, and expects it to be found.
 * The type tests and the message tests run here only: they must find what is planted and nothing
 * else, so that one run tells both that they see and that all is well.
 */
import { spawnSync } from "node:child_process"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

const runs = (
  command: string,
  args: ReadonlyArray<string>,
  cwd: string,
  env: Readonly<Record<string, string>> = {}
) => {
  const { status, stderr, stdout } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...env },
    shell: process.platform === "win32"
  })
  return { failed: status !== 0, output: stdout + stderr }
}

/** A copy of the project in which an error may be planted. */
const copy = mkdtempSync(join(tmpdir(), "distilabel-guards-"))
for (const name of [
  "src",
  "test-messages",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
  "CONTRIBUTING.md",
  "scripts",
  "docs"
])
  cpSync(name, join(copy, name), { recursive: true })
mkdirSync(join(copy, "test"))
for (const name of [
  "architecture.test.ts",
  "rooms.ts",
  "ownCache.ts",
  "ownTemp.ts",
  "program.ts",
  "codegen/sources.ts",
  "docs/steps.test.ts",
  "models/asking.ts",
  "models/conformance.ts",
  "models/wire.ts",
  "steps/definitions.test.ts",
  "steps/signatures.test.ts"
])
  cpSync(`test/${name}`, join(copy, "test", name))
symlinkSync(resolve("node_modules"), join(copy, "node_modules"), "dir")

/** In it, the type tests stand beside the declarations of the build: what users get. */
const declared = join(copy, "declared")
mkdirSync(declared)
for (const name of ["test-d", "package.json"])
  cpSync(name, join(declared, name), { recursive: true })
cpSync("dist", join(declared, "src"), {
  recursive: true,
  filter: (path) => !/\.(?:js|map)$/.test(path)
})

type CheckName = "type tests" | "message tests" | "compiler" | "tests"

interface Checking {
  readonly run: () => ReturnType<typeof runs>
  /** How many checks have passed beside what is planted; undefined if anything else was found. */
  readonly others?: (output: string) => number | undefined
}

const checks: Readonly<Record<CheckName, Checking>> = {
  "type tests": {
    run: () => runs("tsd", ["test-d"], declared),
    others: (output) => (/^\s*1 error$/m.test(output) ? 1 : undefined)
  },
  "message tests": {
    run: () => runs(process.execPath, ["test-messages/messages.ts"], copy),
    others: (output) => {
      const [, passed, failures] = /^(\d+) passed, (\d+) failed$/m.exec(output) ?? []
      return Number(failures) === guardsOf("message tests").length ? Number(passed) : undefined
    }
  },
  compiler: { run: () => runs("tsc", ["-p", "."], copy) },
  tests: {
    run: () =>
      runs(
        "vitest",
        [
          "run",
          // One worker loads the library once for all of them.
          "--no-isolate",
          "--maxWorkers=1",
          "test/architecture.test.ts",
          "test/steps/definitions.test.ts",
          "test/docs/steps.test.ts"
        ],
        copy,
        // The build has nothing of what is planted.
        { DISTILABEL_TEST_BUILD: "" }
      )
  }
}

interface Guard {
  readonly what: string
  /** Errors for the same check are planted in files of their own, and it runs once for all. */
  readonly check: CheckName
  readonly file: string
  /** The text of a new file, or what becomes of the text of one that is there. */
  readonly plant: string | ((text: string) => string)
  readonly finds: RegExp
}

/** A slip of the pen in one place. */
const instead =
  (right: string, wrong: string) =>
  (text: string): string => {
    if (!text.includes(right)) throw new Error(`there is no ${right} to plant an error in`)
    return text.replace(right, wrong)
  }

const guards: ReadonlyArray<Guard> = [
  {
    what: "the type tests find a type that is not what they expect",
    check: "type tests",
    file: "declared/test-d/planted.test-d.ts",
    plant: `import { expectType } from "tsd"\nimport { sampleNSteps } from "./index.js"\nexpectType<number>(sampleNSteps(1))\n`,
    finds: /planted\.test-d\.ts/
  },
  {
    what: "the message tests find words that the editor does not say",
    check: "message tests",
    file: "test-messages/planted.ts",
    plant: `import { sampleNSteps } from "../src/index.ts"\nsampleNSteps("2")\n//~ words that nobody says\n`,
    finds: /planted\.ts:2 expected: words that nobody says/
  },
  {
    what: "the message tests find an error that nobody expects",
    check: "message tests",
    file: "test-messages/plantedToo.ts",
    plant: `import { sampleNSteps } from "../src/index.ts"\nsampleNSteps("2")\n`,
    finds: /plantedToo\.ts:2 not expected/
  },
  {
    what: "the architecture test finds an import that a room may not have",
    check: "tests",
    file: "src/columns/planted.ts",
    plant: `export { runGraph } from "../engine/local/runGraph.ts"\n`,
    finds: /columns may not import engine/
  },
  {
    what: "the architecture test finds an import that a wing may not have",
    check: "tests",
    file: "src/data/rows/planted.ts",
    plant: `export { saveToDisk } from "../distiset/saveToDisk.ts"\n`,
    finds: /data\/rows may not import distiset/
  },
  {
    what: "the architecture test finds a circle of imports",
    check: "tests",
    file: "src/columns/circle.ts",
    plant: `export { isOptional } from "./Columns.ts"\nexport type { Planted } from "./circle.ts"\n`,
    finds: /circle\.ts → columns\/circle\.ts/
  },
  {
    what: "the compiler finds an output that is renamed in one place only",
    check: "compiler",
    file: "src/tasks/UltraFeedback.ts",
    plant: instead("rated = { ratings: Ratings", "rated = { rating: Ratings"),
    finds: /UltraFeedback\.ts.*error TS/
  },
  {
    what: "the compiler finds an output whose schema is of another type than the parser returns",
    check: "compiler",
    file: "src/gallery/texts/SelfInstruct.ts",
    plant: instead(
      "instructions: Schema.Array(Schema.String)",
      "instructions: Schema.Array(Schema.Number)"
    ),
    finds: /SelfInstruct\.ts.*error TS/
  },
  {
    what: "the compiler finds an option that is misspelt for documents",
    check: "compiler",
    file: "src/steps/DataSampler.ts",
    plant: instead('lacks: ["seed"]', 'lacks: ["sead"]'),
    finds: /DataSampler\.ts.*error TS/
  },
  {
    what: "the compiler finds an option whose schema is not what the signature says",
    check: "compiler",
    file: "src/steps/KeepColumns.ts",
    plant: instead("Schema.Array(Schema.String)", "Schema.Array(Schema.Number)"),
    finds: /signatures\.test\.ts.*error TS/
  },
  {
    what: "the test of definitions finds a step that is exported and not in the catalog",
    check: "tests",
    file: "src/index.ts",
    plant: (text) =>
      `${text}import { defineStep as planting } from "./step/defineStep.ts"\nexport const Planted = planting({ type: "Planted", about: "Is planted.", reads: {}, adds: {}, options: {}, defaults: {}, process: (rows) => rows })\n`,
    finds: /Planted: expected undefined to be 'Planted'/
  },
  {
    what: "the test of docstrings finds a default that the definition does not have",
    check: "tests",
    file: "src/steps/MergeColumns.ts",
    plant: instead("Default `merged_column`", "Default `merged`"),
    finds: /MergeColumns: expected \{ outputColumn: 'merged' \}/
  }
]

/** Plants an error; what is returned takes it out again. */
const planted = ({ file, plant }: Guard): (() => void) => {
  const path = join(copy, file)
  const before = existsSync(path) ? readFileSync(path, "utf8") : undefined
  writeFileSync(path, typeof plant === "string" ? plant : plant(before ?? ""))
  return () => (before === undefined ? rmSync(path) : writeFileSync(path, before))
}

const guardsOf = (check: CheckName): ReadonlyArray<Guard> =>
  guards.filter((guard) => guard.check === check)

let passed = 0
let failed = 0
const tell = (good: boolean, what: string, output: string, checks = 1): void => {
  if (good) passed += checks
  else failed++
  console.log(good ? `✓ ${what}` : `✗ ${what}\n${output}`)
}
try {
  for (const [name, check] of Object.entries(checks) as ReadonlyArray<
    readonly [CheckName, Checking]
  >) {
    const its = guardsOf(name)
    const takeOut = its.map(planted)
    const { failed: found, output } = check.run()
    for (const restore of takeOut) restore()
    for (const { finds, what } of its) tell(found && finds.test(output), what, output)
    if (check.others === undefined) continue
    const others = check.others(output)
    tell(others !== undefined, `the ${name} find nothing else`, output, others)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
