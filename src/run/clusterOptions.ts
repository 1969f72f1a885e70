/** What `run` is told of a run on many machines, and how it becomes one. */
import { existsSync } from "node:fs"
import { relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { brokerVariable } from "../cluster/Broker.ts"
import { isInSlot } from "../cluster/serveSlot.ts"
import { shownValue } from "../columns/shownValue.ts"
import { optionProblems } from "../engine/local/runRanges.ts"
import type { AnyRunOptions } from "../engine/local/RunSettings.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { InvalidPipeline, NotInCluster, type Problem, WrongOption } from "../pipeline/problems.ts"
import type { ClusterRun } from "./clusterWork.ts"

/**
 * A run that many processes work on, as `distilabel-ts run --cluster` coordinates it. Workers on
 * other machines join with `distilabel-ts worker ADDRESS`.
 */
export interface ClusterOptions {
  /**
   * Where workers find the run: `redis://HOST:6379`, `rediss://…`, `env` for the address in
   * `DISTILABEL_REDIS`, or `local` for a Redis of the run's own on this machine.
   */
  readonly redis: string
  /**
   * The module whose default export is the pipeline, or a document: workers load it, since a
   * pipeline's functions cannot be sent. A path, or an address such as `import.meta.resolve` gives.
   * Workers start in the folder that this program was started in, or see the file under the same
   * path.
   */
  readonly module: string | URL
  /**
   * Shards that this machine works on at the same time, each in a process of its own. Default 0,
   * and for `local` the number of cores.
   */
  readonly workers?: number
  /** At most so many shards. Default: a thousand rows each. */
  readonly shards?: number
  /**
   * True to lay the code of the module's folder into that of the run, for workers that do not have
   * it: at most 20 MB, without `node_modules`, hidden files such as `.env`, and keys.
   */
  readonly pack?: boolean
  /** The queue in which workers look for runs. Default `default`. */
  readonly queue?: string
}

/** The run that options ask for; fails with all of them that it cannot take. */
export const clusterRunOf = (
  pipeline: AnyPipeline,
  cluster: ClusterOptions,
  options: AnyRunOptions
): Effect.Effect<ClusterRun, InvalidPipeline> => {
  const { source, problems: ofModule } = sourceOf(cluster.module)
  const { address, problems: ofAddress } = addressOf(cluster.redis)
  const problems = [
    ...(isInSlot() ? [new NotInCluster({ detail: inSlot })] : []),
    ...optionProblems(options),
    ...untaken(options),
    ...wrongOptions(cluster),
    ...ofModule,
    ...ofAddress
  ]
  if (problems.length > 0)
    return Effect.fail(new InvalidPipeline({ pipeline: pipeline.name, problems }))
  const { outputDir, parameters = {}, ...settings } = options
  return Effect.succeed({
    ...settings,
    pipeline,
    program: {
      source,
      allow: [],
      input: [],
      parameters: parameters as ClusterRun["program"]["parameters"]
    },
    folder: outputDir!,
    address,
    workers: cluster.workers,
    shards: cluster.shards,
    queue: cluster.queue,
    packs: cluster.pack
  })
}

const inSlot =
  "is not begun by a worker: it loads this module for its pipeline, and would begin the run again. Put the pipeline into a module of its own, or run only if process.argv[1] === import.meta.filename"

const taken = [
  "parameters",
  "outputDir",
  "maxCost",
  "maxTokens",
  "maxRows",
  "maxErrorRate",
  "retryFailed",
  "prices",
  "progress",
  "signals",
  "report",
  "onSummary",
  "signal"
]

const untaken = (options: AnyRunOptions): ReadonlyArray<Problem> => [
  ...(options.outputDir === undefined
    ? [
        new NotInCluster({
          detail: "needs outputDir, a folder that all workers see or an address of an object store"
        })
      ]
    : []),
  ...Object.entries(options).flatMap(([option, value]) =>
    value === undefined || taken.includes(option)
      ? []
      : [
          new NotInCluster({
            detail:
              option === "dataset"
                ? "does not take rows as dataset: workers do not see those of this process. Have the generator read them from a file"
                : `does not take option ${option}: it is for a run in one process`
          })
        ]
  )
]

const wrongOptions = ({ queue, shards, workers }: ClusterOptions): ReadonlyArray<Problem> => {
  const wrong = (option: string, wants: string, gets: unknown): ReadonlyArray<Problem> => [
    new WrongOption({ option: `cluster.${option}`, wants, gets: shownValue(gets) })
  ]
  return [
    ...(workers === undefined || (Number.isInteger(workers) && workers >= 0)
      ? []
      : wrong("workers", "a whole number, 0 or more", workers)),
    ...(shards === undefined || (Number.isInteger(shards) && shards > 0)
      ? []
      : wrong("shards", "a whole number above 0", shards)),
    ...(queue === undefined || /^[\w.-]{1,60}$/.test(queue)
      ? []
      : wrong("queue", "a name of letters, digits, '_', '-' and '.'", queue))
  ]
}

/** The module as workers are to find it: from where this program was started, if it lies below. */
const sourceOf = (
  module: string | URL
): { readonly source: string; readonly problems: ReadonlyArray<Problem> } => {
  const text = String(module)
  if (/^https?:/i.test(text)) return { source: text, problems: [] }
  const path = text.startsWith("file:") ? fileURLToPath(text) : resolve(text)
  const below = relative(process.cwd(), path)
  return {
    source: below.startsWith("..") ? path : below,
    problems: existsSync(path)
      ? []
      : [
          new NotInCluster({
            detail: `finds no module '${text}'. Name the one whose default export is the pipeline`
          })
        ]
  }
}

/** The address of the broker; undefined for one of the run's own. */
const addressOf = (
  redis: string
): { readonly address: string | undefined; readonly problems: ReadonlyArray<Problem> } => {
  if (redis === "local") return { address: undefined, problems: [] }
  const address = redis === "env" ? process.env[brokerVariable] : redis
  return address === undefined || address === ""
    ? {
        address: undefined,
        problems: [
          new NotInCluster({
            detail: `with redis: "env" needs ${brokerVariable}, which is not set`
          })
        ]
      }
    : { address, problems: [] }
}
