/** Modules whose exports documents may refer to: those that the user gives by name, and no others. */
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { isRecord, type Tree } from "../tree/Tree.ts"
import type { Reference } from "./Registry.ts"

/**
 * Modules by the names that documents have for them: `{ "./steps.ts": await import("./steps.ts")
 * }`, or a function that imports it when it is needed.
 */
export type Modules = Readonly<Record<string, object | (() => Promise<object>)>>

/** Modules that are imported, by name; or why one could not be. */
export type Imported = ReadonlyMap<
  string,
  { readonly exports: Readonly<Record<string, unknown>> } | { readonly failure: string }
>

/** Imports the modules that are named in a document, of those that were given or allowed. */
export const importModules = async (
  tree: Tree,
  given: Modules,
  allowed: ReadonlyArray<string>,
  folder: string
): Promise<Imported> => {
  const imported = new Map<
    string,
    { readonly exports: Readonly<Record<string, unknown>> } | { readonly failure: string }
  >()
  for (const name of modulesIn(tree)) {
    const module =
      given[name] ??
      (allowed.includes(name)
        ? () => import(moduleUrl(name, folder)) as Promise<object>
        : undefined)
    if (module === undefined) continue
    try {
      imported.set(name, {
        exports: (typeof module === "function" ? await module() : module) as Readonly<
          Record<string, unknown>
        >
      })
    } catch (thrown) {
      imported.set(name, { failure: thrown instanceof Error ? thrown.message : String(thrown) })
    }
  }
  return imported
}

/** A path is one from the document's folder; anything else is a package. */
const moduleUrl = (name: string, folder: string): string =>
  /^\.{0,2}\//.test(name) ? pathToFileURL(resolve(folder, name)).href : name

/** The modules that a document refers to. */
const modulesIn = (tree: Tree): ReadonlySet<string> => {
  const found = new Set<string>()
  const look = (value: Tree): void => {
    if (Array.isArray(value)) value.forEach(look)
    else if (isRecord(value)) {
      if (typeof value["module"] === "string" && "export" in value) found.add(value["module"])
      Object.values(value).forEach(look)
    }
  }
  look(tree)
  return found
}

/** Finds the export that a value is, so that documents can refer to it. */
export const referenceFinder = (
  given: Modules
): ((same: (exported: unknown) => boolean) => Reference | undefined) => {
  const exports = Object.entries(given).flatMap(([module, namespace]) =>
    typeof namespace === "function"
      ? []
      : Object.entries(namespace).map(([name, value]) => ({
          module,
          export: name,
          value: value as unknown
        }))
  )
  return (same) => {
    const found = exports.find(({ value }) => same(value))
    return found === undefined ? undefined : { module: found.module, export: found.export }
  }
}
