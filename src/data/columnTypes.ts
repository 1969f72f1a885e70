/** Columns of typed files as schemas: for the check against declared columns, and for types written from a file. */
import * as Schema from "effect/Schema"
import type { Columns } from "../columns/Columns.ts"
import type { CellType, Field } from "./cells.ts"

/** The columns that rows of a file have. Any of them may be null, as files rarely say that none is. */
export const columnsOfFields = (fields: ReadonlyArray<Field>): Columns =>
  Object.fromEntries(fields.map(({ name, type }) => [name, Schema.NullOr(schemaOf(type, Schema.NullOr))]))

/** The schema of a column's values that are not null, taking parts of them for never null. */
export const valueSchemaOf = (type: CellType): Schema.Top => schemaOf(type, (part) => part)

const schemaOf = (type: CellType, part: (schema: Schema.Top) => Schema.Top): Schema.Top => {
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
      return Schema.Array(part(schemaOf(type.item, part)))
    case "struct":
      return Schema.Struct(Object.fromEntries(type.fields.map((field) => [field.name, part(schemaOf(field.type, part))])))
    case "map":
      return Schema.Record(Schema.String, part(schemaOf(type.value, part)))
    case "null":
      return Schema.Null
    case "any":
      return Schema.Any
    default:
      return Schema.String
  }
}
