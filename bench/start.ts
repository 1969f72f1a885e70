/**
 * How fast the built package starts, in cold processes, in turns: the command against Node itself,
 * the import against that of `effect`, the first request against the provider's SDK.
 */
import { execFile } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { startSimulator } from "distilabel-ts/simulator"
import type { Figure } from "./Figure.ts"

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 25)

/** The Node that is measured: this one, or the one that the environment names. */
const node = process.env["BENCH_NODE"] ?? process.execPath

const entry = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url))

export const start = async (): Promise<ReadonlyArray<Figure>> => {
  if (!existsSync(entry)) throw new Error("The package is not built: npm run build.")
  return [...(await commands()), ...(await imports()), await firstRequest()]
}

const commands = async (): Promise<ReadonlyArray<Figure>> => {
  const calls: Readonly<Record<string, ReadonlyArray<string>>> = {
    "--help": [entry, "--help"],
    "--version": [entry, "--version"],
    "run --help": [entry, "run", "--help"]
  }
  const nodeAlone: Array<number> = []
  const times = new Map(Object.keys(calls).map((name) => [name, [] as Array<number>]))
  for (let round = 0; round < rounds; round++) {
    nodeAlone.push(await callMs("-e", "0"))
    for (const [name, args] of Object.entries(calls)) times.get(name)!.push(await callMs(...args))
  }
  return [...times].map(([name, all]) => ({
    name: `distilabel-ts ${name}`,
    value: median(all),
    unit: "ms",
    bar: 150,
    atMost: true,
    from: {
      "node -e 0 ms": median(nodeAlone),
      "over it ms": median(all) - median(nodeAlone),
      "slowest ms": Math.max(...all)
    }
  }))
}

const callMs = async (...args: ReadonlyArray<string>): Promise<number> => {
  const start = performance.now()
  await promisify(execFile)(node, args)
  return performance.now() - start
}

/**
 * A program that uses both imports `effect` first; one that uses this library alone loads less of
 * it.
 */
const imports = async (): Promise<ReadonlyArray<Figure>> => {
  const alone: Array<Measured> = []
  const effect: Array<Measured> = []
  const both: Array<Measured> = []
  for (let round = 0; round < rounds; round++) {
    effect.push(await coldProcess("imports", "effect"))
    both.push(await coldProcess("imports", "effect", "distilabel-ts"))
    alone.push(await coldProcess("imports", "distilabel-ts"))
  }
  return [
    beyond("import effect and distilabel-ts, beyond effect", both, effect, 150),
    beyond("import distilabel-ts alone, beyond effect", alone, effect, 150)
  ]
}

/** Both processes have imported `effect` before, and the server answers at once. */
const firstRequest = async (): Promise<Figure> => {
  await using simulator = await startSimulator()
  const own: Array<Measured> = []
  const sdk: Array<Measured> = []
  for (let round = 0; round < rounds; round++) {
    const directory = mkdtempSync(join(tmpdir(), "distilabel-start-"))
    sdk.push(await coldProcess("sdk", simulator.openaiBaseUrl))
    own.push(await coldProcess("run", simulator.openaiBaseUrl, directory))
    rmSync(directory, { recursive: true })
  }
  return beyond("runPromise to the first request, beyond the SDK's own", own, sdk, 250)
}

/**
 * What a cold process took, by the clock and of the processor: the clock counts other processes of
 * the machine too.
 */
interface Measured {
  readonly ms: number
  readonly cpuMs: number
}

const script = fileURLToPath(new URL("startRun.ts", import.meta.url))

const coldProcess = async (...args: ReadonlyArray<string>): Promise<Measured> =>
  JSON.parse((await promisify(execFile)(node, [script, ...args])).stdout) as Measured

/** The median of the differences, round by round. */
const beyond = (
  name: string,
  all: ReadonlyArray<Measured>,
  base: ReadonlyArray<Measured>,
  bar: number
): Figure => {
  const difference = (of: keyof Measured): number =>
    median(all.map((measured, round) => measured[of] - base[round]![of]))
  return {
    name,
    value: difference("ms"),
    unit: "ms",
    bar,
    atMost: true,
    from: {
      "processor ms": difference("cpuMs"),
      "fastest ms": fastest(all) - fastest(base),
      "all ms": median(all.map(({ ms }) => ms)),
      "base ms": median(base.map(({ ms }) => ms))
    }
  }
}

/** The round that other processes disturbed least. */
const fastest = (all: ReadonlyArray<Measured>): number => Math.min(...all.map(({ ms }) => ms))

const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
