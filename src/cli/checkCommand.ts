/** `distilabel-ts check`: all that is wrong with a pipeline, without running it. */
import type { SourceStep } from "../codegen/read/SourceReport.ts"
import { type DocumentProblem, InvalidDocument } from "../document/tree/DocumentProblem.ts"
import type { ReadModules } from "../engine/identity/SourceReading.ts"
import { stepSentence } from "../engine/identity/unseen.ts"
import { colorsFor } from "../run/display/colors.ts"
import { counted } from "../words/figures.ts"
import { sourceReader } from "./compiler.ts"
import { type DocumentOptions, isDocument, readDocument, warningText } from "./loadPipeline.ts"
import { bindingText, missingText } from "./missingText.ts"
import { problemsText, stepsText, timeText } from "./sourceText.ts"

interface CheckOptions extends DocumentOptions {
  readonly json: boolean
}

/** Runs the command; gives the exit code. */
export const checkCommand = (source: string, options: CheckOptions): Promise<number> =>
  isDocument(source) ? checkDocument(source, options) : checkModule(source, options)

const checkModule = async (source: string, { json }: CheckOptions): Promise<number> => {
  const { inspectSource } = await sourceReader()
  const report = await inspectSource(source)
  const { file, name, problems, seconds, steps } = report
  const notices = problems.length > 0 ? [] : await noticesOf(steps)
  if (json)
    console.log(JSON.stringify({ file, pipeline: name, problems, notices, seconds }, undefined, 2))
  else if (problems.length > 0)
    console.log(
      `${problemsText(problems)}\n\n${counted(problems.length, "problem")} in ${file} ${timeText(report)}`
    )
  else
    console.log(
      [`${name ?? file}: ${stepsText(report)}, no problem ${timeText(report)}`, ...notices].join(
        "\n"
      )
    )
  return problems.length > 0 ? 1 : 0
}

/** Steps whose rows no run will keep, as far as their source tells. */
const noticesOf = async (steps: ReadonlyArray<SourceStep>): Promise<ReadonlyArray<string>> => {
  const { unseenInSource } = await import("../engine/identity/SourceReading.ts")
  const modules: ReadModules = new Map()
  return steps
    .filter(({ kind }) => kind !== "generator")
    .flatMap(({ name, place }) => {
      const unseen = unseenInSource(place, modules)
      return unseen.length === 0 ? [] : [stepSentence(name, unseen)]
    })
}

const checkDocument = async (source: string, options: CheckOptions): Promise<number> => {
  try {
    const { graph, missing, name, warnings } = await readDocument(source, options)
    const { identify } = await import("../engine/identity/identify.ts")
    const notices = missing.length > 0 ? [] : (await identify(graph)).notices
    if (options.json)
      console.log(
        JSON.stringify(
          { file: source, pipeline: name, problems: [], missing, warnings, notices },
          undefined,
          2
        )
      )
    else {
      for (const warning of warnings) console.log(warningText(source, warning))
      const steps = counted(graph.nodes.size, "step")
      console.log(
        [
          missing.length === 0
            ? `${name}: ${steps}, no problem`
            : `${name}: ${steps}, not runnable`,
          ...missing.map((part) => `  ${missingText(part)}`),
          ...bindingText(missing),
          ...notices
        ].join("\n")
      )
    }
    return missing.length === 0 ? 0 : 1
  } catch (thrown) {
    if (!(thrown instanceof InvalidDocument)) throw thrown
    const problems = thrown.problems.toSorted(
      (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
    )
    if (options.json)
      console.log(JSON.stringify({ file: source, problems: problems.map(plain) }, undefined, 2))
    else
      console.log(
        `${problems.map((problem) => problemText(source, problem)).join("\n")}\n\n${counted(problems.length, "problem")} in ${source}`
      )
    return 1
  }
}

const { bold, red } = colorsFor(process.stdout)

const problemText = (source: string, { column, detail, line, reason }: DocumentProblem): string =>
  `${bold(`${source}${line === undefined ? "" : `:${line}:${column ?? 1}`}`)} ${red(words[reason])} ${detail}`

const words: Readonly<Record<DocumentProblem["reason"], string>> = {
  Syntax: "syntax",
  TooLarge: "size",
  WrongShape: "shape",
  UnknownKey: "key",
  UnknownClass: "class",
  WrongValue: "value",
  NoSuchExport: "module",
  Wiring: "wiring"
}

const plain = ({ column, detail, line, path, reason, wiring }: DocumentProblem) => ({
  kind: words[reason],
  path,
  line,
  column,
  message: detail,
  ...(wiring === undefined ? {} : { problem: wiring })
})
