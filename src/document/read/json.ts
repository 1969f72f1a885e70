/** JSON text to a tree and back. */
import { rawJson } from "../../columns/exactJson.ts"
import { tagAsJson, tagFromJson } from "../classes/pythonTags.ts"
import { type Limits, tooDeep, tooMany } from "../tree/limits.ts"
import { writtenNumber } from "../tree/plainScalars.ts"
import { isRecord, PythonTag, setKey, type Tree } from "../tree/Tree.ts"

/** Reads JSON. Throws `SyntaxError` and `LimitExceeded`. */
export const readJson = (text: string, limits: Limits): Tree => {
  let values = 0
  const fromJson = (value: Tree, depth: number): Tree => {
    if (depth > limits.maxDepth) throw tooDeep(limits)
    if (++values > limits.maxValues) throw tooMany(limits)
    if (Array.isArray(value))
      return (value as ReadonlyArray<Tree>).map((item) => fromJson(item, depth + 1))
    if (!isRecord(value)) return value
    const tag = tagFromJson(value)
    if (tag !== undefined) return new PythonTag(tag.tag, fromJson(tag.value, depth + 1))
    const record: Record<string, Tree> = {}
    for (const [key, item] of Object.entries(value)) setKey(record, key, fromJson(item, depth + 1))
    return record
  }
  return fromJson(JSON.parse(text, exactly) as Tree, 0)
}

/** Keeps whole numbers that a double cannot hold. */
const exactly = (
  _key: string,
  value: unknown,
  { source }: { readonly source?: string } = {}
): unknown =>
  typeof value === "number" &&
  source !== undefined &&
  !Number.isSafeInteger(value) &&
  /^-?\d+$/.test(source)
    ? BigInt(source)
    : value

/** Writes JSON, indented, with a line end. What JSON has no word for becomes null. */
export const writeJson = (tree: Tree): string => `${JSON.stringify(asJson(tree), undefined, 2)}\n`

const asJson = (tree: Tree): unknown => {
  if (tree instanceof PythonTag) return asJson(tagAsJson(tree))
  // A double that is whole and too large to count with stays one: without a point it would be read as an exact number.
  if (
    typeof tree === "bigint" ||
    Object.is(tree, -0) ||
    (Number.isInteger(tree) && !Number.isSafeInteger(tree))
  )
    return rawJson(writtenNumber(tree as number | bigint))
  if (Array.isArray(tree)) return (tree as ReadonlyArray<Tree>).map(asJson)
  if (typeof tree !== "object" || tree === null) return tree
  const record: Record<string, unknown> = {}
  for (const [key, value] of tree instanceof Map
    ? (tree as ReadonlyMap<Tree, Tree>)
    : Object.entries(tree))
    setKey(record, String(key), asJson(value as Tree))
  return record
}
