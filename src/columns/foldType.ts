/**
 * One walk over the tree of a type: what a type is made of is found here, and what is made of it is
 * the walker's.
 */
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/** A key of an object type, and what was made of its type. */
export interface FoldedField<A> {
  readonly name: string
  readonly optional: boolean
  readonly type: A
}

/** What is made of each form of a type. */
export interface TypeFold<A> {
  /** Types within types are walked this deep: beyond it, `tooDeep` stands for them. */
  readonly deepest: number
  readonly tooDeep: A
  /** Literals and members of enumerations. */
  readonly literals: (values: ReadonlyArray<SchemaAST.LiteralValue>) => A
  readonly list: (item: A) => A
  readonly tuple: (elements: ReadonlyArray<A>, rest: ReadonlyArray<A>) => A
  readonly object: (
    fields: ReadonlyArray<FoldedField<A>>,
    indexes: ReadonlyArray<{ readonly key: A; readonly value: A }>
  ) => A
  readonly union: (members: ReadonlyArray<A>) => A
  /** Types of one's own: classes, dates, … */
  readonly declaration: (ast: SchemaAST.Declaration) => A
  /** What holds no other type: `string`, `number`, `null`, `unknown`, … */
  readonly plain: (word: string) => A
}

/** What a fold makes of the type that a schema stands for. */
export const foldType = <A>(schema: Schema.Constraint, fold: TypeFold<A>): A => {
  const at = (ast: SchemaAST.AST, depth: number): A => {
    if (depth > fold.deepest) return fold.tooDeep
    const within = (inner: SchemaAST.AST): A => at(inner, depth + 1)
    switch (ast._tag) {
      case "Literal":
        return fold.literals([ast.literal])
      case "Enum":
        return fold.literals(ast.enums.map(([, value]) => value))
      case "Arrays": {
        const [rest] = ast.rest
        return ast.elements.length === 0 && rest !== undefined
          ? fold.list(within(rest))
          : fold.tuple(ast.elements.map(within), ast.rest.map(within))
      }
      case "Objects":
        return fold.object(
          ast.propertySignatures.map(({ name, type }) => ({
            name: String(name),
            optional: SchemaAST.isOptional(type),
            type: within(type)
          })),
          ast.indexSignatures.map(({ parameter, type }) => ({
            key: within(parameter),
            value: within(type)
          }))
        )
      case "Union":
        return fold.union(ast.types.map(within))
      case "Suspend":
        return within(ast.thunk())
      case "Declaration":
        return fold.declaration(ast)
      case "TemplateLiteral":
        return fold.plain("string")
      case "UniqueSymbol":
        return fold.plain("symbol")
      case "ObjectKeyword":
        return fold.plain("object")
      default:
        return fold.plain(ast._tag.toLowerCase())
    }
  }
  return at(SchemaAST.toType(schema.ast), 0)
}
