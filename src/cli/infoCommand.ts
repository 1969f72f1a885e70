/** `distilabel-ts info`: what a pipeline is made of, read off its source without running it. */
import { inspectSource } from "../codegen/inspectSource.ts"
import { counted, infoText, problemsText, timeText } from "./sourceText.ts"

/** Runs the command; gives the exit code. */
export const infoCommand = async (source: string, { json }: { readonly json: boolean }): Promise<number> => {
  const report = inspectSource(source)
  const { file, problems } = report
  if (json) console.log(JSON.stringify(report, undefined, 2))
  else {
    if (report.steps.length + report.unplaced.length > 0) console.log(infoText(report))
    if (problems.length > 0) console.error(`\n${problemsText(problems)}\n\n${counted(problems.length, "problem")} in ${file} ${timeText(report)}`)
  }
  return problems.length > 0 ? 1 : 0
}
