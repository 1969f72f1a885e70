/** Guards of the guards: each plants one error that a check must find, and expects it to be found. */
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
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
  "types",
  "test-d",
  "test-messages",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
  "CONTRIBUTING.md",
  "scripts"
])
  cpSync(name, join(copy, name), { recursive: true })
mkdirSync(join(copy, "test"))
for (const name of ["architecture.test.ts", "rooms.ts", "ownCache.ts"])
  cpSync(`test/${name}`, join(copy, "test", name))
symlinkSync(resolve("node_modules"), join(copy, "node_modules"), "dir")

interface Guard {
  readonly what: string
  readonly file: string
  readonly plant: string
  readonly check: () => { readonly failed: boolean; readonly output: string }
  readonly finds: RegExp
}

const guards: ReadonlyArray<Guard> = [
  {
    what: "the type tests find a type that is not what they expect",
    file: "test-d/planted.test-d.ts",
    plant: `import { expectType } from "tsd"\nimport { sampleNSteps } from "../types/index.js"\nexpectType<number>(sampleNSteps(1))\n`,
    check: () => runs("tsd", [], copy),
    finds: /planted\.test-d\.ts/
  },
  {
    what: "the message tests find words that the editor does not say",
    file: "test-messages/planted.ts",
    plant: `import { sampleNSteps } from "../src/index.ts"\nsampleNSteps("2")\n//~ words that nobody says\n`,
    check: () => runs(process.execPath, ["test-messages/messages.ts"], copy),
    finds: /planted\.ts:2 expected: words that nobody says/
  },
  {
    what: "the message tests find an error that nobody expects",
    file: "test-messages/planted.ts",
    plant: `import { sampleNSteps } from "../src/index.ts"\nsampleNSteps("2")\n`,
    check: () => runs(process.execPath, ["test-messages/messages.ts"], copy),
    finds: /planted\.ts:2 not expected/
  },
  {
    what: "the architecture test finds an import that a room may not have",
    file: "src/columns/planted.ts",
    plant: `export { runGraph } from "../engine/local/runGraph.ts"\n`,
    check: () => runs("vitest", ["run", "test/architecture.test.ts"], copy),
    finds: /columns may not import engine/
  },
  {
    what: "the architecture test finds an import that a wing may not have",
    file: "src/data/rows/planted.ts",
    plant: `export { saveToDisk } from "../distiset/saveToDisk.ts"\n`,
    check: () => runs("vitest", ["run", "test/architecture.test.ts"], copy),
    finds: /data\/rows may not import distiset/
  },
  {
    what: "the architecture test finds a circle of imports",
    file: "src/columns/planted.ts",
    plant: `export { isOptional } from "./Columns.ts"\nexport type { Planted } from "./planted.ts"\n`,
    check: () => runs("vitest", ["run", "test/architecture.test.ts"], copy),
    finds: /planted\.ts → columns\/planted\.ts/
  }
]

let failed = 0
try {
  for (const { check, file, finds, plant, what } of guards) {
    const planted = join(copy, file)
    writeFileSync(planted, plant)
    const { failed: found, output } = check()
    rmSync(planted)
    const good = found && finds.test(output)
    if (!good) failed++
    console.log(good ? `✓ ${what}` : `✗ ${what}\n${output}`)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
console.log(`${guards.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
