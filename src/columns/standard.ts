/**
 * Standard Schemas (of zod, valibot, arktype and others) as column types: what they say of their
 * type in JSON Schema is what the wiring check compares; values are judged by their own validator.
 */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec"
import * as Schema from "effect/Schema"
import type { Columns, ColumnSchema, DeclaredColumns } from "./Columns.ts"
import { type JsonObject, typeFromJson } from "./jsonTypes.ts"
import type { Shape } from "./Shape.ts"

const standardKey = "~standard"

export const isStandard = (schema: ColumnSchema): schema is StandardSchemaV1 =>
  standardKey in schema && !Schema.isSchema(schema)

/** Whether a value is a schema of any kind, rather than a record of them. */
export const isColumnSchema = (value: object): value is ColumnSchema =>
  "ast" in value || standardKey in value

/** The Standard Schema that a column was declared with. */
export const standardOf = (schema: Schema.Constraint): StandardSchemaV1 | undefined =>
  schema.ast.annotations?.[standardKey] as StandardSchemaV1 | undefined

// The same schema is the same type, wherever it is declared.
const known = new WeakMap<StandardSchemaV1, Schema.Constraint>()

/** A declared schema as the run time has it. */
export const schemaOf = (declared: ColumnSchema): Schema.Constraint => {
  if (!isStandard(declared)) return declared
  const found = known.get(declared)
  if (found !== undefined) return found
  const schema = decodedSchemaOf(declared).annotate({ [standardKey]: declared })
  const column = isSatisfiedByNothing(declared) ? Schema.optionalKey(schema) : schema
  known.set(declared, column)
  return column
}

/** The type of values that the schema's own validator has decoded already. */
export const decodedSchemaOf = (declared: ColumnSchema): Schema.Top => {
  if (!isStandard(declared)) return declared as Schema.Top
  const { $schema: _, ...json } = jsonOf(declared, "output", () => opaque)
  return typeFromJson(json, loosely)
}

/** Declared columns as the run time has them. */
export const columnsOf = (declared: DeclaredColumns): Columns =>
  Object.values(declared).some(isStandard)
    ? Object.fromEntries(
        Object.entries(declared).map(([column, schema]) => [column, schemaOf(schema)])
      )
    : (declared as Columns)

/** Of a type that its schema has no JSON Schema for, nothing is known until there are values. */
const opaque: JsonObject = { $comment: "any" }

/** The columns of a shape whose values are their own validators' to judge. */
export const standardColumns = ({ columns }: Shape): Shape | undefined => {
  const own = Object.entries(columns).filter(([, schema]) => standardOf(schema) !== undefined)
  return own.length === 0 ? undefined : { columns: Object.fromEntries(own), open: true }
}

const plain: ReadonlySet<unknown> = new Set(["string", "number", "boolean", "null"])

/** A type without the checks that are the validator's. */
const loosely = ({ type }: JsonObject): Schema.Top =>
  type === "integer"
    ? Schema.Number
    : plain.has(type)
      ? typeFromJson({ type }, loosely)
      : Schema.Any

/**
 * The JSON Schema of what a schema takes or gives. Where it has none, `otherwise` is given the
 * converter's reason, if there is a converter.
 */
export const jsonOf = <A>(
  { [standardKey]: standard }: StandardSchemaV1,
  side: "input" | "output",
  otherwise: (why: string | undefined) => A
): JsonObject | A => {
  const { jsonSchema } = standard as Partial<StandardJSONSchemaV1.Props>
  if (jsonSchema === undefined) return otherwise(undefined)
  try {
    return jsonSchema[side]({ target: "draft-2020-12" })
  } catch (thrown) {
    return otherwise(thrown instanceof Error ? thrown.message.replace(/\.$/, "") : String(thrown))
  }
}

export interface StandardIssue {
  readonly message: string
  readonly path: ReadonlyArray<PropertyKey>
}

/** What a validator made of a value, or what is wrong with it. */
export type Validated =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly [StandardIssue, ...ReadonlyArray<StandardIssue>] }

/**
 * A value decoded by the schema's own validator. Rows do not wait for a validator: one that answers
 * later is an issue of its own.
 */
export const validated = (schema: StandardSchemaV1, value: unknown): Validated => {
  const result = schema[standardKey].validate(value)
  if (result instanceof Promise) {
    result.catch(() => undefined)
    return {
      issues: [
        {
          message:
            "its schema validates asynchronously, which rows cannot wait for: leave such checks to the step's own code",
          path: []
        }
      ]
    }
  }
  if (result.issues === undefined) return { value: result.value }
  const [first, ...more] = result.issues.map(({ message, path = [] }) => ({
    message,
    path: path.map((part) => (typeof part === "object" ? part.key : part))
  }))
  return { issues: [first ?? { message: "it does not fit its schema", path: [] }, ...more] }
}

const isSatisfiedByNothing = (schema: StandardSchemaV1): boolean => {
  try {
    const result = validated(schema, undefined)
    return result.issues === undefined && result.value === undefined
  } catch {
    return false
  }
}
