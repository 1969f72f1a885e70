import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import fc from "fast-check"
import { expect, it } from "vitest"
import { type Distiset, type Row, runPromise, RunStopped } from "../../src/index.ts"
import { type Fault, startSimulator } from "../../src/simulator/index.ts"
import { conditions } from "../program.ts"
import { answerTo, faults, meaning, pipelineOf, type Program, programs } from "./programs.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-random-"))

const started = (more: ReadonlyArray<Fault> = []) =>
  startSimulator({
    faults: [...faults, ...more],
    latency: { kind: "lognormal", medianMs: 3, sigma: 0.7 },
    answer: ({ prompt }) => answerTo(prompt)
  })

const graphs = Number(process.env["RANDOM_GRAPHS"] ?? 60)
/** They wait for their models more than they work. */
const atOnce = 5

/** What a run gives; undefined if it was stopped. */
const rowsOf = async (
  program: Program,
  url: string,
  options: Settings
): Promise<{ readonly rows: ReadonlyArray<unknown>; readonly errors: number } | undefined> => {
  const run = runPromise(pipelineOf(program, url), {
    ...options,
    progress: "none",
    report: false,
    maxErrorRate: 1
  } as never) as Promise<Distiset<{ readonly default: Row }>>
  const distiset = await run.catch((thrown: unknown) => {
    if (thrown instanceof RunStopped || options.signal?.aborted === true) return undefined
    throw thrown
  })
  return distiset === undefined
    ? undefined
    : {
        rows: (await distiset.default.toArray()).map(({ v }) => v),
        errors: distiset.default.errorCount
      }
}

interface Settings {
  readonly cacheDir: string
  readonly outputDir: string
  readonly maxRows?: number
  readonly loadGroups?: "sequential"
  readonly signal?: AbortSignal
}

it("any graph of every kind of node gives row for row what one gets by recursion: cold, from the cache, stopped and resumed, stage by stage", async () => {
  await using simulator = await started()
  const { url } = simulator
  const stops = fc.record({ rows: fc.integer({ min: 1, max: 30 }), ms: fc.nat(40) })
  const holds = async (
    program: Program,
    stop: { readonly rows: number; readonly ms: number }
  ): Promise<void> => {
    const wanted = meaning(program)
    const directory = folder()
    const at = (...names: ReadonlyArray<string>): string => join(directory, ...names)
    const first = { cacheDir: at("cache"), outputDir: at("cold") }
    expect(await rowsOf(program, url, first)).toEqual(wanted)
    expect(await rowsOf(program, url, first)).toEqual(wanted)
    expect(await rowsOf(program, url, { ...first, outputDir: at("warm") })).toEqual(wanted)
    const second = { cacheDir: at("other cache"), outputDir: at("stopped") }
    await rowsOf(program, url, { ...second, maxRows: stop.rows })
    await rowsOf(program, url, { ...second, signal: AbortSignal.timeout(stop.ms) })
    expect(await rowsOf(program, url, second)).toEqual(wanted)
    expect(
      await rowsOf(program, url, {
        cacheDir: at("cache"),
        outputDir: at("staged"),
        loadGroups: "sequential"
      })
    ).toEqual(wanted)
    expect(
      await rowsOf(program, url, {
        cacheDir: at("third cache"),
        outputDir: at("staged anew"),
        loadGroups: "sequential"
      })
    ).toEqual(wanted)
    rmSync(directory, { recursive: true })
  }
  const several = fc.array(fc.tuple(programs({ asks: true, mostRows: 16 }), stops), {
    minLength: atOnce,
    maxLength: atOnce
  })
  await fc.assert(
    fc.asyncProperty(several, async (all) => {
      await Promise.all(all.map(([program, stop]) => holds(program, stop)))
    }),
    { numRuns: Math.ceil(graphs / atOnce), endOnFailure: true, includeErrorInReport: true }
  )
}, 3_600_000)

/** Runs a program in processes of its own, killing it after each of the waits, until it is done. */
const outlived = async (
  file: string,
  url: string,
  outputDir: string,
  cacheDir: string,
  waits: ReadonlyArray<number>,
  signal: AbortSignal
): Promise<void> => {
  for (const wait of [...waits, Infinity]) {
    const child = spawn(
      process.execPath,
      [
        ...conditions,
        fileURLToPath(new URL("randomProcess.ts", import.meta.url)),
        file,
        url,
        outputDir,
        cacheDir
      ],
      { stdio: ["ignore", "ignore", "inherit"], signal, killSignal: "SIGKILL" }
    )
    const ended = once(child, "exit") as Promise<[number | null]>
    const [code] = await (wait === Infinity
      ? ended
      : Promise.race([ended, sleep(wait, [null] as const)]))
    if (code === 0) return
    if (code !== null) throw new Error(`a run ended with code ${code}`)
    child.kill("SIGKILL")
    await ended
  }
}

it("any such graph gives the same after it was killed again and again", async ({ signal }) => {
  await using simulator = await started([
    { kind: "rate-limit", share: 0.1, retryAfterSeconds: 0 },
    { kind: "reset", share: 0.02 }
  ])
  await fc.assert(
    fc.asyncProperty(
      programs({ asks: true, mostRows: 300 }),
      fc.array(fc.integer({ min: 250, max: 700 }), { minLength: 1, maxLength: 3 }),
      async (program, waits) => {
        const directory = folder()
        const [file, outputDir] = [join(directory, "program.json"), join(directory, "out")]
        writeFileSync(file, JSON.stringify(program))
        await outlived(file, simulator.url, outputDir, join(directory, "cache"), waits, signal)
        const lines = (name: string): ReadonlyArray<string> =>
          existsSync(join(outputDir, name))
            ? readFileSync(join(outputDir, name), "utf8")
                .split("\n")
                .filter((line) => line !== "")
            : []
        const rows = lines("default.jsonl").map((line) => (JSON.parse(line) as Row)["v"])
        expect({ rows, errors: lines("default.errors.jsonl").length }).toEqual(meaning(program))
        rmSync(directory, { recursive: true })
      }
    ),
    { numRuns: Math.ceil(graphs / 16), endOnFailure: true, includeErrorInReport: true }
  )
}, 3_600_000)
