/** `distilabel-ts run`: runs the pipeline that a module exports. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type { Row } from "../columns/Row.ts"
import type { Distiset } from "../data/distiset/Distiset.ts"
import { isAddress } from "../data/stores/storeAddress.ts"
import type { RunSettings } from "../engine/local/RunSettings.ts"
import { RunStopped } from "../engine/watch/RunStopped.ts"
import type { RunSummary } from "../engine/watch/Tally.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { otlp } from "../run/otlp.ts"
import { dryRun, run } from "../run/run.ts"
import { exitCodes } from "../run/signals.ts"
import { StepFailed } from "../step/StepFailed.ts"
import { collectorAddress } from "./collectorAddress.ts"
import { inFlags, refuseWrongOptions, textInFlags } from "./flagWords.ts"
import { type DocumentOptions, loadPipeline } from "./loadPipeline.ts"
import { refuseIncomplete } from "./missingText.ts"
import type { Untaken } from "./planCommand.ts"
import { readInput } from "./readInput.ts"
import { inWordsOfOptions, type ParameterOptions, readParameters } from "./readParameters.ts"
import { readPrices } from "./readPrices.ts"
import { reportPath, reportText, resultText, subsetsJson, uploadedText } from "./resultText.ts"
import { UsageError } from "./UsageError.ts"

interface RunOptions extends DocumentOptions, ParameterOptions {
  readonly input: ReadonlyArray<string>
  readonly output: string | undefined
  readonly cacheDir: string | undefined
  readonly noCache: boolean
  readonly simulate: boolean
  readonly retryFailed: boolean
  readonly dryRun: number | undefined
  readonly shards: number | undefined
  readonly cluster: string | undefined
  readonly workers: number | undefined
  readonly queue: string | undefined
  readonly pack: boolean
  readonly maxCost: number | undefined
  readonly budget: string | undefined
  readonly maxTokens: number | undefined
  readonly maxRows: number | undefined
  readonly maxErrorRate: number | undefined
  readonly price: ReadonlyArray<string>
  readonly wait: boolean
  readonly keepFiles: boolean
  readonly cancelBatches: boolean
  readonly durability: "process" | "power" | undefined
  readonly progress: "auto" | "live" | "plain" | "none" | undefined
  readonly otlp: string | undefined
  readonly json: boolean
}

/** Runs the command; gives the exit code. */
export const runCommand = async (source: string, options: RunOptions): Promise<number> => {
  const settings = settingsOf(options)
  refuseWrongOptions("run", { ...settings, batchSize: options.dryRun })
  const { cluster } = options
  if (cluster !== undefined)
    return (await import("./clusterRunCommand.ts"))
      .clusterRunCommand(source, { ...options, cluster }, untakenByCluster(options))
      .catch(failed)
  if (options.workers !== undefined || options.queue !== undefined || options.pack)
    throw new UsageError("run", "--workers, --queue and --pack are for a run with --cluster")
  if (options.shards !== undefined)
    return (await import("./planCommand.ts")).planCommand(
      source,
      options.shards,
      options,
      untakenIn(options)
    )
  const spans = options.otlp === undefined ? undefined : otlp(collectorAddress("run", options.otlp))
  const pipeline = await loadPipeline(source, options)
  refuseIncomplete(pipeline)
  const dataset = await readInput("run", options.input, pipeline.graph)
  const parameters = readParameters("run", options, pipeline.graph)
  await using simulation = options.simulate
    ? await (await import("./simulated.ts")).simulated(pipeline.graph, parameters)
    : undefined
  let summary: RunSummary | undefined
  const given = {
    ...settings,
    ...(dataset === undefined ? {} : { dataset }),
    parameters: simulation?.parameters ?? parameters,
    onSummary: (told: RunSummary) => {
      summary = told
    }
  }
  const effect =
    options.dryRun === undefined
      ? run(pipeline, given as never)
      : dryRun(pipeline, { ...given, batchSize: options.dryRun })
  const exit = await Effect.runPromiseExit(
    Effect.provide(
      effect as Effect.Effect<Distiset<Readonly<Record<string, Row>>>, Error>,
      Layer.merge(spans ?? Layer.empty, simulation?.layer ?? Layer.empty)
    )
  )
  if (Exit.isFailure(exit))
    return await failed(inWordsOfOptions("run", Cause.squash(exit.cause), pipeline.graph))
  const uploaded =
    options.dryRun === undefined && isAddress(options.output ?? "") ? options.output : undefined
  console.log(
    options.json
      ? JSON.stringify(resultJson(pipeline, exit.value, summary, uploaded), undefined, 2)
      : [resultText(exit.value), ...uploadedText(uploaded)].join("\n")
  )
  return tooManyFailed(exit.value, settings.maxErrorRate) ? exitFailedRows : 0
}

