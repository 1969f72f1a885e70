/**
 * Trees: what a document holds once it is read, plain data whose places in the text can be asked
 * for.
 */
import { setKey } from "../../columns/own.ts"

export { setKey }

/**
 * A value under a Python tag: `python/name:module.Class`, `python/tuple`, `python/object:…`. It is
 * kept as it is and never executed.
 */
export class PythonTag {
  /** The tag without its prefix. */
  readonly tag: string
  readonly value: Tree

  constructor(tag: string, value: Tree) {
    this.tag = tag
    this.value = value
  }

  /** The class or function that the tag names, `module.Class`; undefined for tags that name none. */
  get named(): string | undefined {
    return /^python\/(?:name|object(?:\/\w+)?|module):(.+)$/.exec(this.tag)?.[1]
  }
}

/**
 * A value of a document: JSON, whole numbers of any size, Python's tagged values, and mappings
 * whose keys are no texts.
 */
export type Tree =
  | null
  | boolean
  | number
  | bigint
  | string
  | PythonTag
  | ReadonlyArray<Tree>
  | { readonly [key: string]: Tree }
  | ReadonlyMap<Tree, Tree>

/** A mapping with keys that are texts. */
export type TreeRecord = { readonly [key: string]: Tree }

/** A way into a document, key by key. */
export type Path = ReadonlyArray<string | number>

/** A place in a text, counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A document that was read. */
export interface ReadDocument {
  readonly value: Tree
  /**
   * Where the value at a path stands, or its key; if there is none, where the nearest value around
   * it stands.
   */
  readonly locate: (path: Path, part?: "key" | "value") => Position | undefined
}

export const isRecord = (value: unknown): value is TreeRecord => {
  if (typeof value !== "object" || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** A record of entries, whatever their names. */
export const recordOf = <A>(entries: Iterable<readonly [string, A]>): Record<string, A> => {
  const record: Record<string, A> = {}
  for (const [key, value] of entries) setKey(record, key, value)
  return record
}

/** The value at a path. */
export const valueAt = (tree: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      Array.isArray(value) ? value[Number(key)] : isRecord(value) ? value[key] : undefined,
    tree
  )

/** A path as one reads it: `pipeline.steps[2].step.llm`. */
export const shownPath = (path: Path): string =>
  path
    .map((key, i) =>
      typeof key === "number"
        ? `[${key}]`
        : /^[\w-]+$/.test(key)
          ? `${i === 0 ? "" : "."}${key}`
          : `[${JSON.stringify(key)}]`
    )
    .join("")
