/** A program that asks by jobs, to be killed: `node batchProcess.ts CLASS URL CACHE ROWS`. */
import { runPromise } from "distilabel-ts"
import { asking, batchModels } from "./batchPrograms.ts"

const [type = "", url = "", cacheDir = "", count = "0"] = process.argv.slice(2)
const { default: said } = await runPromise(
  asking(batchModels[type]!(url), "batch", Number(count)),
  {
    cacheDir,
    outputDir: `${cacheDir}/out`,
    progress: "none",
    report: false,
    batches: { size: 20, look: 0.1, wait: true }
  }
)
const answers = (await said.toArray()).map(({ generation }) => generation)
console.log(JSON.stringify({ answers, errors: said.errorCount }))
