/**
 * One run of the overhead benchmark: so many rows through a graph of the given shape, a leaf on
 * disk. Prints rows/s, made and taken from what an earlier run has kept, and the peak of resident
 * memory; of the shape `bare` those of a bare loop.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  CombineOutputs,
  ExpandColumns,
  FilterRows,
  from,
  generatorStep,
  join as joined,
  KeepColumns,
  MapRows,
  Pipeline,
  runPromise,
  step
} from "distilabel-ts"
import * as Schema from "effect/Schema"

const rows = Number(process.argv[2])
const shape = process.argv[3] ?? "chain"
const numbers = generatorStep({
  name: "numbers",
  outputs: { n: Schema.Number, text: Schema.String },
  *process() {
    for (let n = 0; n < rows; n++) yield { n, text: `This is row number ${n} of the benchmark.` }
  }
})
const first = step({
  name: "first",
  inputs: { n: Schema.Number },
  outputs: { m: Schema.Number },
  process: (batch) => batch.map((row) => ({ ...row, m: row.n + 1 }))
})
const second = step({
  name: "second",
  inputs: { text: Schema.String },
  outputs: { length: Schema.Number },
  process: (batch) => batch.map((row) => ({ ...row, length: row.text.length }))
})

/** Each row becomes a thousand, of which one is left, and meets itself again. */
const widened = () => {
  const listed = from(numbers).to(
    MapRows({
      name: "listed",
      inputs: { n: Schema.Number },
      outputs: { parts: Schema.Array(Schema.Number) },
      map: ({ n }) => ({ parts: Array.from({ length: 1000 }, (_, i) => n + i) })
    })
  )
  const wide = listed.to(ExpandColumns({ name: "wide", columns: ["parts"] }))
  const narrow = wide.to(
    FilterRows({
      name: "narrow",
      inputs: { n: Schema.Number, parts: Schema.Number },
      where: ({ n, parts }) => parts === n + 500
    })
  )
  return joined(
    [narrow.to(KeepColumns({ name: "kept", columns: ["n", "text"] })), from(numbers).to(second)],
    CombineOutputs({ name: "both" })
  )
}
const pipeline = Pipeline(
  "overhead",
  {},
  shape === "chain" ? from(numbers).to(first).to(second) : widened()
)

const directory = mkdtempSync(join(tmpdir(), "distilabel-bench-"))
const rowsPerSecond = async (outputDir: string): Promise<number> => {
  const start = performance.now()
  const distiset = await runPromise(pipeline, {
    outputDir: join(directory, outputDir),
    cacheDir: join(directory, "cache"),
    progress: "none"
  })
  const seconds = (performance.now() - start) / 1000
  if (distiset.default.length !== rows)
    throw new Error(`${distiset.default.length} rows came out, not ${rows}`)
  return rows / seconds
}
/**
 * The yardstick: a bare loop that makes, maps and writes the same rows, each as it comes or many at
 * a time.
 */
const barePerSecond = (bufferedChars: number): number => {
  const start = performance.now()
  const file = openSync(join(directory, "bare.jsonl"), "w")
  let text = ""
  for (let n = 0; n < rows; n++) {
    const row = { n, text: `This is row number ${n} of the benchmark.` }
    const mapped = { ...row, m: row.n + 1 }
    text += `${JSON.stringify({ ...mapped, length: mapped.text.length })}\n`
    if (text.length < bufferedChars) continue
    writeSync(file, text)
    text = ""
  }
  writeSync(file, text)
  closeSync(file)
  return (rows / (performance.now() - start)) * 1000
}
const chars = 1 << 18
if (shape === "bare") {
  console.log(
    JSON.stringify({ barePerSecond: barePerSecond(0), bufferedPerSecond: barePerSecond(chars) })
  )
  rmSync(directory, { recursive: true })
  process.exit()
}
const made = await rowsPerSecond("made")
// On Linux in kilobytes, as getrusage has it.
const peakMB = process.resourceUsage().maxRSS / 1024
// In another folder, so that the run is not done already: each row is taken from what was kept.
const taken = shape === "chain" && rows <= 1_000_000 ? await rowsPerSecond("taken") : undefined
rmSync(directory, { recursive: true })
console.log(JSON.stringify({ rowsPerSecond: made, takenPerSecond: taken, peakMB }))
