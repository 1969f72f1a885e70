/** Schemas as column types, for data that says what it holds. */
import type * as Schema from "effect/Schema"
import { isOptional, type Columns } from "../../columns/Columns.ts"
import { foldType, type TypeFold } from "../../columns/foldType.ts"
import { type ColumnType, type Field, unionOf } from "./ColumnType.ts"

/** The fields that a record of columns declares. */
export const fieldsOfColumns = (columns: Columns): ReadonlyArray<Field> =>
  Object.entries(columns).map(([name, schema]) => ({
    name,
    type: typeOfSchema(schema),
    optional: isOptional(schema)
  }))

/** The type that a schema stands for. What has no form in data, such as a class, is unknown. */
export const typeOfSchema = (schema: Schema.Constraint): ColumnType => foldType(schema, columnTypes)

const unknown: ColumnType = { kind: "unknown" }

const plainTypes: Readonly<Record<string, ColumnType>> = {
  string: { kind: "string" },
  number: { kind: "number" },
  boolean: { kind: "boolean" },
  bigint: { kind: "bigint" },
  null: { kind: "null" }
}

const columnTypes: TypeFold<ColumnType> = {
  deepest: 16,
  tooDeep: unknown,
  literals: ([first, ...others]) =>
    first === undefined || typeof first === "bigint"
      ? plainTypes["bigint"]!
      : {
          kind: "literals",
          values: [first, ...others.filter((value) => typeof value !== "bigint")]
        },
  list: (item) => ({ kind: "array", element: unionOf([item]) }),
  tuple: (elements, rest) => ({
    kind: "array",
    element: elements.length + rest.length === 0 ? unknown : unionOf([...elements, ...rest])
  }),
  object: (fields, [index]) =>
    index !== undefined && fields.length === 0
      ? { kind: "record", value: index.value }
      : { kind: "object", fields },
  union: (members) => {
    const values = members.flatMap((member) => (member.kind === "literals" ? member.values : []))
    return unionOf([
      ...(values.length === 0 ? [] : [{ kind: "literals" as const, values }]),
      ...members.filter(({ kind }) => kind !== "literals")
    ])
  },
  declaration: () => unknown,
  plain: (word) => plainTypes[word] ?? unknown
}
