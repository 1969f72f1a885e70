/** `distilabel-ts check`: all that is wrong with a pipeline's source, without running it. */
import { inspectSource } from "../codegen/inspectSource.ts"
import { counted, problemsText, timeText } from "./sourceText.ts"

/** Runs the command; gives the exit code. */
export const checkCommand = async (source: string, { json }: { readonly json: boolean }): Promise<number> => {
  const report = inspectSource(source)
  const { file, name, problems, seconds, steps, unplaced } = report
  if (json) console.log(JSON.stringify({ file, pipeline: name, problems, seconds }, undefined, 2))
  else if (problems.length > 0) console.log(`${problemsText(problems)}\n\n${counted(problems.length, "problem")} in ${file} ${timeText(report)}`)
  else console.log(`${name ?? file}: ${counted(steps.length + unplaced.length, "step")}, no problem ${timeText(report)}`)
  return problems.length > 0 ? 1 : 0
}
