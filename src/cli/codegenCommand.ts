/** `distilabel-ts codegen`: a document as TypeScript source. */
import { existsSync } from "node:fs"
import { dirname, relative, resolve } from "node:path"
import { catalog } from "../catalog/catalog.ts"
import { counted } from "../words/figures.ts"
import { sourceWriter } from "./compiler.ts"
import { type DocumentOptions, isDocument, readDocument } from "./loadPipeline.ts"
import { UsageError } from "./UsageError.ts"
import { writeText } from "./writeText.ts"

interface CodegenOptions extends DocumentOptions {
  readonly output: string | undefined
  readonly json: boolean
}

/** Runs the command; gives the exit code. */
export const codegenCommand = async (source: string, options: CodegenOptions): Promise<number> => {
  const { json, output } = options
  if (!isDocument(source))
    throw new UsageError(
      "codegen",
      `FILE is a document, a .yaml or .json file or the address of one, not '${source}'`
    )
  if (output !== undefined && !/\.[cm]?ts$/.test(output))
    throw new UsageError("codegen", `--output takes a .ts file, not '${output}'`)
  const pipeline = await readDocument(source, options)
  const { pipelineSource } = await sourceWriter()
  const written = pipelineSource(pipeline, {
    registry: catalog,
    specifier: specifierFrom(source, output)
  })
  if (output !== undefined) writeText(output, written.source)
  if (json) console.log(JSON.stringify({ output, ...written }, undefined, 2))
  else if (output === undefined) process.stdout.write(written.source)
  else console.log(`${counted(pipeline.graph.nodes.size, "step")} written to ${output}`)
  if (!json) {
    if (written.skeletons.length > 0)
      console.error(
        `To be written by you: ${written.skeletons.map((name) => `'${name}'`).join(", ")}. Their classes are not here; their columns are what the other steps need.`
      )
    for (const note of written.notes) console.error(`Note: ${note}.`)
  }
  return 0
}

/** Where a document's modules are, seen from the source: its paths start at its folder. */
const specifierFrom =
  (source: string, output = "pipeline.ts") =>
  (module: string): string | undefined => {
    if (!/^\.{0,2}\//.test(module))
      return /^[@\w][\w./@-]*$/.test(module) && !module.includes("distilabel.") ? module : undefined
    const path = resolve(dirname(resolve(source)), module)
    if (!existsSync(path)) return undefined
    const way = relative(dirname(resolve(output)), path).replaceAll("\\", "/")
    return way.startsWith(".") ? way : `./${way}`
  }
