/** Column types in few words: `string[]`, `{ name, age }`, `record`. */
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { typeName } from "../columns/typeNames.ts"

/** A type as a reader of a picture needs it; `typeName` tells all of it. */
export const shortType = (schema: Schema.Constraint): string =>
  shortOf(SchemaAST.toType(schema.ast), schema, 0)

const mostAlternatives = 4
const deepest = 3

const shortOf = (ast: SchemaAST.AST, whole: Schema.Constraint, depth: number): string => {
  if (depth > deepest) return "…"
  if (SchemaAST.isSuspend(ast)) return shortOf(ast.thunk(), whole, depth + 1)
  if (SchemaAST.isArrays(ast)) {
    const [rest] = ast.rest
    if (ast.elements.length > 0 || rest === undefined) return "tuple"
    const element = shortOf(rest, whole, depth + 1)
    return `${element.includes(" | ") && !element.startsWith("{") ? `(${element})` : element}[]`
  }
  if (SchemaAST.isObjects(ast)) {
    const keys = ast.propertySignatures.map(({ name }) => String(name))
    return keys.length === 0 ? "record" : `{ ${keys.join(", ")} }`
  }
  if (SchemaAST.isUnion(ast)) {
    const members = [...new Set(ast.types.map((type) => shortOf(type, whole, depth + 1)))]
    // What may be null is told of last, also where many alternatives are left out.
    const others = members.filter((member) => member !== "null")
    const shown =
      others.length > mostAlternatives ? [...others.slice(0, mostAlternatives - 1), "…"] : others
    return [...shown, ...(members.length > others.length ? ["null"] : [])].join(" | ") || "never"
  }
  return depth === 0 ? typeName(whole) : typeName({ ast } as Schema.Constraint)
}
