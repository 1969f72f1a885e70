/**
 * Steps that a module makes and that no pipeline of it runs: forgotten, or connected to a flow that
 * nobody took on, since flows are values.
 */
import { type CallExpression, Node, type SourceFile, ts, type VariableDeclaration } from "ts-morph"
import { calledBy } from "./followExpressions.ts"
import {
  propertyType,
  present,
  textsOf,
  type Types,
  hiddenProperty,
  hiddenType
} from "./rowTypes.ts"
import { placeOf } from "./SourceProject.ts"
import type { SourceProblem } from "./SourceReport.ts"

/**
 * The problems of steps in a module whose names no pipeline in it has. Steps that it exports, or
 * that its functions make when they are called, may be used elsewhere.
 */
export const unusedSteps = (
  checker: ts.TypeChecker,
  file: SourceFile,
  known: ReadonlySet<string>
): ReadonlyArray<SourceProblem> => {
  const calls = file.getDescendantsOfKind(ts.SyntaxKind.CallExpression)
  const typesAt = (call: CallExpression): Types => ({ checker, at: call.compilerNode })
  const typeOf = (call: CallExpression): ts.Type => checker.getTypeAtLocation(call.compilerNode)
  const used = new Set([
    ...known,
    ...calls
      .filter((call) => calledBy(call).name === "Pipeline")
      .flatMap((call) => stepNames(typesAt(call), typeOf(call)))
  ])
  return calls.flatMap((call): ReadonlyArray<SourceProblem> => {
    const type = typeOf(call)
    if (hiddenProperty(checker, type, "gives") === undefined || !runsOnce(call)) return []
    const declaration = call.getParentIfKind(ts.SyntaxKind.VariableDeclaration)
    if (declaration?.isExported() === true) return []
    const names = textsOf(typesAt(call), propertyType(typesAt(call), type, "name"))
    const [name] = names
    // A name that is known only when the module runs tells nothing.
    if (name === undefined || names.length > 1 || /\$\{|^string$/.test(name) || used.has(name))
      return []
    const wiring = { ...placeOf(call), kind: "wiring" } as const
    return declaration === undefined || isNamed(declaration)
      ? [
          {
            ...wiring,
            code: "NoLeaf",
            message: `Step '${name}' is part of no pipeline: the flow that it is connected to is not used. Flows are values: keep what .to(…) returns, and give that to Pipeline.`
          }
        ]
      : [
          {
            ...wiring,
            code: "NeverUsed",
            message: `Step '${name}' is made and never used. Connect it, .to(${declaration.getName()}), or remove it.`
          }
        ]
  })
}

const stepNames = (types: Types, pipeline: ts.Type): ReadonlyArray<string> => {
  const steps = hiddenType(types, pipeline, "steps")
  return steps === undefined
    ? []
    : types.checker.getPropertiesOfType(present(types, steps)).map(({ name }) => name)
}

/** Whether a call is made as the module is loaded, rather than by a function. */
const runsOnce = (call: CallExpression): boolean =>
  call.getFirstAncestor(
    (node) =>
      Node.isFunctionLikeDeclaration(node) ||
      Node.isFunctionExpression(node) ||
      Node.isArrowFunction(node)
  ) === undefined

/** Whether a file names a constant elsewhere than where it is made. */
const isNamed = (declaration: VariableDeclaration): boolean => {
  const name = declaration.getName()
  const symbol = declaration.getSymbol()
  return declaration
    .getSourceFile()
    .getDescendantsOfKind(ts.SyntaxKind.Identifier)
    .some(
      (identifier) =>
        identifier.getText() === name &&
        identifier.getParent() !== declaration &&
        (identifier.getSymbol() === symbol ||
          Node.isShorthandPropertyAssignment(identifier.getParent()))
    )
}
