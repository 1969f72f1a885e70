/** `distilabel-ts graph`: a picture of the pipeline that a module exports. */
import { extname } from "node:path"
import { isLoaded } from "../document/read/LoadedPipeline.ts"
import { toMermaid } from "../picture/toMermaid.ts"
import { toSvg } from "../picture/toSvg.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { type DocumentOptions, loadPipeline } from "./loadPipeline.ts"
import { missingText } from "./missingText.ts"
import { UsageError } from "./UsageError.ts"
import { writeText } from "./writeText.ts"

type Format = "svg" | "mermaid"

interface GraphOptions extends DocumentOptions {
  readonly format: Format | undefined
  readonly output: string | undefined
  readonly direction: "down" | "right" | undefined
  readonly theme: "auto" | "light" | "dark" | undefined
}

/** Runs the command; gives the exit code. */
export const graphCommand = async (source: string, options: GraphOptions): Promise<number> => {
  const { direction, format: given, output, theme } = options
  const format = formatOf(output, given)
  const svg = (pipeline: AnyPipeline): string =>
    toSvg(pipeline, {
      ...(direction === undefined ? {} : { direction }),
      ...(theme === undefined ? {} : { theme })
    })
  const pipeline = await loadPipeline(source, options)
  if (isLoaded(pipeline)) for (const part of pipeline.missing) console.error(missingText(part))
  const text = format === "svg" ? svg(pipeline) : toMermaid(pipeline)
  if (output === undefined) {
    process.stdout.write(text)
    return 0
  }
  writeText(output, text)
  console.log(
    `${pipeline.graph.nodes.size} ${pipeline.graph.nodes.size === 1 ? "step" : "steps"} drawn in ${output}`
  )
  return 0
}

const endings: Readonly<Record<string, Format>> = {
  ".svg": "svg",
  ".mmd": "mermaid",
  ".mermaid": "mermaid"
}

/** What is drawn: what `--format` says, or the file's ending, which must not speak against it. */
const formatOf = (output: string | undefined, given: Format | undefined): Format => {
  if (output === undefined) return given ?? "mermaid"
  const ending = extname(output).toLowerCase()
  const byEnding = endings[ending]
  if (/^\.(png|jpe?g|gif|webp|avif|pdf)$/.test(ending))
    throw new UsageError(
      "graph",
      `pictures are SVG or Mermaid text, and '${output}' would be neither. Write an .svg, which browsers and editors show and convert`
    )
  if (byEnding !== undefined && given !== undefined && byEnding !== given)
    throw new UsageError("graph", `--format ${given} does not fit the ending of '${output}'`)
  const format = given ?? byEnding
  if (format === undefined)
    throw new UsageError(
      "graph",
      `the ending of '${output}' says neither SVG nor Mermaid: use .svg, .mmd or .mermaid, or give --format`
    )
  return format
}
