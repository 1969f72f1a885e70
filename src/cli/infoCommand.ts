/** `distilabel-ts info`: what a pipeline is made of, without running it. */
import { inspect } from "../document/inspect.ts"
import { counted } from "../words/figures.ts"
import { sourceReader } from "./compiler.ts"
import { type DocumentOptions, isDocument, readDocument, warningText } from "./loadPipeline.ts"
import { bindingText, missingText } from "./missingText.ts"
import { shownDocument } from "./shownDocument.ts"
import { infoText, problemsText, timeText } from "./sourceText.ts"

interface InfoOptions extends DocumentOptions {
  readonly json: boolean
}

/** Runs the command; gives the exit code. */
export const infoCommand = (source: string, options: InfoOptions): Promise<number> =>
  isDocument(source) ? infoOfDocument(source, options) : infoOfModule(source, options)

const infoOfModule = async (source: string, { json }: InfoOptions): Promise<number> => {
  const { inspectSource } = await sourceReader()
  const report = await inspectSource(source)
  const { file, problems } = report
  if (json) console.log(JSON.stringify(report, undefined, 2))
  else {
    if (report.steps.length + report.unplaced.length > 0) console.log(infoText(report))
    if (problems.length > 0)
      console.error(
        `\n${problemsText(problems)}\n\n${counted(problems.length, "problem")} in ${file} ${timeText(report)}`
      )
  }
  return problems.length > 0 ? 1 : 0
}

const infoOfDocument = async (source: string, options: InfoOptions): Promise<number> => {
  const pipeline = await readDocument(source, options)
  const { missing, warnings } = pipeline
  if (options.json) console.log(JSON.stringify(inspect(pipeline), undefined, 2))
  else {
    console.log(infoText(shownDocument(pipeline)))
    if (missing.length > 0)
      console.log(
        [
          "",
          "It can be looked at, but not run:",
          ...missing.map((part) => `  ${missingText(part)}`),
          ...bindingText(missing)
        ].join("\n")
      )
    for (const warning of warnings) console.error(warningText(source, warning))
  }
  return 0
}
