/**
 * `distilabel-ts run --cluster`: coordinates a run that many workers work on, and makes its
 * dataset.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { availableParallelism } from "node:os"
import { resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { Broker } from "../cluster/Broker.ts"
import type { ClusterBudgets } from "../cluster/budgets.ts"
import { type ClusterState, Coordinator } from "../cluster/Coordinator.ts"
import { startLocalRedis } from "../cluster/localRedis.ts"
import { mergeShards } from "../cluster/mergeShards.ts"
import { type Planned, planShards } from "../cluster/planShards.ts"
import { hasPlan, knownShards, readPlan } from "../cluster/RunPlan.ts"
import { endText, showCluster } from "../cluster/view.ts"
import { RunStopped } from "../engine/watch/RunStopped.ts"
import type { GivenPrices } from "../models/asking/prices.ts"
import { stopOnSignals } from "../run/signals.ts"
import { PackageMissing } from "../runtime/PackageMissing.ts"
import { counted } from "../words/figures.ts"
import { brokerAddress, queueName } from "./brokerAddress.ts"
import { ForkedWorker } from "./ForkedWorker.ts"
import { type DocumentOptions, loadPipeline } from "./loadPipeline.ts"
import { refuseIncomplete } from "./missingText.ts"
import type { Untaken } from "./planCommand.ts"
import { readInput } from "./readInput.ts"
import { inWordsOfOptions, type ParameterOptions, readParameters } from "./readParameters.ts"
import { readPrices } from "./readPrices.ts"
import { resultText, subsetsJson } from "./resultText.ts"
import { refuseAddress } from "./sharedFolder.ts"
import { UsageError } from "./UsageError.ts"
import { version } from "./version.ts"

interface ClusterRunOptions extends DocumentOptions, ParameterOptions, ClusterBudgets {
  readonly cluster: string
  readonly shards: number | undefined
  readonly workers: number | undefined
  readonly queue: string | undefined
  readonly input: ReadonlyArray<string>
  readonly output: string | undefined
  readonly price: ReadonlyArray<string>
  readonly progress: "auto" | "live" | "plain" | "none" | undefined
  readonly json: boolean
}

/** Rows of a shard, and shards for each worker at least, where nobody says how many there are. */
const usualRows = 1000
const leastShards = 4

/** Runs the command; gives the exit code. */
export const clusterRunCommand = async (
  source: string,
  options: ClusterRunOptions,
  untaken: Untaken
): Promise<number> => {
  const { allow, bind, cluster, input, json, output, queue, shards } = options
  const prices = readPrices("run", options.price)
  for (const [flag, given] of Object.entries(untaken))
    if (given) throw new UsageError("run", `${flag} is for a run in one process, not for --cluster`)
  if (output === undefined)
    throw new UsageError("run", "--cluster needs --output DIR, a folder that all workers see")
  const isLocal = cluster === "local"
  refuseAddress("run", output)
  const workers = options.workers ?? (isLocal ? availableParallelism() : 0)
  const address = isLocal ? undefined : brokerAddress("run", cluster)
  const broker = address === undefined ? undefined : await Broker.open(address)
  const queued = queueName("run", queue)
  const pipeline = await loadPipeline(source, options)
  refuseIncomplete(pipeline)
  const dataset = await readInput("run", input, pipeline.graph)
  const parameters = readParameters("run", options, pipeline.graph)
  const there = hasPlan(output) ? await Effect.runPromise(readPlan(output)) : undefined
  const planned = await Effect.runPromise(
    planShards(pipeline, {
      folder: output,
      shards:
        shards ??
        there?.shards ??
        ((rows) => Math.max(Math.ceil(rows / usualRows), leastShards * Math.max(1, workers))),
      program: { source, allow, ...(bind === undefined ? {} : { bind }), input, parameters },
      dataset,
      version,
      maxCost: options.maxCost,
      prices
    })
  ).catch((thrown: unknown) => {
    throw inWordsOfOptions("run", thrown, pipeline.graph)
  })
  for (const notice of planned.notices) console.error(notice)
  const folder = resolve(output)
  const work = { planned, folder, workers, options, prices, queue: queued }
  const seconds =
    broker === undefined ? await locally(work) : await coordinated(work, broker, address!)
  const merged = await Effect.runPromise(mergeShards(output, planned.plan))
  if (merged.artifacts.length > 0)
    console.error(
      `What steps have saved beside their rows stays with the shards: ${merged.artifacts.join(", ")}`
    )
  console.log(
    json
      ? JSON.stringify(
          {
            pipeline: pipeline.name,
            directory: output,
            subsets: subsetsJson(merged.distiset),
            seconds,
            artifacts: merged.artifacts
          },
          undefined,
          2
        )
      : resultText(merged.distiset, "")
  )
  return 0
}

