/** Values of a program as values of a document, as far as they are data. */
import * as Redacted from "effect/Redacted"
import { PythonTag, setKey, type Tree } from "./Tree.ts"

const deepest = 64

/**
 * The value as data; undefined where there is none. What is no data is told and left out; a secret
 * stays wrapped.
 */
export const plainTree = (
  value: unknown,
  lost: (what: string) => void,
  depth = 0
): Tree | undefined => {
  if (
    value === null ||
    typeof value === "string" ||
    typeof value === "boolean" ||
    typeof value === "number" ||
    typeof value === "bigint"
  )
    return value
  if (value === undefined) return undefined
  // Among other values it keeps its place: whoever writes the document says what is missing there.
  if (Redacted.isRedacted(value)) return depth === 0 ? undefined : (value as unknown as Tree)
  if (value instanceof PythonTag) return value
  if (depth > deepest) return left(lost, "an object that holds itself, or is very deep")
  if (Array.isArray(value)) return value.map((item) => plainTree(item, lost, depth + 1) ?? null)
  if (typeof value !== "object") return left(lost, `a ${typeof value}`)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    return left(lost, `a ${value.constructor.name}`)
  const record: Record<string, Tree> = {}
  for (const [key, item] of Object.entries(value)) {
    const tree = plainTree(item, lost, depth + 1)
    if (tree !== undefined) setKey(record, key, tree)
  }
  return record
}

const left = (lost: (what: string) => void, what: string): undefined => {
  lost(what)
}
