/** Python's tagged values: in JSON, without their tags, and the classes that they name. */
import { PythonTag, type Tree } from "../tree/Tree.ts"

/** The key under which a tagged value stands in JSON, which has no tags. */
const jsonKey = "__python_tag__"

/** A tagged value as JSON can hold it. */
export const tagAsJson = ({ tag, value }: PythonTag): Tree => ({ [jsonKey]: tag, value })

/** The tagged value that JSON holds, if it does. */
export const tagFromJson = (record: Readonly<Record<string, Tree>>): PythonTag | undefined => {
  const tag = record[jsonKey]
  return typeof tag === "string" ? new PythonTag(tag, record["value"] ?? null) : undefined
}

/**
 * A value without the tags that change nothing here: a tuple is a list, a date the text it was
 * written as.
 */
export const untagged = (value: unknown): unknown =>
  value instanceof PythonTag &&
  (value.tag === "python/tuple" || value.tag === "timestamp" || value.tag === "python/unicode")
    ? value.value
    : value

/**
 * The class that a value stands for, where Python wrote it as a tag or, in older dumps, as text:
 * `<class '__main__.Character'>`.
 */
export const classNamed = (value: unknown): string | undefined => {
  if (value instanceof PythonTag) return value.named
  return typeof value === "string" ? /^<class '([\w.]+)'>$/.exec(value)?.[1] : undefined
}
