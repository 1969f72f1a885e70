/**
 * Steps by the expressions that stand for them: their types say what they read, and the call that
 * makes them what they are.
 */
import type { ts } from "ts-morph"
import { type CallExpression, Node } from "ts-morph"
import { calledBy, followed, givenBack, resultOf } from "./followExpressions.ts"
import {
  columnsOf,
  parametersOf,
  present,
  propertyType,
  textsOf,
  type Types,
  hiddenType
} from "./rowTypes.ts"
import { isLibrary, placeOf } from "./SourceProject.ts"
import type { SourceColumn, SourceParameter, SourcePlace, SourceStep } from "./SourceReport.ts"

/** What an expression says of a step, or of several that are made in one place. */
export interface StepSource {
  readonly names: ReadonlyArray<string>
  readonly type: string
  readonly kind: SourceStep["kind"]
  readonly models: ReadonlyArray<string>
  readonly place: SourcePlace
  readonly reads: ReadonlyArray<SourceColumn>
  readonly oneOf: ReadonlyArray<ReadonlyArray<SourceColumn>>
  readonly parameters: ReadonlyArray<SourceParameter>
}

/** The step that an expression stands for, whose type may be that of a list's members. */
export const stepSource = (
  checker: ts.TypeChecker,
  expression: Node,
  type: ts.Type
): StepSource => {
  const types: Types = { checker, at: expression.compilerNode }
  const call = makingCall(expression)
  const factory = call === undefined ? undefined : calledBy(call).name
  const need = needOf(types, type)
  const [type0 = ""] = literalTexts(types, type, "type")
  return {
    names: textsOf(types, propertyType(types, type, "name")),
    type: type0 === "" ? (factory ?? "step") : type0,
    kind: kindOf(types, type, factory),
    models: call === undefined ? [] : modelsOf(types, call),
    place: placeOf(call ?? expression),
    ...(need.length > 1
      ? { reads: [], oneOf: need.map((row) => columnsOf(types, row)) }
      : { reads: columnsOf(types, need[0]), oneOf: [] }),
    parameters: parametersOf(types, propertyType(types, type, "~parameters"))
  }
}

/**
 * The call that makes the step: of a ready step or `step` and the like, also where own functions or
 * `map` lie between.
 */
const makingCall = (expression: Node): CallExpression | undefined => {
  const call = followed(expression)
  if (!Node.isCallExpression(call)) return undefined
  const callee = call.getExpression()
  const [callback] = call.getArguments()
  const made =
    Node.isPropertyAccessExpression(callee) && callee.getName() === "map" && callback !== undefined
      ? resultOf(followed(callback))
      : isReady(call)
        ? undefined
        : givenBack(call)
  return made === undefined ? call : (makingCall(made) ?? call)
}

/** Whether a call calls the library: what that makes is known by its type. */
const isReady = (call: CallExpression): boolean => {
  const { declaration } = calledBy(call)
  return declaration === undefined || isLibrary(declaration.getSourceFile())
}

const literalTexts = (types: Types, type: ts.Type, name: string): ReadonlyArray<string> => {
  const found = propertyType(types, type, name)
  const members = found === undefined ? [] : found.isUnion() ? found.types : [found]
  return members.flatMap((member) => (member.isStringLiteral() ? [member.value] : []))
}

const kindOf = (types: Types, type: ts.Type, factory: string | undefined): SourceStep["kind"] => {
  const kinds = literalTexts(types, type, "kind")
  if (kinds.length === 1) return kinds[0] as SourceStep["kind"]
  return factory === "globalStep" ? "global" : "step"
}

/** The rows that a step reads; several where one of them will do, none for a generator. */
export const needOf = (types: Types, type: ts.Type): ReadonlyArray<ts.Type> => {
  const reads = hiddenType(types, type, "need")
  const members = reads === undefined ? [] : reads.isUnion() ? reads.types : [reads]
  const rows = members.flatMap((member) =>
    member
      .getCallSignatures()
      .flatMap((signature) =>
        signature
          .getParameters()
          .map((row) => types.checker.getTypeOfSymbolAtLocation(row, types.at))
      )
  )
  const each = rows.slice(0, 1).flatMap((row) => (row.isUnion() ? row.types : [row]))
  return each.some((row) => types.checker.getPropertyOfType(row, "~generator") !== undefined)
    ? []
    : each
}

/** Models, by the option `llm` of the call. */
const modelsOf = (types: Types, call: CallExpression): ReadonlyArray<string> => {
  const [options] = call.getArguments()
  if (options === undefined) return []
  const llm = propertyType(types, types.checker.getTypeAtLocation(options.compilerNode), "llm")
  const members = llm === undefined ? [] : llm.isUnion() ? llm.types : [llm]
  return [
    ...new Set(members.flatMap((member) => literalTexts(types, present(types, member), "model")))
  ]
}
