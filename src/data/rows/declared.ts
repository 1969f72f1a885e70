/**
 * Declared columns against what files hold: values brought into the declared types, and what does
 * not fit, in words.
 */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { accepts } from "../../columns/accepts.ts"
import { assignable } from "../../columns/assignable.ts"
import { closest } from "../../columns/closest.ts"
import { type Columns, isOptional } from "../../columns/Columns.ts"
import type { Row } from "../../columns/Row.ts"
import { required, type Shape } from "../../columns/Shape.ts"
import { standardOf } from "../../columns/standard.ts"
import { typeName } from "../../columns/typeNames.ts"
import type { CellType, Field } from "./cells.ts"
import { valueSchemaOf } from "./columnTypes.ts"

type Convert = (value: unknown) => unknown

/**
 * Changes rows in place, so that the declared columns have the declared types where there is one
 * way to say the same; undefined if there is nothing to change.
 */
export const rowFitter = (
  columns: Columns,
  fields: ReadonlyArray<Field> | undefined,
  fromText: boolean
): ((row: Row) => void) | undefined => {
  const converters = Object.entries(columns).flatMap(([column, schema]) => {
    const type = fields?.find(({ name }) => name === column)?.type
    const convert = fromText ? textConverter(schema) : cellConverter(schema, type)
    return convert === undefined ? [] : [[column, convert] as const]
  })
  if (converters.length === 0) return undefined
  return (row) => {
    for (const [column, convert] of converters)
      if (column in row) (row as Record<string, unknown>)[column] = convert(row[column])
  }
}

/** What JSON has no type for, where it is declared. */
const cellConverter = (
  schema: Schema.Constraint,
  type: CellType | undefined
): Convert | undefined => {
  const within = partsConverter(SchemaAST.toType(required(schema).ast))
  if (within !== undefined) return within
  const kinds = accepts(schema)
  if (kinds.has("any")) return undefined
  if (kinds.has("date") && !kinds.has("string"))
    return (value) =>
      typeof value === "string" && !Number.isNaN(Date.parse(value)) ? new Date(value) : value
  if (kinds.has("bytes") && !kinds.has("string"))
    return (value) =>
      typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : value
  if (kinds.has("bigint") && !kinds.has("string")) {
    const numbers = kinds.has("number")
    return (value) =>
      (!numbers && Number.isSafeInteger(value)) ||
      (typeof value === "string" && /^-?\d+$/.test(value))
        ? BigInt(value as number | string)
        : value
  }
  const digits = type?.kind === "integer" || type?.kind === "small" || type?.kind === "decimal"
  return digits && kinds.has("string") && !kinds.has("number")
    ? (value) => (typeof value === "number" ? String(value) : value)
    : undefined
}

/** The same for the items of lists and the fields of objects. */
const partsConverter = (ast: SchemaAST.AST): Convert | undefined => {
  if (SchemaAST.isUnion(ast)) {
    const parts = ast.types.map(partsConverter).filter((part) => part !== undefined)
    return parts.length === 1 ? parts[0] : undefined
  }
  if (SchemaAST.isArrays(ast) && ast.elements.length === 0 && ast.rest.length === 1) {
    const item = cellConverter(Schema.make<Schema.Top>(ast.rest[0]!), undefined)
    return item === undefined
      ? undefined
      : (value) => (Array.isArray(value) ? value.map(item) : value)
  }
  if (!SchemaAST.isObjects(ast)) return undefined
  const fields = ast.propertySignatures.flatMap(({ name, type: field }) => {
    const convert = cellConverter(Schema.make<Schema.Top>(field), undefined)
    return convert === undefined ? [] : [[String(name), convert] as const]
  })
  if (fields.length === 0) return undefined
  return (value) => {
    if (typeof value !== "object" || value === null) return value
    const converted = fields.flatMap(([name, convert]) =>
      name in value ? [[name, convert((value as Row)[name])] as const] : []
    )
    return { ...value, ...Object.fromEntries(converted) }
  }
}

/** Text as the declared column wants it: a number, a boolean, null where the field is empty. */
const textConverter = (schema: Schema.Constraint): Convert | undefined => {
  const fits = Schema.is(required(schema) as Schema.Codec<unknown>)
  const kinds = accepts(schema)
  if (kinds.has("any")) return undefined
  const inner = cellConverter(schema, undefined)
  return (value) => {
    if (typeof value !== "string") return value
    const found = textCandidates(value).find((candidate) => fits(candidate))
    return found === undefined ? (inner?.(value) ?? value) : found
  }
}

const textCandidates = (text: string): ReadonlyArray<unknown> => {
  if (text === "") return ["", null]
  const number = Number(text)
  // A number that would be another one is none.
  const isExact =
    !Number.isNaN(number) &&
    text.trim() !== "" &&
    (Number.isSafeInteger(number) || !/^\s*[-+]?\d+\s*$/.test(text))
  return [
    text,
    ...(isExact ? [number] : []),
    ...(/^true$/i.test(text) ? [true] : /^false$/i.test(text) ? [false] : [])
  ]
}

