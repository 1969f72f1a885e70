/** A program that has others work on its own pipeline, and that they would begin anew. */
import { from, generatorStep, Pipeline, runPromise } from "distilabel-ts"
import * as Schema from "effect/Schema"

const load = generatorStep({
  name: "load",
  outputs: { n: Schema.Number },
  *process({ offset }) {
    for (let n = offset; n < 4; n++) yield { n }
  }
})
const pipeline = Pipeline("unguarded", {}, from(load))
export default pipeline

await runPromise(pipeline, {
  outputDir: process.env["TEST_OUTPUT"]!,
  progress: "none",
  cluster: { redis: "env", module: import.meta.url, workers: 1 }
})
