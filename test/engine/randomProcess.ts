/** A process that runs a random program, to be killed. */
import { readFileSync } from "node:fs"
import { runPromise } from "distilabel-ts"
import { type Program, pipelineOf } from "./programs.ts"

const [file = "", url = "", outputDir = "", cacheDir = ""] = process.argv.slice(2)
const program = JSON.parse(readFileSync(file, "utf8")) as Program
await runPromise(pipelineOf(program, url), {
  outputDir,
  cacheDir,
  progress: "none",
  maxErrorRate: 1
} as never)
