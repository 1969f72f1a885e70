/**
 * Features: the types of columns in the words of Python's `datasets`, as JSON in files and as YAML
 * in a README.
 */
import { type CellType, hasFeature } from "../../rows/cells.ts"
import type { SavedField, SavedType } from "./SavedType.ts"

const dtypes = {
  text: "string",
  digits: "string",
  boolean: "bool",
  integer: "int64",
  float: "float64",
  bytes: "binary",
  moment: "timestamp[ms, tz=UTC]",
  null: "null"
} as const

/**
 * The features of a file; undefined if a column has a type that `datasets` has no word for. Every
 * version of `datasets` reads this form; lists of objects must not be a `Sequence`, which turns
 * them inside out.
 */
export const features = (
  fields: ReadonlyArray<SavedField>
): Readonly<Record<string, unknown>> | undefined =>
  fields.every(({ type }) => type.kind !== "stored" || hasFeature(type.type))
    ? Object.fromEntries(fields.map((field) => [field.name, field.feature ?? feature(field.type)]))
    : undefined

const value = (dtype: string): unknown => ({ dtype, _type: "Value" })

const feature = (type: SavedType): unknown => {
  switch (type.kind) {
    case "struct":
      return Object.fromEntries(type.fields.map((field) => [field.name, feature(field.type)]))
    case "list":
      return listOf(type.item.kind === "struct", feature(type.item))
    // The Hub's type for values of any kind: it reads JSON text as what it says.
    case "json":
      return { _type: "Json" }
    case "stored":
      return storedFeature(type.type)
    default:
      return value(dtypes[type.kind])
  }
}

const listOf = (ofObjects: boolean, item: unknown, length?: number): unknown =>
  ofObjects
    ? [item]
    : { feature: item, ...(length === undefined ? {} : { length }), _type: "Sequence" }

const storedFeature = (type: CellType): unknown => {
  switch (type.kind) {
    case "json":
      return { _type: "Json" }
    case "struct":
      return Object.fromEntries(
        type.fields.map((field) => [field.name, field.feature ?? storedFeature(field.type)])
      )
    case "list":
      return listOf(type.item.kind === "struct", storedFeature(type.item), type.length)
    case "small":
      return value(`${type.signed === false ? "u" : ""}int${type.bits ?? 32}`)
    case "integer":
      return value(type.signed === false ? "uint64" : "int64")
    case "float":
      return value(type.bits === 32 ? "float32" : "float64")
    case "decimal":
      return value(`decimal128(${type.precision}, ${type.scale})`)
    case "timestamp":
      return value(`timestamp[${type.unit}${type.utc ? `, tz=${type.zone ?? "UTC"}` : ""}]`)
    case "time":
      return value(`${type.unit === "s" || type.unit === "ms" ? "time32" : "time64"}[${type.unit}]`)
    case "duration":
      return value(`duration[${type.unit}]`)
    case "date":
      return value(type.unit === "ms" ? "date64" : "date32")
    case "half":
      return value("float16")
    case "boolean":
      return value("bool")
    case "bytes":
      return value("binary")
    default:
      return value("string")
  }
}

/** The features of a README's `dataset_info`. */
export const yamlFeatures = (
  fields: ReadonlyArray<SavedField>
): ReadonlyArray<unknown> | undefined => {
  const all = features(fields)
  return all === undefined ? undefined : yamlFields(all)
}

type Tree = Readonly<Record<string, unknown>>

const yamlFields = (all: Tree): ReadonlyArray<unknown> =>
  Object.entries(all).map(([name, of]) => ({ name, ...yamlFeature(of) }))

/** A feature's JSON as a README has it. */
const yamlFeature = (given: unknown): Tree => {
  if (Array.isArray(given)) return { list: yamlItem(given[0]) }
  const { _type: type, ...rest } = given as Tree & { readonly _type?: unknown }
  if (typeof type !== "string") return { struct: yamlFields(given as Tree) }
  const {
    dtype,
    feature: item,
    length,
    names
  } = rest as {
    readonly dtype?: unknown
    readonly feature?: unknown
    readonly length?: unknown
    readonly names?: unknown
  }
  if (type === "Value") return { dtype }
  if (type === "List" || type === "Sequence")
    return {
      list: yamlItem(item),
      ...(typeof length === "number" && length >= 0 ? { length } : {})
    }
  if (type === "LargeList") return { large_list: yamlItem(item) }
  if (type === "ClassLabel")
    return {
      dtype: {
        class_label: {
          names: Object.fromEntries(
            (Array.isArray(names) ? names : []).map((name, i) => [String(i), name as unknown])
          )
        }
      }
    }
  const word = type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase()
  return { dtype: Object.keys(rest).length === 0 ? word : { [word]: rest } }
}

const yamlItem = (item: unknown): unknown => {
  const { dtype, struct, ...others } = yamlFeature(item)
  return struct ?? (typeof dtype === "string" ? dtype : dtype === undefined ? others : { dtype })
}
