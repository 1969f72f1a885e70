/**
 * Steps that a module makes and that no pipeline of it runs: forgotten, or connected to a flow that
 * nobody took on, since flows are values.
 */
import type {
  CallExpression,
  Compiler,
  Identifier,
  SourceFile,
  SourceType,
  VariableDeclaration
} from "../compilers/Compiler.ts"
import { calledBy } from "./followExpressions.ts"
import {
  propertyType,
  present,
  textsOf,
  type Types,
  hiddenProperty,
  hiddenType
} from "./rowTypes.ts"
import type { SourceProblem } from "./SourceReport.ts"
import { around, placeOf, within } from "./walkNodes.ts"

/**
 * The problems of steps in a module whose names no pipeline in it has. Steps that it exports, or
 * that its functions make when they are called, may be used elsewhere.
 */
export const unusedSteps = (
  compiler: Compiler,
  file: SourceFile,
  known: ReadonlySet<string>
): ReadonlyArray<SourceProblem> => {
  const { checker, is } = compiler
  const calls = within(file, is.isCallExpression)
  const typesAt = (call: CallExpression): Types => ({ checker, at: call })
  const used = new Set([
    ...known,
    ...calls
      .filter((call) => calledBy(compiler, call).name === "Pipeline")
      .flatMap((call) => stepNames(typesAt(call), checker.typeAt(call)))
  ])
  return calls.flatMap((call): ReadonlyArray<SourceProblem> => {
    const type = checker.typeAt(call)
    if (hiddenProperty(checker, type, "gives") === undefined || !runsOnce(compiler, call)) return []
    const declaration = is.isVariableDeclaration(call.parent) ? call.parent : undefined
    if (declaration !== undefined && isExported(compiler, declaration)) return []
    const names = textsOf(typesAt(call), propertyType(typesAt(call), type, "name"))
    const [name] = names
    // A name that is known only when the module runs tells nothing.
    if (name === undefined || names.length > 1 || /\$\{|^string$/.test(name) || used.has(name))
      return []
    const wiring = { ...placeOf(call), kind: "wiring" } as const
    return declaration === undefined || isNamed(compiler, declaration)
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
            message: `Step '${name}' is made and never used. Connect it, .to(${declaration.name.getText()}), or remove it.`
          }
        ]
  })
}

const stepNames = (types: Types, pipeline: SourceType): ReadonlyArray<string> => {
  const steps = hiddenType(types, pipeline, "steps")
  return steps === undefined
    ? []
    : types.checker.propertiesOf(present(types, steps)).map(({ name }) => name)
}

/** Whether a call is made as the module is loaded, rather than by a function. */
const runsOnce = ({ is }: Compiler, call: CallExpression): boolean =>
  around(call, is.isFunctionLikeDeclaration) === undefined

/** Whether a file gives a constant to others: where it declares it, or in a list. */
const isExported = (compiler: Compiler, declaration: VariableDeclaration): boolean => {
  const statement = around(declaration, compiler.is.isVariableStatement)
  return (
    /^export\b/.test(statement?.getText() ?? "") ||
    namesOf(compiler, declaration).some(
      (identifier) => around(identifier, compiler.is.isExportDeclaration) !== undefined
    )
  )
}

/** Whether a file names a constant elsewhere than where it is made. */
const isNamed = (compiler: Compiler, declaration: VariableDeclaration): boolean => {
  const symbol = compiler.checker.symbolAt(declaration.name)
  return namesOf(compiler, declaration).some(
    (identifier) =>
      compiler.checker.symbolAt(identifier) === symbol ||
      compiler.is.isShorthandPropertyAssignment(identifier.parent)
  )
}

/** Where else in a file the name of a constant is written. */
const namesOf = ({ is }: Compiler, declaration: VariableDeclaration): ReadonlyArray<Identifier> => {
  const name = declaration.name.getText()
  return within(declaration.getSourceFile(), is.isIdentifier).filter(
    (identifier) => identifier.text === name && identifier.parent !== declaration
  )
}
