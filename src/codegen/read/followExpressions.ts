/**
 * Following expressions to where their values are made: constants, imports, functions that give one
 * thing back. Nothing is run.
 */
import {
  type CallExpression,
  type Expression,
  Node,
  type Symbol as MorphSymbol,
  ts,
  VariableDeclarationKind
} from "ts-morph"

/** An expression without what only tells its type. */
export const unwrapped = (node: Node): Node => {
  let inner = node
  while (
    Node.isParenthesizedExpression(inner) ||
    Node.isAsExpression(inner) ||
    Node.isSatisfiesExpression(inner) ||
    Node.isNonNullExpression(inner) ||
    Node.isAwaitExpression(inner)
  )
    inner = inner.getExpression()
  return inner
}

/**
 * Where a name's value is made: the initializer of a constant, in this file or another; the node
 * itself if it is no such name.
 */
export const followed = (node: Node): Node => {
  const inner = unwrapped(node)
  if (!Node.isIdentifier(inner)) return inner
  const value = valueOf(inner.getSymbol())
  return value === undefined ? inner : followed(value)
}

const valueOf = (symbol: MorphSymbol | undefined): Node | undefined => {
  const declaration = (symbol?.getAliasedSymbol() ?? symbol)?.getDeclarations()[0]
  if (Node.isVariableDeclaration(declaration))
    return isConstant(declaration) ? declaration.getInitializer() : undefined
  if (Node.isExportAssignment(declaration)) return declaration.getExpression()
  return undefined
}

const isConstant = (declaration: Node): boolean =>
  declaration
    .getFirstAncestorByKind(ts.SyntaxKind.VariableDeclarationList)
    ?.getDeclarationKind() === VariableDeclarationKind.Const

/** What a call calls: the name it was declared under, and its declaration. */
export const calledBy = (
  call: CallExpression
): { readonly name: string; readonly declaration: Node | undefined } => {
  const callee = unwrapped(call.getExpression())
  const symbol = Node.isPropertyAccessExpression(callee)
    ? callee.getNameNode().getSymbol()
    : callee.getSymbol()
  const target = symbol?.getAliasedSymbol() ?? symbol
  return { name: target?.getName() ?? callee.getText(), declaration: target?.getDeclarations()[0] }
}

/** The expression that a call of an own function gives back, if it can give back but one. */
export const givenBack = (call: CallExpression): Expression | undefined => {
  const { declaration } = calledBy(call)
  const made = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : declaration
  return made === undefined || made.getSourceFile().isDeclarationFile() ? undefined : resultOf(made)
}

/** The one expression that a function gives back. */
export const resultOf = (made: Node): Expression | undefined => {
  const inner = unwrapped(made)
  if (
    !Node.isArrowFunction(inner) &&
    !Node.isFunctionExpression(inner) &&
    !Node.isFunctionDeclaration(inner)
  )
    return undefined
  const body = inner.getBody()
  if (body === undefined) return undefined
  if (!Node.isBlock(body)) return body as Expression
  const returns = body
    .getDescendantsOfKind(ts.SyntaxKind.ReturnStatement)
    .filter(
      (statement) =>
        statement.getFirstAncestor(
          (node) => Node.isFunctionLikeDeclaration(node) || Node.isFunctionExpression(node)
        ) === inner
    )
  return returns.length === 1 ? returns[0]!.getExpression() : undefined
}
