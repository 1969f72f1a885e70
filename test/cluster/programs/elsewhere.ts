/** A program that has others work on a pipeline of another module. */
import { runPromise } from "distilabel-ts"
import pipeline from "../../cli/pipelines/sharded.ts"

const distiset = await runPromise(pipeline, {
  outputDir: process.env["TEST_OUTPUT"]!,
  progress: "none",
  cluster: {
    redis: "env",
    module: new URL("../../cli/pipelines/sharded.ts", import.meta.url),
    workers: 1,
    shards: 6
  }
})
let generations = 0
for await (const { generation } of distiset.default) generations += generation.length > 0 ? 1 : 0
console.log(JSON.stringify({ generations, length: distiset.default.length }))
