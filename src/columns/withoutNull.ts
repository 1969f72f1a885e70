/** The type of a column without null. */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

export const withoutNull = (schema: Schema.Constraint): Schema.Constraint => {
  const ast = SchemaAST.toType(schema.ast)
  if (!SchemaAST.isUnion(ast)) return schema
  const types = ast.types
    .filter((type) => !SchemaAST.isNull(type))
    .map((type) => Schema.make<Schema.Top>(type))
  return types.length === 1 ? types[0]! : Schema.Union(types)
}
