/** The type of a column in the words of TypeScript, for messages and for `info`. */
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { foldType, type TypeFold } from "./foldType.ts"

/**
 * The type that a schema stands for: `string | null`, `ReadonlyArray<number>`, `{ name: string }`,
 * …
 */
export const typeName = (schema: Schema.Constraint): string => foldType(schema, names)

/** Literals as one writes them. */
export const literalNames = (values: ReadonlyArray<SchemaAST.LiteralValue>): string =>
  values
    .map((value) => (typeof value === "bigint" ? `${value}n` : JSON.stringify(value)))
    .join(" | ")

/** What a declaration is called, or stands for, where it has a word for it. */
export const declarationName = (ast: SchemaAST.Declaration): string =>
  SchemaAST.resolveIdentifier(ast) ?? SchemaAST.resolveTitle(ast) ?? wordOf(ast)

const wordOf = ({ annotations }: SchemaAST.Declaration): string => {
  const expected = annotations?.["expected"]
  return typeof expected === "string" && /^\w+$/.test(expected) ? expected : "object"
}

const names: TypeFold<string> = {
  deepest: 4,
  tooDeep: "…",
  literals: literalNames,
  list: (item) => `ReadonlyArray<${item}>`,
  tuple: (elements, rest) =>
    `readonly [${[...elements, ...rest.map((type) => `...${type}[]`)].join(", ")}]`,
  object: (fields, indexes) => {
    const properties = fields.map(
      ({ name, optional, type }) => `${name}${optional ? "?" : ""}: ${type}`
    )
    const others = indexes.map(({ key, value }) => `[key: ${key}]: ${value}`)
    return `{ ${[...properties, ...others].join("; ")} }`
  },
  union: (members) => (members.length === 0 ? "never" : members.join(" | ")),
  declaration: declarationName,
  plain: (word) => word
}
