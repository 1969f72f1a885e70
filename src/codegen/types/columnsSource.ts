/**
 * Columns as TypeScript source: a record of schemas, ready for a source's option `columns`, and the
 * row type.
 */
import type { ColumnType, Field } from "./ColumnType.ts"

const widest = 110

/** A module that exports `columns` and `Row`. `about` says where they come from. */
export const columnsSource = (fields: ReadonlyArray<Field>, about: string): string =>
  [
    `/** ${about.replaceAll("*/", "* /").replaceAll(/\s+/g, " ")} */`,
    `import type { RowOf } from "distilabel-ts"`,
    `import { Schema } from "effect"`,
    "",
    `export const columns = ${fields.length === 0 ? "{}" : record(fields, "", false)}`,
    "",
    "/** A row of them. */",
    "export type Row = RowOf<typeof columns>",
    ""
  ].join("\n")

/** A record of fields: on one line where it is short and nothing is told of its fields. */
const record = (fields: ReadonlyArray<Field>, indent: string, inline = true): string => {
  const inner = `${indent}  `
  const line = `{ ${fields.map((field) => `${keyOf(field.name)}: ${fieldSchema(field, inner)}`).join(", ")} }`
  if (
    inline &&
    indent.length + line.length <= widest - 20 &&
    !line.includes("\n") &&
    !fields.some(({ type }) => commentOf(type) !== undefined)
  )
    return line
  const lines = fields.map((field) => {
    const comment = commentOf(field.type)
    return `${comment === undefined ? "" : `${inner}/** ${comment} */\n`}${inner}${keyOf(field.name)}: ${fieldSchema(field, inner)}`
  })
  return `{\n${lines.join(",\n")}\n${indent}}`
}

const commentOf = (type: ColumnType): string | undefined => {
  const members = type.kind === "union" ? type.members : [type]
  if (members.some((member) => member.kind === "string" && member.holds === "dates"))
    return "Dates as text."
  return type.kind === "unknown" ? "Of no type that could be told." : undefined
}

/** A key, in quotes where it is no name; `__proto__` would set an object's prototype. */
const keyOf = (name: string): string =>
  name === "__proto__"
    ? `["__proto__"]`
    : /^[\p{ID_Start}$_][\p{ID_Continue}$\u200C\u200D]*$/u.test(name)
      ? name
      : JSON.stringify(name)

const fieldSchema = ({ optional, type }: Field, indent: string): string =>
  optional ? `Schema.optionalKey(${schemaSource(type, indent)})` : schemaSource(type, indent)

/** The expression of a type's schema. */
export const schemaSource = (type: ColumnType, indent = ""): string => {
  switch (type.kind) {
    case "string":
      return "Schema.String"
    case "number":
      return "Schema.Number"
    case "boolean":
      return "Schema.Boolean"
    case "bigint":
      return "Schema.BigInt"
    case "null":
      return "Schema.Null"
    case "unknown":
      return "Schema.Unknown"
    case "literals":
      return type.values.length === 1
        ? `Schema.Literal(${JSON.stringify(type.values[0])})`
        : list(
            "Schema.Literals(",
            type.values.map((value) => JSON.stringify(value)),
            indent
          )
    case "array":
      return `Schema.Array(${schemaSource(type.element, indent)})`
    case "object":
      return `Schema.Struct(${type.fields.length === 0 ? "{}" : record(type.fields, indent)})`
    case "record":
      return `Schema.Record(Schema.String, ${schemaSource(type.value, indent)})`
    case "union":
      return unionSource(type.members, indent)
  }
}

const unionSource = (members: ReadonlyArray<ColumnType>, indent: string): string => {
  const others = members.filter(({ kind }) => kind !== "null")
  if (others.length === members.length)
    return list(
      "Schema.Union(",
      members.map((member) => schemaSource(member, `${indent}  `)),
      indent
    )
  return `Schema.NullOr(${
    others.length === 1
      ? schemaSource(others[0]!, indent)
      : list(
          "Schema.Union(",
          others.map((member) => schemaSource(member, `${indent}  `)),
          indent
        )
  })`
}

const list = (before: string, items: ReadonlyArray<string>, indent: string): string => {
  const line = `${before}[${items.join(", ")}])`
  return indent.length + line.length <= widest - 20 && !line.includes("\n")
    ? line
    : `${before}[\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}])`
}
