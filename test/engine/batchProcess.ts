/** A program that runs a pipeline whose answers come in jobs: `node batchProcess.ts URL CACHE ROWS`. */
import {
  LoadDataFromDicts,
  from,
  OpenAILLM,
  Pipeline,
  runPromise,
  RunStopped,
  TextGeneration
} from "../../src/index.ts"

const [, , baseUrl = "", cacheDir = "", count = "0"] = process.argv
const rows = Array.from({ length: Number(count) }, (_, i) => ({ instruction: `Say ${i % 17}.` }))
const llm = OpenAILLM({ model: "gpt-4o-mini", baseUrl, apiKey: "k", maxRetries: 3 })
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
