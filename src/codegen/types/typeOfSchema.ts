/** Schemas as column types, for data that says what it holds. */
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { isOptional, type Columns } from "../../columns/Columns.ts"
import { type ColumnType, type Field, unionOf } from "./ColumnType.ts"

/** The fields that a record of columns declares. */
export const fieldsOfColumns = (columns: Columns): ReadonlyArray<Field> =>
  Object.entries(columns).map(([name, schema]) => ({
    name,
    type: typeOfSchema(schema),
    optional: isOptional(schema)
  }))

/** The type that a schema stands for. What has no form in data, such as a class, is unknown. */
export const typeOfSchema = (schema: Schema.Constraint): ColumnType =>
  typeOf(SchemaAST.toType(schema.ast), 0)

const deepest = 16

const typeOf = (ast: SchemaAST.AST, depth: number): ColumnType => {
  if (depth > deepest) return { kind: "unknown" }
  switch (ast._tag) {
    case "String":
    case "TemplateLiteral":
      return { kind: "string" }
    case "Number":
      return { kind: "number" }
    case "Boolean":
      return { kind: "boolean" }
    case "BigInt":
      return { kind: "bigint" }
    case "Null":
      return { kind: "null" }
    case "Literal":
      return typeof ast.literal === "bigint"
        ? { kind: "bigint" }
        : { kind: "literals", values: [ast.literal] }
    case "Enum":
      return { kind: "literals", values: ast.enums.map(([, value]) => value) }
    case "Arrays":
      return {
        kind: "array",
        element:
          ast.elements.length + ast.rest.length === 0
            ? { kind: "unknown" }
            : unionOf([...ast.elements, ...ast.rest].map((type) => typeOf(type, depth + 1)))
      }
    case "Objects":
      return objectType(ast, depth)
    case "Union": {
      const members = ast.types.map((type) => typeOf(type, depth + 1))
      const values = members.flatMap((member) => (member.kind === "literals" ? member.values : []))
      return unionOf([
        ...(values.length === 0 ? [] : [{ kind: "literals" as const, values }]),
        ...members.filter(({ kind }) => kind !== "literals")
      ])
    }
    case "Suspend":
      return typeOf(ast.thunk(), depth + 1)
    default:
      return { kind: "unknown" }
  }
}

const objectType = (
  { indexSignatures: [index], propertySignatures }: SchemaAST.Objects,
  depth: number
): ColumnType =>
  index !== undefined && propertySignatures.length === 0
    ? { kind: "record", value: typeOf(index.type, depth + 1) }
    : {
        kind: "object",
        fields: propertySignatures.map(({ name, type }) => ({
          name: String(name),
          type: typeOf(type, depth + 1),
          optional: SchemaAST.isOptional(type)
        }))
      }
