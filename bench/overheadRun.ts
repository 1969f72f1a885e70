/** One run of the overhead benchmark: so many rows, two trivial steps, a leaf on disk. Prints rows/s and the peak of resident memory. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { from, generatorStep, Pipeline, runPromise, step } from "distilabel-ts"
import { Schema } from "effect"

const rows = Number(process.argv[2])
const numbers = generatorStep({
  name: "numbers",
  outputs: { n: Schema.Number, text: Schema.String },
  *process() {
    for (let n = 0; n < rows; n++) yield { n, text: `This is row number ${n} of the benchmark.` }
  }
})
const first = step({ name: "first", inputs: { n: Schema.Number }, outputs: { m: Schema.Number }, process: (batch) => batch.map((row) => ({ ...row, m: row.n + 1 })) })
const second = step({ name: "second", inputs: { text: Schema.String }, outputs: { length: Schema.Number }, process: (batch) => batch.map((row) => ({ ...row, length: row.text.length })) })

const directory = mkdtempSync(join(tmpdir(), "distilabel-bench-"))
const start = performance.now()
const distiset = await runPromise(Pipeline("overhead", {}, from(numbers).to(first).to(second)), { outputDir: directory, progress: "none" })
const seconds = (performance.now() - start) / 1000
if (distiset.default.length !== rows) throw new Error(`${distiset.default.length} rows came out, not ${rows}`)
rmSync(directory, { recursive: true })
// On Linux in kilobytes, as getrusage has it.
console.log(JSON.stringify({ rowsPerSecond: rows / seconds, peakMB: process.resourceUsage().maxRSS / 1024 }))
