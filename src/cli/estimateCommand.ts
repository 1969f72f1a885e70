/** `distilabel-ts estimate`: what a run will ask, use, cost and take, before it is started. */
import { parseArgs } from "node:util"
import { type Estimate, estimatePromise } from "../engine/estimate.ts"
import { amount, dollars, duration, table } from "../engine/figures.ts"
import type { Estimated } from "../engine/Sums.ts"
import { loadPipeline } from "./loadPipeline.ts"
import { wholeNumber } from "./numbers.ts"
import { readParameters } from "./readParameters.ts"
import { readPrices } from "./readPrices.ts"
import { UsageError } from "./UsageError.ts"

const help = `Usage: distilabel-ts estimate FILE [options]

Runs the pipeline on rows picked at random, and says what a run on all rows will ask, use, cost and take, each with the bounds between which it
lies with 95 % confidence. The sample's answers are paid for, and kept for the run.

Options:
  --sample N                rows that are tried (default 50)
  --max-rows N              what a run of so many source rows will cost (default: all)
  --param STEP.PATH=VALUE   sets a parameter of a step, as often as needed
  --cache-dir DIR           where answers are kept (default: DISTILABEL_CACHE_DIR, else the user's cache folder)
  --price MODEL=IN/OUT      what a model costs, in US dollars for a million tokens in and out, as often as needed
  --json                    prints JSON
  --help                    this text

Examples:
  distilabel-ts estimate pipeline.ts
  distilabel-ts estimate pipeline.ts --sample 200 --param generate.llm.generationKwargs.maxNewTokens=512
`

const options = {
  sample: { type: "string" },
  "max-rows": { type: "string" },
  param: { type: "string", multiple: true },
  price: { type: "string", multiple: true },
  "cache-dir": { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false }
} as const

/** Runs the command; gives the exit code. */
export const estimateCommand = async (args: ReadonlyArray<string>): Promise<number> => {
  const { positionals: [file, ...others], values } = UsageError.of("estimate", () => parseArgs({ args: [...args], options, allowPositionals: true }))
  if (values.help) {
    console.log(help)
    return 0
  }
  if (file === undefined || others.length > 0) throw new UsageError("estimate", file === undefined ? "no FILE is given" : `there is one FILE, but also ${others.join(", ")}`)
  const sample = wholeNumber("estimate", "sample", values.sample)
  const maxRows = wholeNumber("estimate", "max-rows", values["max-rows"])
  const prices = readPrices("estimate", values.price ?? [])
  const pipeline = await loadPipeline(file)
  const parameters = readParameters(values.param ?? [], [...pipeline.graph.nodes.keys()])
  const told = await estimatePromise(pipeline, {
    progress: process.stderr.isTTY ? "auto" : "none",
    parameters,
    prices,
    ...(sample === undefined ? {} : { sample }),
    ...(maxRows === undefined ? {} : { maxRows }),
    ...(values["cache-dir"] === undefined ? {} : { cacheDir: values["cache-dir"] })
  } as never)
  console.log(values.json ? JSON.stringify(told, undefined, 2) : estimateText(told))
  return 0
}

const estimateText = (told: Estimate): string => {
  const { allRows, calls, cost, pipeline, rows, sampled, seconds, spent, steps, unpriced } = told
  const head = `${pipeline}: ${allRows ? "" : "at least "}${rows.toLocaleString("en")} rows, from a sample of ${sampled.toLocaleString("en")}`
  const price = (figure: Estimated | undefined): string => figure === undefined ? "price unknown" : between(figure, dollars)
  const lines = steps.map((step) => [step.step, step.model, `${between(step.calls, amount)} calls`, `${amount(step.inputTokens.expected)} → ${amount(step.outputTokens.expected)} tokens`, price(step.cost)])
  const all = steps.length === 0
    ? ["No step asks a model: a run costs nothing."]
    : [
      `In all ${between(calls, amount)} calls, ${between(cost, dollars)}${unpriced.length === 0 ? "" : ` and what ${unpriced.join(", ")} costs, whose price is not known (--price gives it)`}, about ${between(seconds, duration)} at the models' limits.`,
      `The sample cost ${dollars(spent)}; its answers are kept for the run.`
    ]
  return [head, ...(lines.length === 0 ? [] : [table(lines)]), ...all].join("\n")
}

/** A figure with its bounds, where they differ as they are shown. */
const between = ({ expected, high, low }: Estimated, shown: (value: number) => string): string => {
  const [least, most] = [shown(low), shown(high)]
  return least === most ? shown(expected) : `${shown(expected)} (${least} to ${most})`
}
