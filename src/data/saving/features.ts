/** Features: the types of columns in the words of Python's `datasets`, as JSON in files and as YAML in a README. */
import type { SavedField, SavedType } from "./SavedType.ts"

const dtypes = {
  text: "string",
  json: "string",
  digits: "string",
  boolean: "bool",
  integer: "int64",
  float: "float64",
  bytes: "binary",
  moment: "timestamp[ms, tz=UTC]",
  null: "null"
} as const

/** The features of a file. Every version of `datasets` reads this form; lists of objects must not be a `Sequence`, which turns them inside out. */
export const features = (fields: ReadonlyArray<SavedField>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(fields.map(({ name, type }) => [name, feature(type)]))

const feature = (type: SavedType): unknown => {
  if (type.kind === "struct") return features(type.fields)
  if (type.kind === "list") return type.item.kind === "struct" ? [feature(type.item)] : { feature: feature(type.item), _type: "Sequence" }
  return { dtype: dtypes[type.kind], _type: "Value" }
}

/** The features of a README's `dataset_info`. */
export const yamlFeatures = (fields: ReadonlyArray<SavedField>): ReadonlyArray<unknown> => fields.map(({ name, type }) => ({ name, ...yamlFeature(type) }))

const yamlFeature = (type: SavedType): Readonly<Record<string, unknown>> => {
  if (type.kind === "struct") return { struct: yamlFeatures(type.fields) }
  if (type.kind !== "list") return { dtype: dtypes[type.kind] }
  if (type.item.kind === "struct") return { list: yamlFeatures(type.item.fields) }
  return { list: type.item.kind === "list" ? yamlFeature(type.item) : dtypes[type.item.kind] }
}
