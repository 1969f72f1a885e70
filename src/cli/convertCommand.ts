/** `distilabel-ts convert`: a pipeline as a YAML or JSON document. */
import { dirname, extname, relative, resolve } from "node:path"
import type { SaveOptions } from "../catalog/documents.ts"
import type { Modules } from "../document/classes/modules.ts"
import type { SaveWarning } from "../document/write/Writer.ts"
import { counted } from "../words/figures.ts"
import { type DocumentOptions, importModule, isDocument, loadPipeline } from "./loadPipeline.ts"
import { UsageError } from "./UsageError.ts"

interface ConvertOptions extends DocumentOptions {
  readonly output: string | undefined
  readonly format: "yaml" | "json" | undefined
  readonly module: ReadonlyArray<string>
  readonly leaveOutRows: boolean
}

/** Runs the command; gives the exit code. */
export const convertCommand = async (source: string, options: ConvertOptions): Promise<number> => {
  const { format, leaveOutRows, output } = options
  if (output !== undefined && ![".yaml", ".yml", ".json"].includes(extname(output).toLowerCase()))
    throw new UsageError("convert", `--output takes a .yaml, .yml or .json file, not '${output}'`)
  const pipeline = await loadPipeline(source, options)
  const own = isDocument(source) ? options.module : [source, ...options.module]
  const written: SaveOptions = {
    modules: await modulesOf(own, output),
    rows: leaveOutRows ? "leave-out" : "inline",
    onWarning: tell
  }
  const { savePromise, toJsonPromise, toYamlPromise } = await import("../catalog/documents.ts")
  if (output === undefined) {
    process.stdout.write(
      await (format === "json" ? toJsonPromise : toYamlPromise)(pipeline, written)
    )
    return 0
  }
  await savePromise(pipeline, output, written)
  console.log(`${counted(pipeline.graph.nodes.size, "step")} written to ${output}`)
  return 0
}

/** Modules under the names that a document in the folder of the output has for them. */
const modulesOf = async (
  files: ReadonlyArray<string>,
  output = "document.yaml"
): Promise<Modules> => {
  const folder = dirname(resolve(output))
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => {
        const way = relative(folder, resolve(file)).replaceAll("\\", "/")
        return [way.startsWith(".") ? way : `./${way}`, await importModule(file)] as const
      })
    )
  )
}

const tell = ({ detail, step }: SaveWarning): void =>
  console.error(step === "" ? `Note: ${detail}.` : `Note: step '${step}': ${detail}.`)
