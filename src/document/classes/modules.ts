/** Modules whose exports documents may refer to: those that the user gives by name, and no others. */
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

/** Imports a module by the name that a document has for it. */
export type ImportModule = (name: string) => Promise<object>

/** Imports the modules that are named in a document, of those that were given or allowed. */
export const importModules = async (
  tree: Tree,
  given: Modules,
  allowed: ReadonlyArray<string>,
  importModule: ImportModule
): Promise<Imported> => {
  const imported = new Map<
    string,
    { readonly exports: Readonly<Record<string, unknown>> } | { readonly failure: string }
  >()
  for (const name of modulesIn(tree)) {
    const module = given[name] ?? (allowed.includes(name) ? () => importModule(name) : undefined)
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
