/** `distilabel-ts estimate`: what a run will ask, use, cost and take, before it is started. */
import type { Estimate } from "../engine/estimate/estimate.ts"
import type { Estimated } from "../engine/estimate/Sums.ts"
import { estimatePromise } from "../run/estimate.ts"
import { dollars } from "../words/figures.ts"
import { mediaWords } from "../words/mediaWords.ts"
import { amount, duration, table } from "../words/terminal.ts"
import { refuseWrongOptions } from "./flagWords.ts"
import { type DocumentOptions, loadPipeline } from "./loadPipeline.ts"
import { refuseIncomplete } from "./missingText.ts"
import { readInput } from "./readInput.ts"
import { inWordsOfOptions, type ParameterOptions, readParameters } from "./readParameters.ts"
import { readPrices } from "./readPrices.ts"

interface EstimateOptions extends DocumentOptions, ParameterOptions {
  readonly input: ReadonlyArray<string>
  readonly sample: number | undefined
  readonly maxRows: number | undefined
  readonly price: ReadonlyArray<string>
  readonly cacheDir: string | undefined
  readonly compare: boolean
  readonly json: boolean
}

/** Runs the command; gives the exit code. */
export const estimateCommand = async (
  source: string,
  options: EstimateOptions
): Promise<number> => {
  const { cacheDir, compare, input, json, maxRows, price, sample } = options
  const prices = readPrices("estimate", price)
  refuseWrongOptions("estimate", { prices, sample, maxRows, cacheDir })
  const pipeline = await loadPipeline(source, options)
  refuseIncomplete(pipeline)
  const dataset = await readInput("estimate", input, pipeline.graph)
  const parameters = readParameters("estimate", options, pipeline.graph)
  const told = await estimatePromise(pipeline, {
    progress: process.stderr.isTTY ? "auto" : "none",
    parameters,
    prices,
    ...(dataset === undefined ? {} : { dataset }),
    ...(sample === undefined ? {} : { sample }),
    ...(maxRows === undefined ? {} : { maxRows }),
    ...(cacheDir === undefined ? {} : { cacheDir })
  } as never).catch((thrown: unknown) => {
    throw inWordsOfOptions("estimate", thrown, pipeline.graph)
  })
  console.log(
    json
      ? JSON.stringify(told, undefined, 2)
      : [estimateText(told), ...(compare ? [compareText(told)] : [])].join("\n")
  )
  return 0
}

const estimateText = (told: Estimate): string => {
  const { allRows, calls, cost, pipeline, rows, sampled, seconds, spent, steps, unpriced } = told
  const head = `${pipeline}: ${allRows ? "" : "at least "}${rows.toLocaleString("en")} rows, from a sample of ${sampled.toLocaleString("en")}`
  const price = (figure: Estimated | undefined): string =>
    figure === undefined ? "price unknown" : between(figure, dollars)
  const lines = steps.map((step) => [
    step.step,
    step.model,
    `${between(step.calls, amount)} calls`,
    `${amount(step.inputTokens.expected)} → ${amount(step.outputTokens.expected)} tokens${mediaOf(step)}`,
    price(step.cost)
  ])
  const all =
    steps.length === 0
      ? ["No step asks a model: a run costs nothing."]
      : [
          `In all ${between(calls, amount)} calls, ${between(cost, dollars)}${unpriced.length === 0 ? "" : ` and what ${unpriced.join(", ")} costs, whose price is not known (--price gives it)`}, about ${between(seconds, duration)} at the models' limits.`,
          `The sample cost ${dollars(spent)}; its answers are kept for the run.`
        ]
  return [head, ...(lines.length === 0 ? [] : [table(lines)]), ...all].join("\n")
}

/** Tokens that are not those of text. */
const mediaOf = ({ mediaTokens = {} }: Estimate["steps"][number]): string => {
  const words = mediaWords(
    Object.fromEntries(Object.entries(mediaTokens).map(([name, { expected }]) => [name, expected])),
    amount
  )
  return words === "" ? "" : `, ${words}`
}

/** What the ways of delivery cost and take. */
const compareText = ({ costBy: { batch, flex, online }, seconds, steps }: Estimate): string => {
  const taken = steps.filter(({ takesBatches }) => takesBatches).map(({ step }) => step)
  const left = steps.filter(({ takesBatches }) => !takesBatches).map(({ step }) => step)
  const flexible = steps.filter(({ flexShare }) => flexShare !== undefined).map(({ step }) => step)
  const rows = [
    ["online", between(online, dollars), `about ${between(seconds, duration)}`],
    ...(taken.length === 0 ? [] : [["batch", between(batch, dollars), "each job within a day"]]),
    ...(flexible.length === 0
      ? []
      : [["flex", between(flex, dollars), "each answer within 15 minutes, as a rule"]])
  ]
  const notes = [
    ...(taken.length === 0
      ? ["No step's provider has batch jobs."]
      : [`For batch: ${taken.map((step) => `--param ${step}.delivery=batch`).join(" ")}`]),
    ...(flexible.length === 0
      ? []
      : [`For flex: ${flexible.map((step) => `--param ${step}.llm.serviceTier=flex`).join(" ")}`]),
    ...(taken.length === 0 || left.length === 0
      ? []
      : [`Asked at once in any case, for want of a batch API: ${left.join(", ")}.`])
  ]
  return [table(rows), ...notes].join("\n")
}

/** A figure with its bounds, where they differ as they are shown. */
const between = ({ expected, high, low }: Estimated, shown: (value: number) => string): string => {
  const [least, most] = [shown(low), shown(high)]
  return least === most ? shown(expected) : `${shown(expected)} (${least} to ${most})`
}
