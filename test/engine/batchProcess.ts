/**
 * A program that runs a pipeline whose answers come in jobs: `node batchProcess.ts CLASS URL CACHE
 * ROWS`.
 */
import {
  LoadDataFromDicts,
  from,
  Pipeline,
  runPromise,
  RunStopped,
  TextGeneration
} from "../../src/index.ts"
import { batchModels } from "./batchModels.ts"

const [, , type = "", url = "", cacheDir = "", count = "0"] = process.argv
const rows = Array.from({ length: Number(count) }, (_, i) => ({ instruction: `Say ${i % 17}.` }))
const llm = batchModels[type]!(url)
const pipeline = Pipeline(
  "killed",
  {},
  from(LoadDataFromDicts({ name: "load", data: rows })).to(
    TextGeneration({ name: "say", llm, delivery: "batch" })
  )
)

try {
  const { default: said } = await runPromise(pipeline, {
    cacheDir,
    outputDir: `${cacheDir}/out`,
    progress: "none",
    report: false,
    batches: { size: 20, look: 0.1 }
  })
  const answers = (await said.toArray()).map(({ generation }) => generation)
  console.log(JSON.stringify({ answers, errors: said.errorCount }))
} catch (thrown) {
  if (!(thrown instanceof RunStopped && thrown.reason === "batches")) throw thrown
  process.exitCode = 75
}
