/** `distilabel-ts run`: runs the pipeline that a module exports. */
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Cause from "effect/Cause"
import type { Distiset } from "../data/Distiset.ts"
import type { Row } from "../columns/Row.ts"
import { dryRun, run, type RunSettings } from "../engine/run.ts"
import { RunStopped } from "../engine/RunStopped.ts"
import type { RunSummary } from "../engine/Tally.ts"
import { exitCodes } from "../engine/signals.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { loadPipeline } from "./loadPipeline.ts"
import { number, wholeNumber } from "./numbers.ts"
import { readParameters } from "./readParameters.ts"
import { resultText } from "./resultText.ts"
import { readPrices } from "./readPrices.ts"
import { UsageError } from "./UsageError.ts"

export const runHelp = `Usage: distilabel-ts run FILE [options]

Runs the pipeline that a TypeScript or JavaScript module exports as its default. A run that was stopped goes on where it was; one that was
finished is not repeated.

Options:
  --param STEP.PATH=VALUE   sets a parameter of a step, as often as needed
  --output DIR              the folder for results (default: one of the pipeline's own in the cache directory)
  --cache-dir DIR           where answers are kept (default: DISTILABEL_CACHE_DIR, else the user's cache folder)
  --no-cache                begins anew and asks for everything again
  --retry-failed            tries error rows of an earlier run again
  --dry-run N               runs on the first N rows only
  --max-cost DOLLARS        stops when answers have cost so much
  --max-tokens N            stops when so many tokens are used
  --max-rows N              stops after so many source rows
  --max-error-rate SHARE    stops when a greater share of a step's rows has failed (default 0.5)
  --price MODEL=IN/OUT      what a model costs, in US dollars for a million tokens in and out, as often as needed
  --durability HOW          process: answers survive the end of the program (default); power: that of the machine too
  --progress HOW            auto, live, plain or none (default auto)
  --json                    prints the result as JSON
  --help                    this text

Exit codes: 0 done, 1 error, 2 wrong usage, 3 too many rows failed, 4 a budget was reached, 130 and 143 stopped by Ctrl+C and SIGTERM.

Examples:
  distilabel-ts run pipeline.ts
  distilabel-ts run pipeline.ts --param generate.llm.generationKwargs.temperature=0.2 --output results
  distilabel-ts run pipeline.ts --dry-run 3
  distilabel-ts run pipeline.ts --max-cost 25
`

const options = {
  param: { type: "string", multiple: true },
  price: { type: "string", multiple: true },
  output: { type: "string" },
  "cache-dir": { type: "string" },
  "no-cache": { type: "boolean", default: false },
  "retry-failed": { type: "boolean", default: false },
  "dry-run": { type: "string" },
  "max-cost": { type: "string" },
  "max-tokens": { type: "string" },
  "max-rows": { type: "string" },
  "max-error-rate": { type: "string" },
  durability: { type: "string" },
  progress: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false }
} as const

/** Runs the command; gives the exit code. */
export const runCommand = async (args: ReadonlyArray<string>): Promise<number> => {
  const { positionals, values } = UsageError.of("run", () => parseArgs({ args: [...args], options, allowPositionals: true }))
  if (values.help) {
    console.log(runHelp)
    return 0
  }
  const file = UsageError.oneFile("run", positionals)
  const settings = settingsOf(values)
  const pipeline = await loadPipeline(file)
  let summary: RunSummary | undefined
  const given = {
    ...settings,
    parameters: readParameters(values.param ?? [], [...pipeline.graph.nodes.keys()]),
    onSummary: (told: RunSummary) => {
      summary = told
    }
  }
  const rows = wholeNumber("run", "dry-run", values["dry-run"])
  const effect = rows === undefined ? run(pipeline, given as never) : dryRun(pipeline, { ...given, batchSize: rows })
  const exit = await Effect.runPromiseExit(effect as Effect.Effect<Distiset<Readonly<Record<string, Row>>>, Error>)
  if (Exit.isFailure(exit)) return failed(Cause.squash(exit.cause))
  console.log(values.json ? JSON.stringify(resultJson(pipeline, exit.value, summary), undefined, 2) : resultText(exit.value))
  return tooManyFailed(exit.value, settings.maxErrorRate) ? exitFailedRows : 0
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>["values"]

const settingsOf = (values: Values): RunSettings => {
  const durability = UsageError.oneOf("run", "durability", values.durability, ["process", "power"])
  const progress = UsageError.oneOf("run", "progress", values.progress, ["auto", "live", "plain", "none"])
  const maxCost = number("run", "max-cost", values["max-cost"])
  const maxTokens = wholeNumber("run", "max-tokens", values["max-tokens"])
  const maxRows = wholeNumber("run", "max-rows", values["max-rows"])
  const maxErrorRate = number("run", "max-error-rate", values["max-error-rate"])
  return {
    useCache: !values["no-cache"],
    retryFailed: values["retry-failed"],
    prices: readPrices("run", values.price ?? []),
    ...(values.output === undefined ? {} : { outputDir: values.output }),
    ...(values["cache-dir"] === undefined ? {} : { cacheDir: values["cache-dir"] }),
    ...(durability === undefined ? {} : { durability }),
    ...(progress === undefined ? {} : { progress }),
    ...(maxCost === undefined ? {} : { maxCost }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(maxRows === undefined ? {} : { maxRows }),
    ...(maxErrorRate === undefined ? {} : { maxErrorRate })
  }
}

const exitFailedRows = 3
const exitBudget = 4

/** Tells an error; gives the exit code. */
const failed = (error: unknown): number => {
  if (!(error instanceof RunStopped)) throw error
  console.error(error.message)
  if (error.reason === "SIGINT" || error.reason === "SIGTERM") return exitCodes[error.reason]
  if (error.reason === "maxErrorRate") return exitFailedRows
  return exitBudget
}

const tooManyFailed = ({ subsets }: Distiset<Readonly<Record<string, Row>>>, maxErrorRate = 0.5): boolean =>
  Object.values(subsets).some(({ errorCount, length }) => errorCount > 0 && errorCount > (length + errorCount) * maxErrorRate)

const resultJson = ({ name }: AnyPipeline, distiset: Distiset<Readonly<Record<string, Row>>>, summary: RunSummary | undefined) => ({
  pipeline: name,
  directory: distiset.directory,
  subsets: Object.fromEntries(Object.entries(distiset.subsets).map(([subset, { errorCount, errorsPath, length, path }]) =>
    [subset, { rows: length, path, errorRows: errorCount, ...(errorCount === 0 ? {} : { errorsPath }) }])),
  seconds: summary?.seconds,
  steps: summary?.steps.map(({ reasons, ...tally }) => ({ ...tally, reasons: Object.fromEntries(reasons) }))
})