/** What makes no sense for shards, by its flag. */
const untakenIn = (options: RunOptions): Untaken => ({
  ...untakenByCluster(options),
  "--otlp": options.otlp !== undefined,
  "--retry-failed": options.retryFailed,
  "--price": options.price.length > 0,
  "--max-cost": options.maxCost !== undefined,
  "--max-tokens": options.maxTokens !== undefined,
  "--max-rows": options.maxRows !== undefined,
  "--progress": options.progress !== undefined
})

/** What makes no sense for a run over many workers. */
const untakenByCluster = (options: RunOptions): Untaken => ({
  "--cache-dir": options.cacheDir !== undefined,
  "--no-cache": options.noCache,
  "--simulate": options.simulate,
  "--dry-run": options.dryRun !== undefined,
  "--budget": options.budget !== undefined,
  "--wait": options.wait,
  "--keep-files": options.keepFiles,
  "--cancel-batches": options.cancelBatches,
  "--durability": options.durability !== undefined
})

/** A budget as the command line gives it; what a simulator takes is nobody's money. */
const budgetIn = (text: string, simulate: boolean): NonNullable<RunSettings["budget"]> => {
  const [, name = "", dollars = ""] = /^([^=]+)=(\d+(?:\.\d+)?)$/.exec(text) ?? []
  if (!(Number(dollars) > 0))
    throw new UsageError("run", `--budget takes NAME=DOLLARS, as team=50, not '${text}'`)
  return { name: simulate ? `${name}, simulated` : name, maxCost: Number(dollars) }
}

const settingsOf = ({
  budget,
  cacheDir,
  cancelBatches,
  durability,
  keepFiles,
  maxCost,
  maxErrorRate,
  maxRows,
  maxTokens,
  noCache,
  output,
  price,
  progress,
  retryFailed,
  simulate,
  wait
}: RunOptions): RunSettings => ({
  batches: { wait, keepFiles, cancel: cancelBatches },
  useCache: !noCache,
  retryFailed,
  prices: readPrices("run", price),
  ...(output === undefined ? {} : { outputDir: output }),
  ...(cacheDir === undefined ? {} : { cacheDir }),
  ...(durability === undefined ? {} : { durability }),
  ...(progress === undefined ? {} : { progress }),
  ...(maxCost === undefined ? {} : { maxCost }),
  ...(budget === undefined ? {} : { budget: budgetIn(budget, simulate) }),
  ...(maxTokens === undefined ? {} : { maxTokens }),
  ...(maxRows === undefined ? {} : { maxRows }),
  ...(maxErrorRate === undefined ? {} : { maxErrorRate })
})

const exitFailedRows = 3
const exitBudget = 4
/** What mail servers say for "try again later". */
const exitLater = 75

/** Tells an error; gives the exit code. */
const failed = async (error: unknown): Promise<number> => {
  if (!(error instanceof RunStopped)) throw inFlags(await withOffer(error))
  console.error([textInFlags(error.message), ...reportText(error.directory)].join("\n"))
  if (error.reason in exitCodes) return exitCodes[error.reason as keyof typeof exitCodes]
  if (error.reason === "maxErrorRate") return exitFailedRows
  if (error.reason === "batches") return exitLater
  return exitBudget
}

/** Where a key is missing, what is on this machine may do. */
const withOffer = async (error: unknown): Promise<unknown> => {
  if (!(error instanceof StepFailed) || error.reason !== "MissingApiKey") return error
  const { localOffer, localServers } = await import("./localServers.ts")
  const offer = localOffer(await localServers())
  return offer === "" ? error : new Error(`${error.message}\n${offer}`)
}

const tooManyFailed = (
  { subsets }: Distiset<Readonly<Record<string, Row>>>,
  maxErrorRate = 0.5
): boolean =>
  Object.values(subsets).some(
    ({ errorCount, length }) => errorCount > 0 && errorCount > (length + errorCount) * maxErrorRate
  )

const resultJson = (
  { name }: AnyPipeline,
  distiset: Distiset<Readonly<Record<string, Row>>>,
  summary: RunSummary | undefined,
  output: string | undefined
) => ({
  pipeline: name,
  directory: distiset.directory,
  output,
  report: reportPath(distiset.directory),
  subsets: subsetsJson(distiset),
  seconds: summary?.seconds,
  notices: summary?.notices,
  steps: summary?.steps.map(({ reasons, ...tally }) => ({
    ...tally,
    reasons: Object.fromEntries(reasons)
  }))
})
