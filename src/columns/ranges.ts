/** Numbers out of the range that a schema has for them, wherever they are set. */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type { Columns } from "./Columns.ts"
import { own } from "./own.ts"
import { required } from "./Shape.ts"
import { typeName } from "./typeNames.ts"

/** A number that is none of those that are wanted. */
interface OutOfRange {
  /** The way to it: `generationKwargs.temperature`. */
  readonly path: string
  /** What is wanted: `a whole number greater than 0`. */
  readonly wants: string
  readonly gets: number
}

/**
 * What a value should be: the range of a number, else the type in the words of TypeScript.
 */
export const wanted = (schema: Schema.Constraint): string => {
  const ast = SchemaAST.toType(required(schema).ast)
  const checks = ast._tag === "Number" ? (ast.checks ?? []) : []
  const expected = checks.flatMap(({ annotations }) =>
    typeof annotations?.["expected"] === "string" ? [annotations["expected"]] : []
  )
  if (expected.length === 0) return typeName(schema)
  return [
    expected.includes("an integer") ? "a whole number" : "a number",
    ...expected.flatMap((words) => /^a value (.*)$/.exec(words)?.slice(1) ?? [])
  ].join(" ")
}

/** The first number among values, and among those within them, that is out of its range. */
const outOfRange = (
  fields: Columns,
  values: object,
  path: ReadonlyArray<string> = []
): OutOfRange | undefined => {
  for (const [key, value] of Object.entries(values) as ReadonlyArray<[string, unknown]>) {
    const schema = own(fields, key)
    if (schema === undefined) continue
    const field = required(schema)
    const to = [...path, key]
    if (typeof value === "number" && !Schema.is(field as Schema.Codec<unknown>)(value))
      return { path: to.join("."), wants: wanted(field), gets: value }
    if (typeof value !== "object" || value === null) continue
    const inner = outOfRange(fieldsOf(field), value, to)
    if (inner !== undefined) return inner
  }
  return undefined
}

/** The fields of a struct; none of anything else. */
export const fieldsOf = (schema: Schema.Constraint): Columns =>
  "fields" in schema ? (schema.fields as Columns) : {}

/** Throws at a number that is out of its range; `whose` begins the sentence. */
export const checkRanges = (whose: string, fields: Columns, values: object): void => {
  const found = outOfRange(fields, values)
  if (found !== undefined)
    throw new RangeError(
      `${whose}: option ${found.path} is ${found.gets}. Give ${found.wants}, or leave it out.`
    )
}
