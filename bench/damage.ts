/**
 * Damages files of runs at random, one at a time, of every kind and in every way, then runs again:
 * the rows must be the same, and only answers that were damaged may be asked for again.
 */
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join, relative } from "node:path"
import { crc32 } from "node:zlib"
import {
  DataError,
  from,
  generatorStep,
  globalStep,
  loadFromDiskPromise,
  OpenAILLM,
  Pipeline,
  runPromise,
  step,
  TextGeneration
} from "distilabel-ts"
import { startSimulator } from "distilabel-ts/simulator"
import * as Schema from "effect/Schema"
import { random } from "./crash.ts"
import type { Figure } from "./Figure.ts"

/** Rows of the runs that do not end: more than lie between two checkpoints. */
const many = 2200
const few = 40

/**
 * A run's folder and the cache that goes with it, as they were when the run ended, was stopped or
 * killed.
 */
interface State {
  readonly name: string
  readonly directory: string
  /** Runs it again; gives the bytes of its rows and error rows. */
  readonly rerun: (directory: string) => Promise<string>
  readonly expected: string
}

type Chance = () => number

/** Ways in which a file is damaged; `other` is another file of the same state. */
const harms: Readonly<Record<string, (path: string, chance: Chance, other: string) => void>> = {
  "bits flipped": (path, chance) =>
    changed(path, (bytes) => {
      for (let i = 0; i <= chance() * 3 && bytes.length > 0; i++)
        bytes[Math.floor(chance() * bytes.length)]! ^= 1 << Math.floor(chance() * 8)
    }),
  cut: (path, chance) => truncateSync(path, Math.floor(chance() * readFileSync(path).length)),
  "zeroed in part": (path, chance) =>
    changed(path, (bytes) => {
      const start = Math.floor(chance() * bytes.length)
      bytes.fill(0, start, Math.min(bytes.length, start + 1 + Math.floor(chance() * 5000)))
    }),
  "garbage appended": (path, chance) =>
    appendFileSync(
      path,
      Buffer.from(
        Array.from({ length: 1 + Math.floor(chance() * 300) }, () => Math.floor(chance() * 256))
      )
    ),
  deleted: (path) => rmSync(path),
  emptied: (path) => writeFileSync(path, ""),
  "swapped with another": (path, _, other) => {
    renameSync(path, `${path}.aside`)
    if (existsSync(other)) renameSync(other, path)
    renameSync(`${path}.aside`, other)
  },
  unreadable: (path) => chmodSync(path, 0),
  "a folder": (path, chance) => {
    rmSync(path)
    mkdirSync(chance() < 0.5 ? path : join(path, "held"), { recursive: true })
  }
}

const changed = (path: string, change: (bytes: Buffer) => void): void => {
  const bytes = readFileSync(path)
  change(bytes)
  writeFileSync(path, bytes)
}

const filesBelow = (directory: string): ReadonlyArray<string> =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

