/**
 * A run whose results go to an address: each row that its step works on is a line of a file, so
 * that rows which are worked on again can be counted.
 */
import { appendFileSync } from "node:fs"
import * as Schema from "effect/Schema"
import { from, LoadDataFromDicts, MapRows, Pipeline, runPromise } from "../../../src/index.ts"

const [worked = "", cacheDir = "", outputDir = ""] = process.argv.slice(2)
const load = LoadDataFromDicts({
  name: "load",
  data: Array.from({ length: 20 }, (_, id) => ({ id }))
})
const work = MapRows({
  name: "work",
  version: "1",
  inputs: { id: Schema.Number },
  outputs: { square: Schema.Number },
  map: ({ id }) => {
    appendFileSync(worked, `${id}\n`)
    return { square: id * id }
  }
})
await runPromise(Pipeline("delivers", {}, from(load).to(work)), {
  progress: "none",
  cacheDir,
  outputDir
})
