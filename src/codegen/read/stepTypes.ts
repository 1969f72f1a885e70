/**
 * Steps by the expressions that stand for them: their types say what they read, and the call that
 * makes them what they are.
 */
import type { CallExpression, Compiler, Node, SourceType } from "../compilers/Compiler.ts"
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
import { isLibrary } from "./SourceProject.ts"
import type { SourceColumn, SourceParameter, SourcePlace, SourceStep } from "./SourceReport.ts"
import { placeOf } from "./walkNodes.ts"

/** What an expression says of a step, or of several that are made in one place. */
export interface StepSource {
  readonly names: ReadonlyArray<string>
  readonly type: string
  readonly kind: SourceStep["kind"]
  readonly models: ReadonlyArray<string>
  /** How many are made of it: several where `map` makes one for each member of a list. */
  readonly times: number | "several"
  readonly place: SourcePlace
  readonly reads: ReadonlyArray<SourceColumn>
  readonly oneOf: ReadonlyArray<ReadonlyArray<SourceColumn>>
  readonly parameters: ReadonlyArray<SourceParameter>
}

/** The step that an expression stands for, whose type may be that of a list's members. */
export const stepSource = (compiler: Compiler, expression: Node, type: SourceType): StepSource => {
  const types: Types = { checker: compiler.checker, at: expression }
  const { call, times } = making(compiler, expression)
  const factory = call === undefined ? undefined : calledBy(compiler, call).name
  const need = needOf(types, type)
  const [type0 = ""] = literalTexts(types, type, "type")
  return {
    names: textsOf(types, propertyType(types, type, "name")),
    type: type0 === "" ? (factory ?? "step") : type0,
    kind: kindOf(types, type, factory),
    models: call === undefined ? [] : modelsOf(types, call),
    times,
    place: placeOf(call ?? expression),
    ...(need.length > 1
      ? { reads: [], oneOf: need.map((row) => columnsOf(types, row)) }
      : { reads: columnsOf(types, need[0]), oneOf: [] }),
    parameters: parametersOf(types, parametersType(types, type))
  }
}

/** The parameters of a step, as its type has them. */
export const parametersType = (types: Types, type: SourceType): SourceType | undefined => {
  const facts = hiddenType(types, type, "facts")
  return facts === undefined ? undefined : propertyType(types, facts, "parameters")
}

interface Making {
  readonly call: CallExpression | undefined
  readonly times: number | "several"
}

/**
 * The call that makes the step: of a ready step or `step` and the like, also where own functions or
 * `map` lie between.
 */
const making = (compiler: Compiler, expression: Node): Making => {
  const { is } = compiler
  const call = followed(compiler, expression)
  if (!is.isCallExpression(call)) return { call: undefined, times: 1 }
  const callee = call.expression
  const [callback] = call.arguments
  if (
    is.isPropertyAccessExpression(callee) &&
    callee.name.text === "map" &&
    callback !== undefined
  ) {
    const each = resultOf(is, followed(compiler, callback))
    const times = lengthOf(compiler, callee.expression)
    if (each === undefined) return { call, times }
    const made = making(compiler, each)
    return {
      call: made.call ?? call,
      times: made.times === "several" || times === "several" ? "several" : made.times * times
    }
  }
  const result = isReady(compiler, call) ? undefined : givenBack(compiler, call)
  const made = result === undefined ? undefined : making(compiler, result)
  return { call: made?.call ?? call, times: made?.times ?? 1 }
}

/** How many members a list has, where its source or its type tells. */
const lengthOf = (compiler: Compiler, expression: Node): number | "several" => {
  const { checker, is } = compiler
  const list = followed(compiler, expression)
  if (is.isArrayLiteralExpression(list) && !list.elements.some(is.isSpreadElement))
    return list.elements.length
  return checker.tupleOf(checker.typeAt(expression))?.length ?? "several"
}

/** Whether a call calls the library: what that makes is known by its type. */
const isReady = (compiler: Compiler, call: CallExpression): boolean => {
  const { declaration } = calledBy(compiler, call)
  return declaration === undefined || isLibrary(declaration.file)
}

const literalTexts = (types: Types, type: SourceType, name: string): ReadonlyArray<string> => {
  const found = propertyType(types, type, name)
  const members = found === undefined ? [] : types.checker.membersOf(found)
  return members.flatMap((member) => types.checker.literalOf(member) ?? [])
}

const kindOf = (
  types: Types,
  type: SourceType,
  factory: string | undefined
): SourceStep["kind"] => {
  const kinds = literalTexts(types, type, "kind")
  if (kinds.length === 1) return kinds[0] as SourceStep["kind"]
  return factory === "globalStep" ? "global" : "step"
}

/** The rows that a step reads; several where one of them will do, none for a generator. */
export const needOf = (types: Types, type: SourceType): ReadonlyArray<SourceType> => {
  const { checker } = types
  const reads = hiddenType(types, type, "need")
  const rows = reads === undefined ? [] : checker.membersOf(reads).flatMap(checker.parametersOf)
  const each = rows.slice(0, 1).flatMap((row) => checker.membersOf(checker.typeOf(row, types.at)))
  return each.some((row) => checker.propertyOf(row, "~generator") !== undefined) ? [] : each
}

/** Models, by the option `llm` of the call. */
const modelsOf = (types: Types, call: CallExpression): ReadonlyArray<string> => {
  const [options] = call.arguments
  if (options === undefined) return []
  const llm = propertyType(types, types.checker.typeAt(options), "llm")
  const members = llm === undefined ? [] : types.checker.membersOf(llm)
  return [
    ...new Set(members.flatMap((member) => literalTexts(types, present(types, member), "model")))
  ]
}
