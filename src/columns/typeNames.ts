/** The type of a column in the words of TypeScript, for messages and for `info`. */
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/**
 * The type that a schema stands for: `string | null`, `ReadonlyArray<number>`, `{ name: string }`,
 * …
 */
export const typeName = (schema: Schema.Constraint): string =>
  nameOf(SchemaAST.toType(schema.ast), 0)

const deepest = 4

const nameOf = (ast: SchemaAST.AST, depth: number): string => {
  if (depth > deepest) return "…"
  switch (ast._tag) {
    case "Literal":
      return typeof ast.literal === "bigint" ? `${ast.literal}n` : JSON.stringify(ast.literal)
    case "Enum":
      return ast.enums.map(([, value]) => JSON.stringify(value)).join(" | ")
    case "TemplateLiteral":
      return "string"
    case "UniqueSymbol":
      return "symbol"
    case "ObjectKeyword":
      return "object"
    case "Arrays":
      return arrayName(ast, depth)
    case "Objects":
      return objectName(ast, depth)
    case "Union":
      return ast.types.length === 0
        ? "never"
        : ast.types.map((type) => nameOf(type, depth + 1)).join(" | ")
    case "Suspend":
      return nameOf(ast.thunk(), depth + 1)
    case "Declaration":
      return SchemaAST.resolveIdentifier(ast) ?? SchemaAST.resolveTitle(ast) ?? wordOf(ast)
    default:
      return ast._tag.toLowerCase()
  }
}

/** What a declaration stands for, where it has a word for it. */
const wordOf = ({ annotations }: SchemaAST.Declaration): string => {
  const expected = annotations?.["expected"]
  return typeof expected === "string" && /^\w+$/.test(expected) ? expected : "object"
}

const arrayName = (ast: SchemaAST.Arrays, depth: number): string => {
  const [rest] = ast.rest
  if (ast.elements.length === 0 && rest !== undefined)
    return `ReadonlyArray<${nameOf(rest, depth + 1)}>`
  const elements = ast.elements.map((element) => nameOf(element, depth + 1))
  return `readonly [${[...elements, ...ast.rest.map((type) => `...${nameOf(type, depth + 1)}[]`)].join(", ")}]`
}

const objectName = (ast: SchemaAST.Objects, depth: number): string => {
  const properties = ast.propertySignatures.map(
    ({ name, type }) =>
      `${String(name)}${SchemaAST.isOptional(type) ? "?" : ""}: ${nameOf(type, depth + 1)}`
  )
  const indexes = ast.indexSignatures.map(
    ({ parameter, type }) => `[key: ${nameOf(parameter, depth + 1)}]: ${nameOf(type, depth + 1)}`
  )
  return `{ ${[...properties, ...indexes].join("; ")} }`
}
