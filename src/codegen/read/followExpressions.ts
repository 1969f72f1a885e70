/**
 * Following expressions to where their values are made: constants, imports, functions that give one
 * thing back. Nothing is run.
 */
import type {
  CallExpression,
  Compiler,
  Declaration,
  Expression,
  Node,
  SourceSymbol,
  Syntax
} from "../compilers/Compiler.ts"
import { isLibrary } from "./SourceProject.ts"
import { around, within } from "./walkNodes.ts"

/** An expression without what only tells its type. */
export const unwrapped = (is: Syntax, node: Node): Node => {
  let inner = node
  while (
    is.isParenthesizedExpression(inner) ||
    is.isAsExpression(inner) ||
    is.isSatisfiesExpression(inner) ||
    is.isNonNullExpression(inner) ||
    is.isAwaitExpression(inner)
  )
    inner = inner.expression
  return inner
}

/**
 * Where a name's value is made: the initializer of a constant, in this file or another; the node
 * itself if it is no such name.
 */
export const followed = (compiler: Compiler, node: Node): Node => {
  const inner = unwrapped(compiler.is, node)
  if (!compiler.is.isIdentifier(inner)) return inner
  const value = valueOf(compiler, compiler.checker.symbolAt(inner))
  return value === undefined ? inner : followed(compiler, value)
}

const valueOf = ({ checker, is }: Compiler, symbol: SourceSymbol | undefined): Node | undefined => {
  const declaration = symbol === undefined ? undefined : ownNode(checker.declarationOf(symbol))
  if (declaration === undefined) return undefined
  if (is.isVariableDeclaration(declaration))
    return isConstant(is, declaration) ? declaration.initializer : undefined
  return is.isExportAssignment(declaration) ? declaration.expression : undefined
}

/** What the user has declared: of libraries only types are of interest. */
export const ownNode = (declaration: Declaration | undefined): Node | undefined =>
  declaration === undefined || isLibrary(declaration.file) ? undefined : declaration.node()

/** What an option is, in an object that an expression stands for. */
export const optionOf = (compiler: Compiler, options: Node, name: string): Node | undefined => {
  const { is } = compiler
  const object = followed(compiler, options)
  const property = is.isObjectLiteralExpression(object)
    ? object.properties.find(
        (each) => is.isPropertyAssignment(each) && each.name.getText() === name
      )
    : undefined
  return property !== undefined && is.isPropertyAssignment(property)
    ? followed(compiler, property.initializer)
    : undefined
}

const variableKinds = 7
const constant = 2

const isConstant = (is: Syntax, declaration: Node): boolean => {
  const list = around(declaration, is.isVariableDeclarationList)
  return list !== undefined && (list.flags & variableKinds) === constant
}

/** What a call calls: the name it was declared under, and its declaration. */
export const calledBy = (
  { checker, is }: Compiler,
  call: CallExpression
): { readonly name: string; readonly declaration: Declaration | undefined } => {
  const callee = unwrapped(is, call.expression)
  const symbol = checker.symbolAt(is.isPropertyAccessExpression(callee) ? callee.name : callee)
  return symbol === undefined
    ? { name: callee.getText(), declaration: undefined }
    : { name: symbol.name, declaration: checker.declarationOf(symbol) }
}

/** The expression that a call of an own function gives back, if it can give back but one. */
export const givenBack = (compiler: Compiler, call: CallExpression): Expression | undefined => {
  const declaration = ownNode(calledBy(compiler, call).declaration)
  if (declaration === undefined) return undefined
  const made = compiler.is.isVariableDeclaration(declaration)
    ? declaration.initializer
    : declaration
  return made === undefined ? undefined : resultOf(compiler.is, made)
}

/** The one expression that a function gives back. */
export const resultOf = (is: Syntax, made: Node): Expression | undefined => {
  const inner = unwrapped(is, made)
  if (
    !is.isArrowFunction(inner) &&
    !is.isFunctionExpression(inner) &&
    !is.isFunctionDeclaration(inner)
  )
    return undefined
  const { body } = inner
  if (body === undefined) return undefined
  if (!is.isBlock(body)) return body
  const returns = within(body, is.isReturnStatement).filter(
    (statement) => around(statement, is.isFunctionLikeDeclaration) === inner
  )
  return returns.length === 1 ? returns[0]!.expression : undefined
}
