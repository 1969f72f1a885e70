/** `distilabel-ts graph`: a picture of the pipeline that a module exports. */
import { extname } from "node:path"
import { isLoaded } from "../document/read/LoadedPipeline.ts"
import { toMermaid } from "../picture/toMermaid.ts"
import { toSvg } from "../picture/toSvg.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { type DocumentOptions, loadPipeline } from "./loadPipeline.ts"
import { missingText } from "./missingText.ts"
import { writeText } from "./writeText.ts"

interface GraphOptions extends DocumentOptions {
  readonly format: "svg" | "mermaid" | undefined
  readonly output: string | undefined
  readonly direction: "down" | "right" | undefined
  readonly theme: "auto" | "light" | "dark" | undefined
}

/** Runs the command; gives the exit code. */
export const graphCommand = async (source: string, options: GraphOptions): Promise<number> => {
  const { direction, format: given, output, theme } = options
  const byEnding = { ".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid" }[
    extname(output ?? "").toLowerCase()
  ]
  const format = given ?? byEnding ?? "mermaid"
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
