/** JSON Schema read as column types, as far as it says a type: checks that it adds are another's. */
import * as Schema from "effect/Schema"
import type { Columns } from "./Columns.ts"
import { setKey } from "./own.ts"

export interface JsonObject {
  readonly [key: string]: unknown
}

/** What a JSON Schema with other keywords than those of plain types stands for. */
export type Otherwise = (json: JsonObject) => Schema.Top

export const isJsonObject = (value: unknown): value is JsonObject => {
  if (typeof value !== "object" || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The type that a JSON Schema stands for. Throws what it cannot be. */
export const typeFromJson = (json: unknown, otherwise: Otherwise): Schema.Top => {
  if (json === true) return Schema.Unknown
  if (!isJsonObject(json)) throw new Error("a JSON Schema is a mapping")
  if (json["$defs"] !== undefined || json["$ref"] !== undefined) return otherwise(json)
  const { description, title } = json
  const schema = plainType(json, otherwise)
  if (schema === undefined) return otherwise(json)
  const told = {
    ...(typeof title === "string" ? { title } : {}),
    ...(typeof description === "string" ? { description } : {})
  }
  return Object.keys(told).length === 0 ? schema : schema.annotate(told)
}

/** The columns of a row's JSON Schema. */
export const columnsFromJson = (
  json: unknown,
  otherwise: Otherwise
): { readonly columns: Columns; readonly open: boolean } => {
  if (!isJsonObject(json) || !isJsonObject(json["properties"] ?? {}))
    throw new Error("columns are a JSON Schema of an object with 'properties'")
  const required: ReadonlyArray<unknown> = Array.isArray(json["required"]) ? json["required"] : []
  const columns: Record<string, Schema.Constraint> = {}
  for (const [column, type] of Object.entries((json["properties"] ?? {}) as JsonObject)) {
    const schema = typeFromJson(type, otherwise)
    setKey(columns, column, required.includes(column) ? schema : Schema.optionalKey(schema))
  }
  return { columns, open: json["additionalProperties"] === true }
}

const own: ReadonlySet<string> = new Set(["type", "title", "description", "$comment"])

/** A type of our own words; undefined for those that have more keywords. */
const plainType = (json: JsonObject, otherwise: Otherwise): Schema.Top | undefined => {
  const { $comment, anyOf, const: constant, enum: values, type } = json
  const typeOf = (part: unknown): Schema.Top => typeFromJson(part, otherwise)
  if (Array.isArray(anyOf)) return Schema.Union(anyOf.map(typeOf))
  if (Array.isArray(values))
    return values.length === 1 ? literal(values[0]) : Schema.Union(values.map(literal))
  if (constant !== undefined) return literal(constant)
  if (Array.isArray(type))
    return Schema.Union(type.map((one: unknown) => typeOf({ ...json, type: one })))
  if (type === "object") return objectFromJson(json, otherwise)
  if (type === "array") return arrayFromJson(json, typeOf)
  const plain = Object.keys(json).every((key) => own.has(key))
  if (plain && type === undefined) return $comment === "any" ? Schema.Any : Schema.Unknown
  if (plain && type === "string") return Schema.String
  if (plain && type === "number") return $comment === "finite" ? Schema.Finite : Schema.Number
  if (plain && type === "boolean") return Schema.Boolean
  return plain && type === "null" ? Schema.Null : undefined
}

const literal = (value: unknown): Schema.Top => {
  if (value === null) return Schema.Null
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return Schema.Literal(value)
  throw new Error(
    `'enum' and 'const' hold texts, numbers, true, false and null, not ${JSON.stringify(value)}`
  )
}

const objectFromJson = (json: JsonObject, otherwise: Otherwise): Schema.Top => {
  const { additionalProperties, properties } = json
  const rest = isJsonObject(additionalProperties)
    ? Schema.Record(Schema.String, typeFromJson(additionalProperties, otherwise))
    : undefined
  if (properties === undefined) return rest ?? Schema.Record(Schema.String, Schema.Unknown)
  const { columns } = columnsFromJson(json, otherwise)
  const struct = Schema.Struct(columns as Record<string, Schema.Top>)
  return rest === undefined ? struct : Schema.StructWithRest(struct, [rest])
}

const arrayFromJson = (
  { items, maxItems, minItems, prefixItems }: JsonObject,
  typeOf: (part: unknown) => Schema.Top
): Schema.Top => {
  if (!Array.isArray(prefixItems))
    return maxItems === 0
      ? Schema.Tuple([])
      : Schema.Array(items === undefined ? Schema.Unknown : typeOf(items))
  const elements = prefixItems
    .map(typeOf)
    .map((element, i) =>
      typeof minItems === "number" && i >= minItems ? Schema.optionalKey(element) : element
    )
  const tuple = Schema.Tuple(elements)
  return items === undefined ? tuple : Schema.TupleWithRest(tuple, [typeOf(items)])
}
