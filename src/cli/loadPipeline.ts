/**
 * Pipelines from wherever the command line names them: the default export of a module, or a
 * document in a file or at an address.
 */
import { existsSync, readFileSync, statSync } from "node:fs"
import { dirname, extname, relative, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import type { LoadOptions } from "../catalog/documents.ts"
import type { DocumentWarning, LoadedPipeline } from "../document/read/LoadedPipeline.ts"
import type { UntypedPipeline } from "../pipeline/Pipeline.ts"
import { colorsFor } from "../run/display/colors.ts"

/** A module that cannot be used, in words for its author. */
export class ModuleError extends Error {
  override readonly name = "ModuleError"
}

/** Where a document's own code comes from. */
export interface DocumentOptions {
  /** Modules that may be imported because the document names them. */
  readonly allow: ReadonlyArray<string>
  /** A module whose exports stand for classes that are not here, by their names. */
  readonly bind: string | undefined
}

const modules = /\.[cm]?[jt]s$/

/**
 * Whether a source is a document rather than a module. Addresses are: code from the network is not
 * run.
 */
export const isDocument = (source: string): boolean =>
  isAddress(source) || [".yaml", ".yml", ".json"].includes(extname(source).toLowerCase())

const isAddress = (source: string): boolean => /^https?:\/\//i.test(source)

/** The pipeline that a source holds. */
export const loadPipeline = async (
  source: string,
  options: DocumentOptions
): Promise<UntypedPipeline> =>
  isDocument(source) ? loadDocument(source, options) : loadModule(source)

/** The pipeline of a document. What was read otherwise than one may think is told on stderr. */
const loadDocument = async (source: string, options: DocumentOptions): Promise<LoadedPipeline> => {
  const pipeline = await readDocument(source, options)
  for (const warning of pipeline.warnings) console.error(warningText(source, warning))
  return pipeline
}

/** The same, silently. */
export const readDocument = async (
  source: string,
  { allow, bind }: DocumentOptions
): Promise<LoadedPipeline> => {
  if (isAddress(source) && modules.test(new URL(source).pathname))
    throw new ModuleError(
      `'${source}' is code, and code from the network is not run. Save it as a file, read it, and give that.`
    )
  const { fromFilePromise, fromUrlPromise } = await import("../catalog/documents.ts")
  const given: LoadOptions = {
    allow: allow.flatMap((name) => [name, `./${name}`]),
    ...(bind === undefined ? {} : { bind: { ...(await importModule(bind)) } })
  }
  return isAddress(source) ? fromUrlPromise(source, given) : fromFilePromise(source, given)
}

const { bold, yellow } = colorsFor(process.stderr)

/** A warning with its place. */
export const warningText = (source: string, { column, detail, line }: DocumentWarning): string =>
  `${bold(`${source}${line === undefined ? "" : `:${line}:${column ?? 1}`}`)} ${yellow("note")} ${detail}`

/** The pipeline that a module exports as its default. */
const loadModule = async (file: string): Promise<UntypedPipeline> => {
  const { default: exported } = await importModule(file)
  if (isPipeline(exported)) return exported
  const found =
    exported === undefined
      ? "has no default export"
      : `exports ${exported === null ? "null" : `a ${typeof exported}`} as its default`
  throw new ModuleError(
    `'${file}' ${found}, but a pipeline is needed: export default Pipeline("name", {}, from(load).to(task)).`
  )
}

/** The exports of a module. */
export const importModule = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  const path = resolve(file)
  if (!existsSync(path))
    throw new ModuleError(
      `There is no file '${file}'. Check the path; a relative one starts at the folder you are in.`
    )
  if (statSync(path).isDirectory())
    throw new ModuleError(`'${file}' is a folder. Give the file in it.`)
  if (!modules.test(path))
    throw new ModuleError(
      `'${file}' is no pipeline. Give a .ts, .mts, .js or .mjs module whose default export is one, or a document: a .yaml, .yml or .json file, or its address.`
    )
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>
  } catch (thrown) {
    throw new ModuleError(`'${file}' cannot be loaded: ${await told(thrown, path)}`)
  }
}

const isPipeline = (value: unknown): value is UntypedPipeline =>
  typeof value === "object" &&
  value !== null &&
  "graph" in value &&
  "name" in value &&
  typeof value.name === "string"

/**
 * Where a text cannot be parsed, in the module or in a file that it imports: Node puts the line
 * before the stack, with a mark under what is wrong where that is on one line; of plain JavaScript
 * it says nothing.
 */
const syntaxPlace = ({ stack = "" }: SyntaxError, path: string): string | undefined => {
  const [, where, line] = /^(\/.+|file:.+|[A-Za-z]:.+):(\d+)\n/.exec(stack) ?? []
  if (where === undefined) return undefined
  const [, before] = /^( *)\^/m.exec(stack) ?? []
  const place = before === undefined ? line! : `${line}:${before.length + 1}`
  const file = where.startsWith("file:") ? fileURLToPath(where) : where
  return file === path ? place : `${place} of ${relative(process.cwd(), file)}`
}

/** Where plain JavaScript cannot be parsed. */
const scriptPlace = async (path: string): Promise<string | undefined> => {
  if (!/\.m?js$/.test(path)) return undefined
  const { parse } = await import("acorn")
  try {
    parse(readFileSync(path, "utf8"), {
      ecmaVersion: "latest",
      sourceType: "module",
      allowHashBang: true
    })
    return undefined
  } catch (thrown) {
    const { loc } = thrown as { readonly loc?: { readonly line: number; readonly column: number } }
    return loc === undefined ? undefined : `${loc.line}:${loc.column + 1}`
  }
}

/** The error's message, with the line of the file where it came up. */
const told = async (thrown: unknown, path: string): Promise<string> => {
  if (!(thrown instanceof Error)) return String(thrown)
  const [, absent] = /^Cannot find package '([^']+)'/.exec(thrown.message) ?? []
  if (absent !== undefined)
    return `it imports '${absent}', which is not installed. Run npm install in ${dirname(path)}, or npm install ${absent}.`
  const place =
    thrown instanceof SyntaxError
      ? (syntaxPlace(thrown, path) ?? (await scriptPlace(path)))
      : thrown.stack
          ?.split("\n")
          .find((line) => line.includes(path))
          ?.match(/:(\d+:\d+)\)?$/)?.[1]
  return `${thrown.message}${place === undefined ? "" : ` (line ${place})`}`
}
