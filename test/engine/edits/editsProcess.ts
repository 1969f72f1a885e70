/**
 * Makes each edit of the table in real files, runs the pipeline before and after it, and once more
 * without a cache, and prints what was done.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import {
  FilterRows,
  from,
  generatorStep,
  globalStep,
  inThreads,
  join,
  joinStep,
  MapRows,
  OpenAILLM,
  Pipeline,
  runPromise,
  step,
  task
} from "distilabel-ts"
import { startSimulator } from "distilabel-ts/simulator"
import * as Schema from "effect/Schema"
import type { UntypedPipeline } from "../../../src/pipeline/Pipeline.ts"
import { type Edit, edits } from "./table.ts"

export interface Outcome {
  readonly title: string
  /** Rows, or questions to the model, of the first run and of the one after the edit. */
  readonly first: number
  readonly second: number
  readonly sameAsUncached: boolean
}

interface Numbered {
  readonly n: number
}

interface Valued {
  readonly v: unknown
}

/** What a module of the table exports: what its kind needs. */
interface Exports {
  readonly by: (row: Numbered) => "left" | "right"
  readonly generate: () => Generator<Numbered>
  readonly map: (row: Numbered) => Valued
  readonly options: {
    readonly defaults: { readonly add: number }
    readonly process: (
      rows: ReadonlyArray<Numbered>,
      parameters: { readonly add: number }
    ) => ReadonlyArray<Valued>
  }
  readonly parse: (answer: string | null) => Valued
  readonly process: (rows: Iterable<unknown>) => ReadonlyArray<Valued>
  readonly prompt: (row: Numbered) => string
  readonly v: Schema.Number
  readonly version?: string
  readonly where: (row: Numbered) => boolean
}

const simulator = await startSimulator()
const folder = mkdtempSync(resolve(tmpdir(), "distilabel-edits-"))
mkdirSync(resolve(folder, "node_modules"))
symlinkSync(
  resolve(dirname(fileURLToPath(import.meta.url)), "../../../node_modules/effect"),
  resolve(folder, "node_modules/effect")
)

/** Rows that the step under test worked on: nothing in it depends on how many. */
let worked = 0

const n = { n: Schema.Number }
const v = { v: Schema.Any }
const counted =
  <A extends ReadonlyArray<unknown>, B>(
    call: (rows: A, parameters: { readonly add: number }) => B
  ) =>
  (rows: A, parameters: object): B => {
    worked += rows.length
    return call(rows, parameters as { readonly add: number })
  }
const each =
  <A, B>(call: (row: A) => B) =>
  (row: A): B => {
    worked += 1
    return call(row)
  }
const source = generatorStep({
  name: "source",
  outputs: n,
  *process() {
    for (let n = 0; n < 10; n++) yield { n }
  }
})
const plus = <const Name extends string>(name: Name) =>
  MapRows({ name, inputs: n, outputs: v, map: each((row: Numbered) => ({ v: `${name}${row.n}` })) })

const arm = <const Name extends string>(name: Name) =>
  MapRows({ name, inputs: n, outputs: v, map: (row) => ({ v: `${name}${row.n}` }) })

