/** Which plain kinds of values a schema takes, whatever else it says of them. */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

export type PlainKind =
  | "string"
  | "number"
  | "boolean"
  | "null"
  | "bigint"
  | "date"
  | "bytes"
  | "any"

/** The kinds of values that a schema takes at its top: each of a union's members. */
export const accepts = (schema: Schema.Constraint): ReadonlySet<PlainKind | "other"> =>
  new Set(kindsOf(SchemaAST.toType(schema.ast)))

const kindsOf = (ast: SchemaAST.AST): ReadonlyArray<PlainKind | "other"> => {
  if (SchemaAST.isUnion(ast)) return ast.types.flatMap(kindsOf)
  if (SchemaAST.isSuspend(ast)) return ["any"]
  if (SchemaAST.isEnum(ast)) return ast.enums.map(([, value]) => plainKind(typeof value))
  if (SchemaAST.isLiteral(ast)) return [plainKind(typeof ast.literal)]
  if (SchemaAST.isDeclaration(ast)) {
    const takes = Schema.is(Schema.make<Schema.Codec<unknown>>(ast))
    return [takes(new Date(0)) ? "date" : takes(new Uint8Array(1)) ? "bytes" : "other"]
  }
  return [plainKind(ast._tag.toLowerCase())]
}

const plainKind = (name: string): PlainKind | "other" => {
  switch (name) {
    case "string":
    case "templateliteral":
      return "string"
    case "number":
    case "boolean":
    case "null":
    case "bigint":
    case "any":
      return name
    case "unknown":
      return "any"
    default:
      return "other"
  }
}
