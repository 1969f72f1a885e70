/** `distilabel-ts check`: all that is wrong with a pipeline's source, without running it. */
import { parseArgs } from "node:util"
import { inspectSource } from "../codegen/inspectSource.ts"
import { counted, problemsText, timeText } from "./sourceText.ts"
import { UsageError } from "./UsageError.ts"

const help = `Usage: distilabel-ts check FILE [options]

Finds all that is wrong with the TypeScript or JavaScript module whose default export is a pipeline: columns that are missing or have another type,
names used twice, steps that do not fit, and every other error of its types, each with its place. Nothing of it is run.

Options:
  --json   prints what was found as JSON
  --help   this text

Exit codes: 0 nothing is wrong, 1 something is, 2 wrong usage.

Examples:
  distilabel-ts check pipeline.ts
  distilabel-ts check pipeline.ts --json
`

const options = { json: { type: "boolean", default: false }, help: { type: "boolean", default: false } } as const

/** Runs the command; gives the exit code. */
export const checkCommand = async (args: ReadonlyArray<string>): Promise<number> => {
  const { positionals, values } = UsageError.of("check", () => parseArgs({ args: [...args], options, allowPositionals: true }))
  if (values.help) {
    console.log(help)
    return 0
  }
  const report = inspectSource(UsageError.oneFile("check", positionals))
  const { file, name, problems, seconds, steps, unplaced } = report
  if (values.json) console.log(JSON.stringify({ file, pipeline: name, problems, seconds }, undefined, 2))
  else if (problems.length > 0) console.log(`${problemsText(problems)}\n\n${counted(problems.length, "problem")} in ${file} ${timeText(report)}`)
  else console.log(`${name ?? file}: ${counted(steps.length + unplaced.length, "step")}, no problem ${timeText(report)}`)
  return problems.length > 0 ? 1 : 0
}