const pipelineOf = (kind: Edit["kind"], module: string, exports: Exports): UntypedPipeline => {
  const { by, generate, map, options, parse, process, prompt, version, v: checked, where } = exports
  const versioned = version === undefined ? {} : { version }
  const llm = OpenAILLM({ model: "model-a", baseUrl: simulator.openaiBaseUrl, apiKey: "k" })
  const flow = from(source)
  const made = (): unknown => {
    switch (kind) {
      case "map":
        return flow.to(
          MapRows({ name: "own", inputs: n, outputs: v, map: each(map), ...versioned })
        )
      case "process":
        return flow.to(
          step({ name: "own", inputs: n, outputs: v, process: counted(process), ...versioned })
        )
      case "filter":
        return flow.to(FilterRows({ name: "own", inputs: n, where: each(where) }))
      case "global":
        return flow.to(
          globalStep({ name: "own", inputs: n, outputs: v, process: counted(process) })
        )
      case "reduce":
        return flow.to(
          step({
            name: "own",
            inputs: n,
            outputs: v,
            rowCount: "many-to-one",
            replaces: true,
            process: counted(process)
          })
        )
      case "join":
        return join(
          [flow.to(arm("left")), flow.to(arm("right"))],
          joinStep({ name: "own", inputs: n, outputs: v, process: each(process) })
        )
      case "route":
        return join(
          flow.route(by, [plus("left"), plus("right")]).flows,
          joinStep({ name: "own", inputs: v, outputs: v, process: (arms) => arms.flat() })
        )
      case "task":
        return flow.to(
          task({
            name: "own",
            llm,
            inputs: n,
            outputs: v,
            prompt,
            parse: (answer) => ({ v: answer })
          })
        )
      case "parse":
        return flow.to(
          task({
            name: "own",
            llm,
            inputs: n,
            outputs: v,
            prompt: (row) => `What is ${row.n}?`,
            parse
          })
        )
      case "threads":
        return flow.to(
          step({
            name: "own",
            inputs: n,
            outputs: v,
            process: inThreads<Exports["process"]>(module, "process")
          })
        )
      case "generator":
        return from(generatorStep({ name: "source", outputs: n, process: generate })).to(
          plus("own")
        )
      case "schema":
        return flow.to(
          step({
            name: "own",
            inputs: n,
            outputs: { v: checked },
            process: counted((rows: ReadonlyArray<Numbered>) => rows.map((row) => ({ v: row.n })))
          })
        )
      case "options": {
        const { defaults, process: own } = options
        return flow.to(
          step({
            name: "own",
            inputs: n,
            outputs: v,
            parameters: { add: Schema.Number },
            defaults,
            process: counted(own)
          })
        )
      }
    }
  }
  return Pipeline("edited", {}, made() as never)
}

/** The module of an edit, before it or after it, in files of its own. */
const written = (name: string, { code, from, modules = {}, to }: Edit, after: boolean): string => {
  const directory = resolve(folder, name)
  for (const [file, text] of Object.entries({ "main.ts": code, ...modules })) {
    mkdirSync(dirname(resolve(directory, file)), { recursive: true })
    writeFileSync(resolve(directory, file), after ? text.replaceAll(from, () => to) : text)
  }
  return pathToFileURL(resolve(directory, "main.ts")).href
}

const ran = async (
  edit: Edit,
  module: string,
  cacheDir: string
): Promise<{ readonly rows: string; readonly worked: number; readonly path: string }> => {
  const exports = (edit.kind === "threads" ? {} : await import(module)) as Exports
  const before = worked + simulator.stats().requests
  const distiset = (await runPromise(pipelineOf(edit.kind, module, exports), {
    cacheDir,
    progress: "none",
    report: false
  } as never)) as never as {
    readonly default: {
      readonly path: string
      toArray: () => Promise<ReadonlyArray<Record<string, unknown>>>
    }
  }
  const rows = await distiset.default.toArray()
  // What a model's answer came of is no part of what is compared.
  return {
    rows: JSON.stringify(rows.map((row) => ({ ...row, distilabel_metadata: undefined }))),
    worked: worked + simulator.stats().requests - before,
    path: distiset.default.path
  }
}

const tried = async (edit: Edit, i: number): Promise<Outcome> => {
  const cache = (name: string): string => resolve(folder, `cache-${i}-${name}`)
  const [variable, valueBefore, valueAfter] = edit.env ?? []
  if (variable !== undefined) process.env[variable] = valueBefore
  const first = await ran(edit, written(`${i}-before`, edit, false), cache("kept"))
  const { mtimeMs } = statSync(first.path)
  if (variable !== undefined) process.env[variable] = valueAfter
  const after = written(`${i}-after`, edit, true)
  const second = await ran(edit, after, cache("kept"))
  const uncached = await ran(edit, after, cache("empty"))
  // Nobody outside can count what threads do, but whether the result was written again.
  const again =
    edit.kind === "threads"
      ? {
          first: 10,
          second: second.path === first.path && statSync(second.path).mtimeMs === mtimeMs ? 0 : 10
        }
      : { first: first.worked, second: second.worked }
  return { title: edit.title, ...again, sameAsUncached: second.rows === uncached.rows }
}

try {
  const outcomes: Array<Outcome> = []
  for (const [i, edit] of edits.entries()) outcomes.push(await tried(edit, i))
  console.log(JSON.stringify(outcomes))
} finally {
  await simulator.close()
  rmSync(folder, { recursive: true, force: true })
}
