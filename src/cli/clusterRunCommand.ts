/** `distilabel-ts run --cluster`: coordinates a run that many workers work on. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ClusterBudgets } from "../cluster/budgets.ts"
import { isAddress } from "../data/stores/storeAddress.ts"
import { clusterRun } from "../run/clusterRun.ts"
import { otlp } from "../run/otlp.ts"
import { surrounded } from "../run/surrounded.ts"
import { brokerAddress, queueName } from "./brokerAddress.ts"
import { collectorAddress } from "./collectorAddress.ts"
import { type DocumentOptions, loadPipeline } from "./loadPipeline.ts"
import { refuseIncomplete } from "./missingText.ts"
import type { Untaken } from "./planCommand.ts"
import { readInput } from "./readInput.ts"
import { inWordsOfOptions, type ParameterOptions, readParameters } from "./readParameters.ts"
import { readPrices } from "./readPrices.ts"
import { resultText, subsetsJson, uploadedText } from "./resultText.ts"
import { UsageError } from "./UsageError.ts"

interface ClusterRunOptions extends DocumentOptions, ParameterOptions, ClusterBudgets {
  readonly cluster: string
  readonly shards: number | undefined
  readonly workers: number | undefined
  readonly queue: string | undefined
  readonly input: ReadonlyArray<string>
  readonly output: string | undefined
  readonly price: ReadonlyArray<string>
  readonly progress: "auto" | "live" | "plain" | "none" | undefined
  readonly pack: boolean
  readonly retryFailed: boolean
  readonly otlp: string | undefined
  readonly json: boolean
}

/** Runs the command; gives the exit code. */
export const clusterRunCommand = async (
  source: string,
  options: ClusterRunOptions,
  untaken: Untaken
): Promise<number> => {
  const { allow, bind, cluster, input, json, output, queue } = options
  const prices = readPrices("run", options.price)
  for (const [flag, given] of Object.entries(untaken))
    if (given) throw new UsageError("run", `${flag} is for a run in one process, not for --cluster`)
  if (output === undefined)
    throw new UsageError(
      "run",
      "--cluster needs --output DIR, a folder that all workers see, or an address of an object store"
    )
  const address = cluster === "local" ? undefined : brokerAddress("run", cluster)
  if (queue !== undefined) queueName("run", queue)
  const pipeline = await loadPipeline(source, options)
  refuseIncomplete(pipeline)
  const dataset = await readInput("run", input, pipeline.graph)
  const parameters = readParameters("run", options, pipeline.graph)
  const { maxCost, maxErrorRate, maxRows, maxTokens, progress, shards, workers } = options
  const { artifacts, distiset, seconds } = await Effect.runPromise(
    surrounded(
      clusterRun({
        pipeline,
        program: { source, allow, ...(bind === undefined ? {} : { bind }), input, parameters },
        dataset,
        folder: output,
        packs: options.pack,
        address,
        workers,
        shards,
        queue,
        retryFailed: options.retryFailed,
        prices,
        progress,
        maxCost,
        maxErrorRate,
        maxRows,
        maxTokens
      })
    ).pipe(
      Effect.provide(
        options.otlp === undefined ? Layer.empty : otlp(collectorAddress("run", options.otlp))
      )
    )
  ).catch((thrown: unknown) => {
    throw inWordsOfOptions("run", thrown, pipeline.graph)
  })
  console.log(
    json
      ? JSON.stringify(
          {
            pipeline: pipeline.name,
            directory: output,
            subsets: subsetsJson(distiset),
            seconds,
            artifacts
          },
          undefined,
          2
        )
      : [resultText(distiset), ...uploadedText(isAddress(output) ? output : undefined)].join("\n")
  )
  return 0
}
