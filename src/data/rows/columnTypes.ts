/** Columns of typed files as schemas: for the check against declared columns. */
import * as Schema from "effect/Schema"
import type { CellType } from "./cells.ts"

/** The schema of a column's values, where they and all parts of them are not null. */
export const valueSchemaOf = (type: CellType): Schema.Top => {
  switch (type.kind) {
    case "boolean":
      return Schema.Boolean
    case "small":
    case "float":
    case "half":
    case "integer":
      return Schema.Number
    case "decimal":
      return type.precision <= 15 ? Schema.Number : Schema.Union([Schema.Number, Schema.String])
    case "list":
      return Schema.Array(valueSchemaOf(type.item))
    case "struct":
      return Schema.Struct(
        Object.fromEntries(type.fields.map((field) => [field.name, valueSchemaOf(field.type)]))
      )
    case "map":
      return Schema.Record(Schema.String, valueSchemaOf(type.value))
    case "null":
      return Schema.Null
    case "any":
    case "json":
      return Schema.Any
    default:
      return Schema.String
  }
}
