/** Features: what Python's `datasets` calls the types of columns, in files and in READMEs. */
import { own } from "../../columns/own.ts"
import type { CellType, Field } from "./cells.ts"

type Features = Readonly<Record<string, unknown>>

/** The features that a file's metadata holds under `huggingface`; none where it is not theirs. */
export const featuresIn = (json: string | undefined): Features => {
  if (json === undefined) return {}
  try {
    const { info } = JSON.parse(json) as { readonly info?: { readonly features?: Features } }
    return info?.features ?? {}
  } catch {
    return {}
  }
}

/** Columns with their features: text that a feature calls JSON is what it says. */
export const withFeatures = (
  fields: ReadonlyArray<Field>,
  features: Features
): ReadonlyArray<Field> =>
  fields.map((field) => {
    const feature = own(features, field.name)
    return feature === undefined ? field : { ...field, type: typed(field.type, feature), feature }
  })

const typed = (type: CellType, feature: unknown): CellType => {
  if (typeof feature !== "object" || feature === null) return type
  const { _type: name, feature: inner } = feature as {
    readonly _type?: unknown
    readonly feature?: unknown
  }
  if (type.kind === "text") return name === "Json" ? { kind: "json" } : type
  if (type.kind === "list")
    return { ...type, item: typed(type.item, Array.isArray(feature) ? feature[0] : inner) }
  if (type.kind === "struct" && name === undefined)
    return { ...type, fields: withFeatures(type.fields, feature as Features) }
  return type
}
