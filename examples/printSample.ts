/** A few rows of a result, as a person reads them. */
import { join } from "node:path"
import { styleText } from "node:util"
import type { Distiset } from "distilabel-ts"

interface Combined {
  readonly instruction: string
  readonly generations: ReadonlyArray<string | null>
  readonly model_names: ReadonlyArray<string>
}

/** Prints some rows of a result, from all over it, and where its files are. */
export const printSample = async (
  { default: rows, directory }: Distiset<{ readonly default: Combined }>,
  count = 3
): Promise<void> => {
  console.log(`\n${styleText("bold", `${Math.min(count, rows.length)} of ${rows.length} rows`)}`)
  const every = Math.max(1, Math.floor(rows.length / count))
  let position = 0
  for await (const { generations, instruction, model_names } of rows) {
    // Spread over the rows, so that one sees more than the first batch.
    if (position++ % every !== 0 || position > every * count) continue
    console.log(`\n${styleText("bold", indented(instruction, ""))}`)
    generations.forEach((text, i) =>
      console.log(
        `  ${styleText("cyan", model_names[i] ?? "?")}\n${indented(text ?? "(no text)", "    ")}`
      )
    )
  }
  console.log(`\n${rows.length} rows in ${rows.path}`)
  if (rows.errorCount > 0) console.log(`${rows.errorCount} rows failed; see ${rows.errorsPath}`)
  console.log(
    `Everything of this run is in ${directory}; look at it in your browser: ${join(directory, "report.html")}`
  )
}

const width = Math.min(process.stdout.columns ?? 100, 120)

/** A text with lines broken at blanks, cut after a few. */
const indented = (text: string, indent: string, most = 6): string => {
  const lines = text
    .split("\n")
    .flatMap(
      (line) => line.match(new RegExp(`.{1,${width - indent.length}}(?:\\s|$)|\\S+`, "g")) ?? [""]
    )
  return [
    ...lines.slice(0, most).map((line) => indent + line.trimEnd()),
    ...(lines.length > most ? [`${indent}…`] : [])
  ].join("\n")
}
