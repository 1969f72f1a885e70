import { from, LoadDataFromDicts, Pipeline, step } from "distilabel-ts"
import * as Schema from "effect/Schema"

const data = Array.from({ length: 6 }, (_, n) => ({ n }))
const load = LoadDataFromDicts({ name: "load", data, batchSize: 1 })
const logging = step({
  name: "logging",
  inputs: { n: Schema.Number },
  inputBatchSize: 1,
  useCache: false,
  process: async (rows) => {
    await new Promise((resolve) => setTimeout(resolve, 250))
    console.log(`debug ${rows[0]!.n}`)
    return rows
  }
})

export default Pipeline("logging", {}, from(load).to(logging))
