/** `distilabel-ts info`: what a pipeline is made of, read off its source without running it. */
import { parseArgs } from "node:util"
import { inspectSource } from "../codegen/inspectSource.ts"
import { counted, infoText, problemsText, timeText } from "./sourceText.ts"
import { UsageError } from "./UsageError.ts"

const help = `Usage: distilabel-ts info FILE [options]

Shows what the pipeline is made of that a TypeScript or JavaScript module exports as its default: its steps, the columns that they read, add and remove,
their parameters, and the columns of the dataset. Nothing of it is run.

Options:
  --json   prints it as JSON
  --help   this text

Exit codes: 0 nothing is wrong with the pipeline, 1 something is, 2 wrong usage.

Examples:
  distilabel-ts info pipeline.ts
  distilabel-ts info pipeline.ts --json
`

const options = { json: { type: "boolean", default: false }, help: { type: "boolean", default: false } } as const

/** Runs the command; gives the exit code. */
export const infoCommand = async (args: ReadonlyArray<string>): Promise<number> => {
  const { positionals, values } = UsageError.of("info", () => parseArgs({ args: [...args], options, allowPositionals: true }))
  if (values.help) {
    console.log(help)
    return 0
  }
  const report = inspectSource(UsageError.oneFile("info", positionals))
  const { file, problems } = report
  if (values.json) console.log(JSON.stringify(report, undefined, 2))
  else {
    if (report.steps.length + report.unplaced.length > 0) console.log(infoText(report))
    if (problems.length > 0) console.error(`\n${problemsText(problems)}\n\n${counted(problems.length, "problem")} in ${file} ${timeText(report)}`)
  }
  return problems.length > 0 ? 1 : 0
}
