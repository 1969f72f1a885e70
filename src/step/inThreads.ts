/**
 * Functions in threads: a step's function that runs in a module of its own, in as many threads as
 * it has replicas, so that heavy work uses all cores.
 */
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Row } from "../columns/Row.ts"
import { marked } from "./lineage.ts"
import type { ParameterValues } from "./makeStep.ts"
import { detailOf, StepFailed } from "./StepFailed.ts"
import type { ThreadAnswer, ThreadTask } from "./threadEntry.ts"

/** Where a function is. */
export interface InThreads {
  readonly module: string
  readonly export: string
}

const place = Symbol("distilabel-ts/inThreads")

/**
 * A function of a module as a step's `process`, called in threads: `resources: { replicas }` says
 * in how many. Its rows and parameters are copied on the way there and back.
 *
 * @example
 *   const scored = step({
 *     name: "scored",
 *     inputs: { text: Schema.String },
 *     outputs: { score: Schema.Number },
 *     resources: { replicas: 4 },
 *     process: inThreads<
 *       (rows: ReadonlyArray<{ readonly text: string }>) => Array<{ score: number }>
 *     >(new URL("./score.js", import.meta.url), "score")
 *   })
 */
export const inThreads = <F extends (rows: never, parameters: never) => unknown>(
  module: URL | string,
  name = "default"
): F => {
  const url = typeof module === "string" ? module : module.href
  return elsewhere<F>(name, () => url)
}

/** The same of a module whose address is worked out when a run asks for it. */
export const elsewhere = <F extends (...args: never) => unknown>(
  name: string,
  address: () => string
): F => {
  const outside = (): never => {
    throw new Error(`'${name}' of ${address()} runs in threads: only a step may call it`)
  }
  return Object.defineProperty(outside, place, {
    get: (): InThreads => ({ module: address(), export: name })
  }) as unknown as F
}

/** Where a step's function is, if it is to run in threads. */
export const threadsOf = (process: unknown): InThreads | undefined =>
  typeof process === "function" && place in process ? (process[place] as InThreads) : undefined

/** What a thread begins with: a file of this library. A bundle may not know where its files are. */
const entryFile = (): string | undefined => {
  const here: string | undefined = import.meta.url
  if (here === undefined) return undefined
  return fileURLToPath(
    new URL(here.endsWith(".ts") ? "./threadEntry.ts" : "./threadEntry.js", here)
  )
}

const bundled =
  "threads need files of distilabel-ts that are not beside this bundle. Leave distilabel-ts out of it (esbuild: --external:distilabel-ts) and install it where the bundle runs"

/** The function, ready to be called: so many threads, each with at most so much memory (MB). */
export const openThreads = Effect.fnUntraced(function* (
  step: string,
  { export: name, module }: InThreads,
  parameters: ParameterValues,
  {
    memory,
    replicas = 1
  }: { readonly replicas?: number | undefined; readonly memory?: number | undefined }
): Effect.fn.Return<
  (rows: ReadonlyArray<Row>) => Effect.Effect<ReadonlyArray<Row>, unknown>,
  StepFailed,
  Scope.Scope
> {
  const failed = (thrown: unknown): StepFailed =>
    new StepFailed({
      step,
      phase: "load",
      reason: "ThreadsFailed",
      detail: `'${name}' of ${module} cannot be called: ${detailOf(thrown)}`
    })
  const filename = entryFile()
  if (filename === undefined || !existsSync(filename)) return yield* failed(new Error(bundled))
  const { Tinypool } = yield* Effect.promise(() => import("tinypool"))
  const pool = yield* Effect.acquireRelease(
    Effect.try({
      try: () =>
        new Tinypool({
          filename,
          minThreads: replicas,
          maxThreads: replicas,
          ...(memory === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: memory } })
        }),
      catch: failed
    }),
    (pool) => Effect.promise(() => pool.destroy())
  )
  const call = (rows: ReadonlyArray<Row>): Promise<ThreadAnswer> =>
    pool.run(
      { module, name, rows: rows.map((row) => ({ ...row })), parameters } satisfies ThreadTask,
      { name: "call" }
    ) as Promise<ThreadAnswer>
  yield* Effect.tryPromise({
    try: () =>
      pool.run({ module, name, rows: [], parameters } satisfies ThreadTask, { name: "load" }),
    catch: failed
  })
  return (rows) =>
    Effect.map(Effect.tryPromise({ try: () => call(rows), catch: (thrown) => thrown }), (answer) =>
      answer.rows.map((row, i) =>
        answer.from[i] === undefined ? row : marked(row, answer.from[i])
      )
    )
})