interface Work {
  readonly planned: Planned
  readonly folder: string
  readonly workers: number
  readonly options: ClusterRunOptions
  readonly prices: GivenPrices
  readonly queue: string
}

/** Works on this machine alone: over a Redis of the run's own, or without one. */
const locally = async (work: Work): Promise<number> => {
  const redis = await startLocalRedis(work.folder).catch((thrown: unknown) => {
    if (thrown instanceof PackageMissing) return thrown
    throw thrown
  })
  if (redis === undefined || redis instanceof PackageMissing) {
    const why =
      redis === undefined
        ? "There is no redis-server on this machine (apt install redis-server)"
        : redis.message
    console.error(
      `${why}: ${counted(work.workers, "process", "processes")} share the shards without one, and limits of models hold for each by itself.`
    )
    return withoutBroker(work)
  }
  let isDone = false
  try {
    const broker = await Broker.open(redis.address)
    const seconds = await coordinated(work, broker, redis.address)
    isDone = true
    return seconds
  } finally {
    await redis.stop(isDone)
  }
}

/** Coordinates a run over Redis; gives how long it took. */
const coordinated = async (
  { folder, options, planned: { concurrency, plan, wasThere }, prices, queue, workers }: Work,
  broker: Broker,
  address: string
): Promise<number> => {
  let state: (() => ClusterState) | undefined
  const view = showCluster(options.progress ?? "auto", () => state?.())
  view.say(
    `${plan.pipeline}: ${counted(plan.rows, "source row")} in ${counted(knownShards(plan), "shard")}${wasThere ? ", begun before" : ""}`
  )
  if (options.cluster !== "local")
    view.say(
      `Workers join from the program's folder with: distilabel-ts worker ${broker.shown}${options.queue === undefined ? "" : ` --queue ${queue}`}`
    )
  try {
    const done = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const scope = yield* Effect.scope
          return yield* Effect.promise((): Promise<ClusterState | Error> =>
            Coordinator.run(
              {
                folder,
                plan,
                broker,
                queue,
                concurrency,
                prices,
                ...budgetsIn(options),
                startWorkers:
                  workers === 0
                    ? undefined
                    : (run) =>
                        new ForkedWorker({ address, queue, run, slots: workers, say: view.say }),
                say: view.say
              },
              (control) => {
                state = control.state
                Effect.runSync(
                  Effect.provideService(
                    stopOnSignals({
                      stop: control.stop,
                      stopNow: control.stopNow,
                      graceMs: 40_000
                    }),
                    Scope.Scope,
                    scope
                  )
                )
              }
            ).catch((thrown: unknown) => thrown as Error)
          )
        })
      )
    )
    if (done instanceof Error) throw done
    view.close()
    if (options.progress !== "none") view.say(endText(done))
    return done.seconds
  } finally {
    view.close()
    broker.close()
  }
}

const budgetsIn = ({
  maxCost,
  maxErrorRate,
  maxRows,
  maxTokens
}: ClusterBudgets): ClusterBudgets => ({ maxCost, maxErrorRate, maxRows, maxTokens })

/** Has processes share the shards among themselves. */
const withoutBroker = async ({ folder, planned: { plan }, workers }: Work): Promise<number> => {
  const began = performance.now()
  const of = Math.min(workers, knownShards(plan))
  const codes = await Promise.all(
    Array.from({ length: of }, async (_, index) => {
      const child = fork(
        process.argv[1]!,
        [
          "shard",
          folder,
          "--index",
          String(index),
          "--of",
          String(of),
          "--wait",
          "--progress",
          "none"
        ],
        { stdio: ["ignore", 2, "inherit", "ipc"] }
      )
      const [code] = (await once(child, "exit")) as [number | null]
      return code ?? 1
    })
  )
  const failed = codes.find((code) => code !== 0)
  if (failed !== undefined)
    throw new RunStopped({
      pipeline: plan.pipeline,
      reason: failed === 130 ? "SIGINT" : "SIGTERM",
      directory: folder,
      rows: 0,
      left: 0
    })
  return (performance.now() - began) / 1000
}
