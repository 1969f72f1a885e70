/**
 * A pipeline for tests of the command: rows of numbers, each asked about at the simulator that the
 * environment names.
 */
import { from, generatorStep, OpenAILLM, Pipeline, TextGeneration } from "distilabel-ts"
import * as Schema from "effect/Schema"

const env = (name: string, otherwise: string): string => process.env[name] ?? otherwise
const count = Number(env("TEST_ROWS", "60"))

const load = generatorStep({
  name: "load",
  outputs: { n: Schema.Number },
  batchSize: 10,
  *process({ offset }) {
    for (let n = offset; n < count; n++) yield { n }
  }
})
const llm = OpenAILLM({
  model: env("TEST_MODEL", "model-a"),
  baseUrl: env("TEST_URL", "http://127.0.0.1:9/v1"),
  apiKey: "k",
  maxConcurrency: 4,
  maxRetries: 0
})

export default Pipeline(
  "asking",
  {},
  from(load).to(TextGeneration({ name: "ask", llm, template: "What is {{ n }}?" }))
)
