/**
 * What benchmarks of clusters run: rows that ask a model, twice with a sort between, or that are
 * only worked on: next to nothing, or as much as it takes to detect the language of a sentence or a
 * paragraph.
 */
import {
  DetectLanguage,
  from,
  generatorStep,
  globalStep,
  OpenAILLM,
  Pipeline,
  step,
  TextGeneration
} from "distilabel-ts"
import * as Schema from "effect/Schema"

const count = Number(process.env["BENCH_ROWS"] ?? 100)
const url = process.env["BENCH_URL"]

const work = process.env["BENCH_WORK"]
const paragraph =
  " The valley lies between two ridges, and the river that has made it still floods its meadows each spring. Whoever walks there early hears cranes before the mist has gone, and sees how the old mill, which nobody has used for a century, leans a little further over the water every year."

const load = generatorStep({
  name: "load",
  outputs: { n: Schema.Number, instruction: Schema.String },
  batchSize: 50,
  *process({ offset }) {
    const more = work === "paragraphs" ? paragraph : ""
    for (let n = offset; n < count; n++)
      yield { n, instruction: `Say something about ${n}.${more}` }
  }
})
const length = step({
  name: "length",
  inputs: { instruction: Schema.String },
  outputs: { length: Schema.Number },
  process: (rows) => rows.map((row) => ({ ...row, length: row.instruction.length }))
})

const languages = DetectLanguage({
  name: "languages",
  inputMappings: { text: "instruction" }
})
/** Empty for the usual number of requests at once. */
const concurrency = process.env["BENCH_CONCURRENCY"] ?? "16"
const llm = OpenAILLM({
  model: "m",
  baseUrl: `${url ?? "http://127.0.0.1:9"}/v1`,
  apiKey: "k",
  ...(concurrency === "" ? {} : { maxConcurrency: Number(concurrency) })
})
const ask = TextGeneration({ name: "ask", llm })

const sorted = globalStep({
  name: "sorted",
  inputs: { n: Schema.Number },
  process: (rows) => rows.toReversed()
})
const again = TextGeneration({
  name: "again",
  inputMappings: { instruction: "generation" },
  outputMappings: { generation: "verdict", model_name: "judge" },
  llm
})

const start = from(load)
const asked = start.to(ask)
export default Pipeline(
  "bench-cluster",
  {},
  (url === undefined
    ? start.to(work === undefined ? length : languages)
    : process.env["BENCH_SORTED"] === undefined
      ? asked
      : asked.to(sorted).to(again)) as never
)
