/**
 * Types that a filter may have narrowed: its type guard is known to the compiler only, so at run
 * time any of the types that a column may have is taken for the one that is left.
 */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

const narrowedKey = "~narrowed"

/** The type, marked as one of which a filter may have left a part. */
export const narrowed = (schema: Schema.Constraint): Schema.Constraint =>
  SchemaAST.isUnion(schema.ast) ? (schema as Schema.Top).annotate({ [narrowedKey]: true }) : schema

/** What may be left of a type; undefined where no filter has looked at it. */
export const partsLeft = ({
  ast
}: Schema.Constraint): ReadonlyArray<Schema.Constraint> | undefined =>
  SchemaAST.isUnion(ast) && ast.annotations?.[narrowedKey] === true
    ? ast.types.map((type) => Schema.make<Schema.Top>(type))
    : undefined
