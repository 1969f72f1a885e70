/** `distilabel-ts graph`: a picture of the pipeline that a module exports. */
import { writeFileSync } from "node:fs"
import { extname } from "node:path"
import { parseArgs } from "node:util"
import { DataError } from "../data/DataError.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { toMermaid } from "../picture/toMermaid.ts"
import { toSvg } from "../picture/toSvg.ts"
import { loadPipeline } from "./loadPipeline.ts"
import { UsageError } from "./UsageError.ts"

const help = `Usage: distilabel-ts graph FILE [options]

Draws the pipeline that a TypeScript or JavaScript module exports as its default: its steps, what each does to columns, the columns between them,
routings, joins and the subsets of the dataset. Nothing is run or loaded.

Options:
  --format HOW        svg: a picture for light and dark pages; mermaid: text that GitHub and many editors draw
                      (default: by the ending of --output, .svg or .mmd, else mermaid)
  --output, -o FILE   the file to write (default: printed)
  --direction WHERE   svg: which way rows flow, down or right (default: down, or right where that makes a wide picture narrower)
  --theme COLOURS     svg: auto follows the page (default), light or dark
  --help              this text

Examples:
  distilabel-ts graph pipeline.ts -o pipeline.svg
  distilabel-ts graph pipeline.ts --format mermaid
  distilabel-ts graph pipeline.ts -o slide.svg --direction right --theme light
`

const options = {
  format: { type: "string" },
  output: { type: "string", short: "o" },
  direction: { type: "string" },
  theme: { type: "string" },
  help: { type: "boolean", default: false }
} as const

/** Runs the command; gives the exit code. */
export const graphCommand = async (args: ReadonlyArray<string>): Promise<number> => {
  const { positionals, values } = UsageError.of("graph", () => parseArgs({ args: [...args], options, allowPositionals: true }))
  if (values.help) {
    console.log(help)
    return 0
  }
  const file = UsageError.oneFile("graph", positionals)
  const { output } = values
  const byEnding = { ".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid" }[extname(output ?? "").toLowerCase()]
  const format = UsageError.oneOf("graph", "format", values.format, ["svg", "mermaid"]) ?? byEnding ?? "mermaid"
  const direction = UsageError.oneOf("graph", "direction", values.direction, ["down", "right"])
  const theme = UsageError.oneOf("graph", "theme", values.theme, ["auto", "light", "dark"])
  const svg = (pipeline: AnyPipeline): string => toSvg(pipeline, { ...(direction === undefined ? {} : { direction }), ...(theme === undefined ? {} : { theme }) })
  const pipeline = await loadPipeline(file)
  const text = format === "svg" ? svg(pipeline) : toMermaid(pipeline)
  if (output === undefined) {
    process.stdout.write(text)
    return 0
  }
  try {
    writeFileSync(output, text)
  } catch (thrown) {
    throw DataError.of("write", output, thrown)
  }
  console.log(`${pipeline.graph.nodes.size} ${pipeline.graph.nodes.size === 1 ? "step" : "steps"} drawn in ${output}`)
  return 0
}
