/** Pipelines in modules: a file's default export. */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"

/** A module that cannot be used, in words for its author. */
export class ModuleError extends Error {
  override readonly name = "ModuleError"
}

/** The pipeline that a module exports as its default. */
export const loadPipeline = async (file: string): Promise<AnyPipeline> => {
  const path = resolve(file)
  if (!existsSync(path)) throw new ModuleError(`There is no file '${file}'. Check the path; a relative one starts at the folder you are in.`)
  if (!/\.[cm]?[jt]s$/.test(path)) throw new ModuleError(`'${file}' is no module. Give a .ts, .mts, .js or .mjs file whose default export is a pipeline.`)
  let module: { readonly default?: unknown }
  try {
    module = await import(pathToFileURL(path).href) as { readonly default?: unknown }
  } catch (thrown) {
    throw new ModuleError(`'${file}' cannot be loaded: ${told(thrown, path)}`)
  }
  const exported = module.default
  if (isPipeline(exported)) return exported
  const found = exported === undefined ? "has no default export" : `exports ${exported === null ? "null" : `a ${typeof exported}`} as its default`
  throw new ModuleError(`'${file}' ${found}, but a pipeline is needed: export default Pipeline("name", {}, from(load).to(task)).`)
}

const isPipeline = (value: unknown): value is AnyPipeline =>
  typeof value === "object" && value !== null && "graph" in value && "name" in value && typeof value.name === "string"

/** The error's message, with the line of the file where it came up. */
const told = (thrown: unknown, path: string): string => {
  if (!(thrown instanceof Error)) return String(thrown)
  const place = thrown.stack?.split("\n").find((line) => line.includes(path))?.match(/:(\d+:\d+)\)?$/)?.[1]
  return `${thrown.message}${place === undefined ? "" : ` (line ${place})`}`
}
