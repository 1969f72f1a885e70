/**
 * One run of the resume benchmark, to be killed: rows through one task whose model is at the given
 * address.
 */
import { join } from "node:path"
import { from, generatorStep, OpenAILLM, Pipeline, runPromise, TextGeneration } from "distilabel-ts"
import * as Schema from "effect/Schema"

const [url = "", directory = "", rows = "0", inFlight = "1"] = process.argv.slice(2)
const load = generatorStep({
  name: "load",
  outputs: { instruction: Schema.String },
  *process({ offset }) {
    for (let n = offset; n < Number(rows); n++)
      yield { instruction: `What is special about the number ${n}?` }
  }
})
const llm = OpenAILLM({
  model: "bench-model",
  baseUrl: `${url}/v1`,
  apiKey: "bench",
  maxConcurrency: Number(inFlight),
  generationKwargs: { maxNewTokens: 16 }
})
await runPromise(Pipeline("resume", {}, from(load).to(TextGeneration({ name: "ask", llm }))), {
  outputDir: join(directory, "out"),
  cacheDir: join(directory, "cache"),
  progress: "none"
})
