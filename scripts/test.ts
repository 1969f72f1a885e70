/**
 * `npm test`: everything that must hold, stage by stage, with a count at the end. A stage that
 * fails does not keep the others from running. `--quick` runs what answers within a minute,
 * `--long` tries many more random cases and kills.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

interface Stage {
  readonly name: string
  readonly command: string
  readonly args: ReadonlyArray<string>
}

const node = (...args: ReadonlyArray<string>): Pick<Stage, "command" | "args"> => ({
  command: process.execPath,
  args
})

const quickTests: Stage = {
  name: "quick tests",
  command: "vitest",
  args: ["run", "--config", "vitest.quick.config.ts"]
}

const quick: ReadonlyArray<Stage> = [
  { name: "format", command: "oxfmt", args: ["--check"] },
  { name: "lint", command: "oxlint", args: [] },
  { name: "types of all sources", command: "tsc", args: ["-p", "."] },
  quickTests
]

/** What the others need, or what says at once that there is no need for them. */
const first: ReadonlyArray<Stage> = [
  { name: "format", command: "oxfmt", args: ["--check"] },
  { name: "the build", ...node("scripts/build.ts") }
]

/** Chains of stages that run beside each other: slow tests wait much, and compilers compute. */
const then: ReadonlyArray<ReadonlyArray<Stage>> = [
  [
    quickTests,
    {
      name: "tests with commands, browsers and compilers",
      command: "vitest",
      args: ["run", "--config", "vitest.slow.config.ts"]
    }
  ],
  [
    { name: "types of all sources", command: "tsc", args: ["-p", "."] },
    { name: "lint", command: "oxlint", args: ["--type-aware"] },
    { name: "types of the report's page", command: "tsc", args: ["-p", "src/report/page"] },
    { name: "dead code", command: "knip", args: [] },
    { name: "cost of type checking", ...node("bench/types/measure.ts") },
    { name: "type tests, what the editor says, guards", ...node("test/guards/guards.ts") },
    { name: "examples in the docs", ...node("scripts/docs.ts") },
    { name: "the packed package", ...node("scripts/package.ts") }
  ]
]

/** "3 passed, 1 failed", or vitest's "3 failed | 240 passed". */
const counts = (
  output: string
): { readonly passed: number; readonly failed: number } | undefined => {
  const text = output.replaceAll(/\u001b\[[0-9;]*m/g, "")
  const plain = [...text.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1)
  if (plain !== undefined) return { passed: Number(plain[1]), failed: Number(plain[2]) }
  const tests = [...text.matchAll(/^\s*Tests\s+(.*)$/gm)].at(-1)?.[1]
  if (tests === undefined) return undefined
  const count = (what: string): number => Number(new RegExp(`(\\d+) ${what}`).exec(tests)?.[1] ?? 0)
  return { passed: count("passed"), failed: count("failed") }
}

/**
 * The compiler is written in Go, and lives for seconds: collecting its garbage takes a third of its
 * time and saves next to no memory.
 */
const withoutCollector = { GOGC: "off" }

/** What Node has compiled of the library and its packages, for all processes that tests start. */
const compiled = mkdtempSync(join(tmpdir(), "distilabel-compiled-"))

const isQuick = process.argv.includes("--quick")

/** How often what is random is tried when an hour does not matter. */
const often = {
  RANDOM_GRAPHS: "1000",
  CRASHES: "40",
  DAMAGES: "400",
  BATCH_KILLS: "20"
}

const environment = {
  ...withoutCollector,
  NODE_COMPILE_CACHE: compiled,
  // The build is made before all stages that start it.
  ...(isQuick ? {} : { DISTILABEL_TEST_BUILD: "1" }),
  ...(process.argv.includes("--long") ? often : {})
}

interface Output {
  readonly status: number | null
  readonly text: string
}

const outputOf = ({ args, command }: Stage): Promise<Output> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      shell: process.platform === "win32",
      env: { ...environment, ...process.env }
    })
    const chunks: Array<Buffer> = []
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk))
    child.on("error", ({ message }) => resolve({ status: 1, text: message }))
    child.on("close", (status) => resolve({ status, text: Buffer.concat(chunks).toString() }))
  })

let passed = 0
let failed = 0
const run = async (stage: Stage): Promise<void> => {
  const started = performance.now()
  const { status, text } = await outputOf(stage)
  // A stage that counts nothing is one check.
  const own = counts(text) ?? { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 }
  const bad = status !== 0 || own.failed > 0
  passed += own.passed
  failed += bad ? Math.max(1, own.failed) : 0
  console.log(`\n── ${stage.name}`)
  console.log(bad ? text : text.trimEnd().split("\n").slice(-3).join("\n"))
  console.log(
    `${bad ? "✗" : "✓"} ${stage.name}: ${own.passed} passed, ${own.failed} failed, ${((performance.now() - started) / 1000).toFixed(1)} s`
  )
}

const chain = async (stages: ReadonlyArray<Stage>): Promise<void> => {
  for (const stage of stages) await run(stage)
}
await chain(isQuick ? quick : first)
if (!isQuick) await Promise.all(then.map(chain))
rmSync(compiled, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