/** What a file has that is not as declared: one sentence for each column. */
export const misfits = (
  { columns }: Shape,
  fields: ReadonlyArray<Field>
): ReadonlyArray<string> => {
  const names = fields.map(({ name }) => name)
  return Object.entries(columns).flatMap(([column, schema]) => {
    const type = fields.find(({ name }) => name === column)?.type
    if (type === undefined) return isOptional(schema) ? [] : [missing(column, names)]
    return standardOf(schema) !== undefined || fitsType(type, schema)
      ? []
      : [
          `column '${column}' is ${typeName(valueSchemaOf(type))}, not ${typeName(required(schema))}`
        ]
  })
}

const fitsType = (type: CellType, schema: Schema.Constraint): boolean => {
  const kinds = accepts(schema)
  if (type.kind === "null" || type.kind === "any" || type.kind === "json") return true
  if (
    (kinds.has("date") && (type.kind === "timestamp" || type.kind === "date")) ||
    (kinds.has("bytes") && type.kind === "bytes")
  )
    return true
  // Great integers are digits in some files; that a text is one, its row says.
  if (kinds.has("bigint") && type.kind === "text") return true
  if (type.kind === "list" || type.kind === "struct")
    return (
      fitsParts(type, SchemaAST.toType(required(schema).ast)) ||
      assignable(valueSchemaOf(type), required(schema))
    )
  if (
    (type.kind === "integer" || type.kind === "small" || type.kind === "decimal") &&
    (kinds.has("string") || kinds.has("number") || kinds.has("bigint"))
  )
    return true
  if (["text", "float", "half", "boolean"].includes(type.kind))
    return (
      kinds.has("any") ||
      kinds.has(type.kind === "text" ? "string" : type.kind === "boolean" ? "boolean" : "number")
    )
  return assignable(valueSchemaOf(type), required(schema))
}

/** Lists whose items and objects whose fields fit. */
const fitsParts = (type: CellType, ast: SchemaAST.AST): boolean => {
  if (SchemaAST.isUnion(ast)) return ast.types.some((member) => fitsParts(type, member))
  if (type.kind === "list")
    return (
      SchemaAST.isArrays(ast) &&
      ast.elements.length === 0 &&
      ast.rest.length === 1 &&
      fitsWithin(type.item, ast.rest[0]!)
    )
  if (type.kind !== "struct" || !SchemaAST.isObjects(ast) || ast.indexSignatures.length > 0)
    return false
  return ast.propertySignatures.every(({ name, type: field }) => {
    const held = type.fields.find((known) => known.name === name)
    return held === undefined ? SchemaAST.isOptional(field) : fitsWithin(held.type, field)
  })
}

/** Within lists and objects numbers stay numbers. */
const fitsWithin = (type: CellType, ast: SchemaAST.AST): boolean => {
  const schema = Schema.make<Schema.Top>(ast)
  return fitsType(
    type.kind === "integer" || type.kind === "small"
      ? { kind: accepts(schema).has("bigint") ? "integer" : "float" }
      : type,
    schema
  )
}

/** What a row has that is not as declared: one sentence for each column. */
export const rowMisfits = ({ columns }: Shape, row: Row): ReadonlyArray<string> =>
  Object.entries(columns).flatMap(([column, schema]) => {
    if (!Object.hasOwn(row, column))
      return isOptional(schema) ? [] : [missing(column, Object.keys(row))]
    return standardOf(schema) !== undefined ||
      Schema.is(required(schema) as Schema.Codec<unknown>)(row[column])
      ? []
      : [`column '${column}' is ${shown(row[column])}, not ${typeName(required(schema))}`]
  })

const missing = (column: string, names: ReadonlyArray<string>): string => {
  const near = closest(column, names)
  return `column '${column}' is missing (there are: ${names.join(", ")}${near === undefined ? "" : `; did you mean '${near}'?`})`
}

const shown = (value: unknown): string => {
  const text = typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** Says what is wrong with a row, or nothing if it is as declared; undefined if every row is. */
export const rowCheck = (declared: Shape): ((row: Row) => string | undefined) | undefined => {
  const checks = Object.entries(declared.columns).flatMap(([column, schema]) => {
    if (accepts(schema).has("any") || standardOf(schema) !== undefined)
      return isOptional(schema) ? [] : [(row: Row) => Object.hasOwn(row, column)]
    const fits =
      quickCheck(required(schema)) ?? Schema.is(required(schema) as Schema.Codec<unknown>)
    return isOptional(schema)
      ? [(row: Row) => !Object.hasOwn(row, column) || fits(row[column])]
      : [(row: Row) => fits(row[column])]
  })
  return checks.length === 0
    ? undefined
    : (row) =>
        checks.every((check) => check(row)) ? undefined : `${rowMisfits(declared, row).join("; ")}.`
}

/** Most columns are text, numbers or lists of them, which need no schema to be told. */
const quickCheck = (schema: Schema.Constraint): ((value: unknown) => boolean) | undefined => {
  switch (schema) {
    case Schema.String as Schema.Constraint:
      return (value) => typeof value === "string"
    case Schema.Number as Schema.Constraint:
      return (value) => typeof value === "number"
    case Schema.Boolean as Schema.Constraint:
      return (value) => typeof value === "boolean"
    default:
      return undefined
  }
}
