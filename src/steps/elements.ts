/** The type of a list's elements, at run time. */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/**
 * The schema of the elements of a list, or undefined if the type is no list. A list that may be
 * null has elements that may be null.
 */
export const elementSchema = (schema: Schema.Constraint): Schema.Top | undefined =>
  elementOf(SchemaAST.toType(schema.ast))

const elementOf = (ast: SchemaAST.AST): Schema.Top | undefined => {
  if (SchemaAST.isAny(ast) || SchemaAST.isUnknown(ast)) return Schema.Any
  if (SchemaAST.isArrays(ast)) {
    const types = [...ast.elements, ...ast.rest].map((type) => Schema.make<Schema.Top>(type))
    return types.length === 1 ? types[0] : Schema.Union(types)
  }
  if (!SchemaAST.isUnion(ast)) return undefined
  const members = ast.types.map((type) => (SchemaAST.isNull(type) ? Schema.Null : elementOf(type)))
  return members.every((member) => member !== undefined) ? Schema.Union(members) : undefined
}