/** The keys of the answers that a cache still holds, read without the library. */
const answersIn = (directory: string): ReadonlySet<string> => {
  const keys = new Set<string>()
  const responses = join(directory, "cache/responses")
  if (!existsSync(responses)) return keys
  for (const path of filesBelow(responses).filter((name) => name.endsWith(".jsonl"))) {
    for (const line of textOf(path).split("\n")) {
      const text = Buffer.from(line.slice(9), "latin1")
      const key = /^\{"key":"([0-9a-f]{32})"/.exec(text.toString())?.[1]
      if (
        key !== undefined &&
        line[8] === " " &&
        Number.parseInt(line.slice(0, 8), 16) === crc32(text)
      )
        keys.add(key)
    }
  }
  return keys
}

/** Of a file that may not be read nothing is held against the run. */
const textOf = (path: string): string => {
  try {
    return readFileSync(path, "latin1")
  } catch {
    return ""
  }
}

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-damage-"))
const settings = (directory: string) => ({
  cacheDir: join(directory, "cache"),
  outputDir: join(directory, "out"),
  progress: "none" as const
})

/** Rows and error rows as they are on disk. */
const resultIn = (directory: string): string =>
  ["default.jsonl", "default.errors.jsonl"]
    .map((name) => readFileSync(join(directory, "out", name), "utf8"))
    .join("\n")

const statesFor = async (url: string): Promise<ReadonlyArray<State>> => {
  let onRow: (n: number) => void = () => {}
  const numbers = (count: number) =>
    generatorStep({
      name: "numbers",
      outputs: { n: Schema.Number },
      *process() {
        for (let n = 0; n < count; n++) yield { n }
      }
    })
  const ask = TextGeneration({
    name: "ask",
    llm: OpenAILLM({ model: "m", baseUrl: `${url}/v1`, apiKey: "k" }),
    template: "What is {{ n }}?"
  })
  const own = step({
    name: "own",
    inputs: { n: Schema.Number },
    outputs: { double: Schema.Number },
    inputBatchSize: 1,
    process: (rows) =>
      rows.map(({ n }) => {
        onRow(n)
        if (n % 20 === 3) throw new Error(`no ${n}`)
        return { double: n * 2 }
      })
  })
  const rank = globalStep({
    name: "rank",
    inputs: { n: Schema.Number },
    outputs: { rank: Schema.Number },
    process: (rows) => rows.map((row, rank) => ({ ...row, rank }))
  })
  const ranked = Pipeline("ranked", {}, from(numbers(few)).to(ask).to(own).to(rank))
  const long = Pipeline("long", {}, from(numbers(many)).to(ask).to(own))
  const run =
    (pipeline: typeof ranked | typeof long) =>
    async (directory: string): Promise<string> => {
      await runPromise(pipeline as typeof long, settings(directory))
      return resultIn(directory)
    }
  const finished = folder()
  const expectedRanked = await run(ranked)(finished)
  const whole = folder()
  const expectedLong = await run(long)(whole)
  // Every answer is in the journal; the run itself begins again in an empty folder.
  const begun = (): string => {
    const directory = folder()
    cpSync(join(whole, "cache"), join(directory, "cache"), { recursive: true })
    rmSync(join(directory, "cache/steps"), { recursive: true })
    return directory
  }
  const stopped = begun()
  await runPromise(long, { ...settings(stopped), maxRows: 2050 }).then(
    () => undefined,
    () => undefined
  )
  const [running, killed] = [begun(), folder()]
  // What is on disk in the middle of a run is what a kill at that moment leaves.
  onRow = (n) => {
    if (n === 2100) cpSync(running, killed, { recursive: true })
  }
  await run(long)(running)
  onRow = () => {}
  return [
    { name: "finished", directory: finished, rerun: run(ranked), expected: expectedRanked },
    {
      name: "finished with checkpoints",
      directory: whole,
      rerun: run(long),
      expected: expectedLong
    },
    { name: "stopped", directory: stopped, rerun: run(long), expected: expectedLong },
    { name: "killed", directory: killed, rerun: run(long), expected: expectedLong }
  ]
}

/** What came of the damages. */
export interface Outcomes {
  readonly tried: ReadonlyMap<string, number>
  /** What was damaged where, and what was wrong afterwards. */
  readonly wrong: ReadonlyArray<string>
  readonly refused: ReadonlyArray<string>
  readonly traces: ReadonlyArray<string>
  readonly paidAgain: ReadonlyArray<string>
  /** Answers that were damaged and asked for again. */
  readonly asked: number
}

/** Damages a file of a folder; tells which, and how. */
const harm = (directory: string, chance: Chance, tried: Map<string, number>): string => {
  const files = filesBelow(directory)
  const [path, other] = [
    files[Math.floor(chance() * files.length)]!,
    files[Math.floor(chance() * files.length)]!
  ]
  const [way, damages] = Object.entries(harms)[Math.floor(chance() * Object.keys(harms).length)]!
  const kind = kindOf(relative(directory, path))
  tried.set(kind, (tried.get(kind) ?? 0) + 1)
  try {
    damages(path, chance, other)
  } catch (thrown) {
    // What was made unreadable before stays so.
    if ((thrown as NodeJS.ErrnoException).code !== "EACCES") throw thrown
  }
  return `${relative(directory, path)} ${way}${way.startsWith("swapped") ? ` (${relative(directory, other)})` : ""}`
}

/** Damages so many files, in a way of its own each time. */
export const damage = async (count: number, seed = 1): Promise<Outcomes> => {
  await using simulator = await startSimulator()
  const states = await statesFor(simulator.url)
  const saved = await savedStates(states[0]!.directory)
  const chance = random(seed)
  const tried = new Map<string, number>()
  const [wrong, refused, traces, paidAgain]: [
    Array<string>,
    Array<string>,
    Array<string>,
    Array<string>
  ] = [[], [], [], []]
  let asked = 0
  const heard = listen()
  for (let i = 0; i < count; i++) {
    const ofSaved = i % 10 === 9
    const state = ofSaved
      ? saved[Math.floor(chance() * saved.length)]!
      : states[i % 2 === 0 ? 0 : Math.floor(chance() * states.length)]!
    const directory = folder()
    cpSync(state.directory, directory, { recursive: true })
    const there = answersIn(directory)
    // Now and then several files at once; of a saved dataset the checksums would be one too many.
    const what = `#${i} ${state.name}: ${Array.from({ length: !ofSaved && i % 7 === 0 ? 3 : 1 }, () => harm(directory, chance, tried)).join("; ")}`
    const left = answersIn(directory)
    const lost = [...there].filter((key) => !left.has(key)).length
    for (const time of ["", ", second run"]) {
      const before = simulator.stats().requests
      try {
        if ((await state.rerun(directory)) !== state.expected) wrong.push(what + time)
      } catch (thrown) {
        // Nothing makes a saved dataset again: it says which file it is.
        if (!(ofSaved && thrown instanceof DataError))
          refused.push(`${what}${time}: ${(thrown as Error).stack}`)
      }
      const calls = simulator.stats().requests - before
      asked += calls
      if (calls > (time === "" ? lost : 0))
        paidAgain.push(`${what}${time}: ${calls} asked, ${lost} damaged`)
    }
    if (/^ +at /m.test(heard.take())) traces.push(what)
    rmSync(directory, { recursive: true, force: true })
  }
  heard.end()
  for (const { directory } of [...states, ...saved])
    rmSync(directory, { recursive: true, force: true })
  return { tried, wrong, refused, traces, paidAgain, asked }
}

/** What a file is, by its path from the state's folder. */
const kindOf = (path: string): string =>
  kinds.find(([part]) => path.includes(part))?.[1] ?? basename(path)

const kinds: ReadonlyArray<readonly [part: string, kind: string]> = [
  ["saved/", "saved dataset"],
  ["responses/index", "answer index"],
  ["responses/", "answers"],
  ["steps/", "outputs of steps"]
]

/** The rows of a run, saved in each format. */
const savedStates = async (run: string): Promise<ReadonlyArray<State>> => {
  const loaded = await loadFromDiskPromise(join(run, "out"))
  return Promise.all(
    (["parquet", "arrow", "jsonl", "csv"] as const).map(async (format) => {
      const directory = folder()
      await loaded.saveToDisk(join(directory, "saved"), { format, rowsPerShard: 15, mixed: "json" })
      const rerun = async (copy: string): Promise<string> =>
        JSON.stringify(await (await loadFromDiskPromise(join(copy, "saved")))["default"]?.toArray())
      return { name: `saved as ${format}`, directory, rerun, expected: await rerun(directory) }
    })
  )
}

/** Keeps what is written to stderr instead of showing it. */
const listen = () => {
  const write = process.stderr.write
  let text = ""
  process.stderr.write = (chunk: unknown) => {
    text += String(chunk)
    return true
  }
  return {
    take: () => {
      const taken = text
      text = ""
      return taken
    },
    end: () => {
      process.stderr.write = write
    }
  }
}

export const damages = async (): Promise<ReadonlyArray<Figure>> => {
  const { asked, paidAgain, refused, traces, tried, wrong } = await damage(
    Number(process.env["DAMAGES"] ?? 1000),
    Number(process.env["DAMAGE_SEED"] ?? 1)
  )
  for (const each of [...wrong, ...refused, ...traces, ...paidAgain]) console.error(each)
  const figure = (name: string, found: ReadonlyArray<string>): Figure => ({
    name,
    value: found.length,
    unit: "runs",
    bar: 0,
    atMost: true
  })
  return [
    { ...figure("runs with wrong rows", wrong), from: Object.fromEntries(tried) },
    figure("runs that refused", refused),
    figure("runs with a stack trace", traces),
    figure("runs that asked for more than the answers that were damaged", paidAgain),
    { name: "answers asked for again", value: asked, unit: "answers" }
  ]
}
