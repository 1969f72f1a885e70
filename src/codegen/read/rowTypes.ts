/** What types of rows, steps and parameters say, read off the checker. */
import type * as hidden from "../../columns/hidden.ts"
import type { Checker, Node, SourceSymbol, SourceType } from "../compilers/Compiler.ts"
import type { SourceColumn, SourceParameter } from "./SourceReport.ts"

/** Types, and the checker that knows them. */
export interface Types {
  readonly checker: Checker
  /** Where they are looked at. */
  readonly at: Node
}

/** The type of a property; undefined where there is none, or it says nothing. */
export const propertyType = (
  { at, checker }: Types,
  type: SourceType,
  name: string
): SourceType | undefined => {
  const property = checker.propertyOf(type, name)
  return property === undefined ? undefined : knownTypeOf({ at, checker }, property)
}

/** A property that types alone know: its key is a symbol of `columns/hidden.ts`. */
export const hiddenProperty = (
  checker: Checker,
  type: SourceType,
  name: keyof typeof hidden
): SourceSymbol | undefined =>
  checker.propertiesOf(type).find(({ escapedName }) => escapedName.startsWith(`__@${name}@`))

/** The type of such a property. */
export const hiddenType = (
  types: Types,
  type: SourceType,
  name: keyof typeof hidden
): SourceType | undefined => {
  const property = hiddenProperty(types.checker, type, name)
  return property === undefined ? undefined : knownTypeOf(types, property)
}

const knownTypeOf = ({ at, checker }: Types, property: SourceSymbol): SourceType | undefined => {
  const found = checker.typeOf(property, at)
  return checker.is(found, "any") ? undefined : found
}

/** The type of an optional property, without what stands for its absence. */
export const present = ({ checker }: Types, type: SourceType): SourceType => checker.present(type)

export const textOf = ({ checker }: Types, type: SourceType): string =>
  checker.textOf(type).replaceAll(/\breadonly (?=[\w(]+[^;]*\[\])/g, "")

/** The columns of a row type. Marks such as that of an open row are no columns. */
export const columnsOf = (types: Types, row: SourceType | undefined): ReadonlyArray<SourceColumn> =>
  row === undefined || isUnknown(types, row)
    ? []
    : types.checker
        .propertiesOf(row)
        .filter(({ name }) => !name.startsWith("~") && !name.startsWith("__@"))
        .map((symbol) => columnOf(types, symbol))

const columnOf = (types: Types, symbol: SourceSymbol): SourceColumn => {
  const type = types.checker.typeOf(symbol, types.at)
  const optional = types.checker.isOptional(symbol)
  return {
    name: symbol.name,
    type: textOf(types, optional ? withoutUndefined(types, type) : type),
    optional
  }
}

const isUnknown = ({ checker }: Types, type: SourceType): boolean =>
  (["any", "unknown", "never"] as const).some((kind) => checker.is(type, kind))

/** An optional key's type: null is a value of it, undefined stands for its absence. */
const withoutUndefined = ({ checker }: Types, type: SourceType): SourceType => {
  const members = checker.membersOf(type)
  const kept = members.filter((member) => !checker.is(member, "undefined"))
  if (kept.length === members.length || kept.length === 0) return type
  // No checker has a public way to make a union; the one without undefined and null will do where null is no member.
  return kept.some((member) => checker.is(member, "null")) ? type : checker.present(type)
}

const deepest = 3

/** Parameters with their paths; those that are records of optional keys are gone into. */
export const parametersOf = (
  types: Types,
  type: SourceType | undefined
): ReadonlyArray<SourceParameter> =>
  type === undefined || isUnknown(types, type) ? [] : parametersUnder(types, type, "", 0)

const parametersUnder = (
  types: Types,
  type: SourceType,
  prefix: string,
  depth: number
): ReadonlyArray<SourceParameter> =>
  types.checker.propertiesOf(type).flatMap((symbol): ReadonlyArray<SourceParameter> => {
    const column = columnOf(types, symbol)
    const name = prefix + column.name
    const inner = present(types, types.checker.typeOf(symbol, types.at))
    if (depth < deepest && isRecord(types, inner))
      return parametersUnder(types, inner, `${name}.`, depth + 1)
    return [
      {
        ...column,
        name,
        about: types.checker
          .documentationOf(symbol)
          .split(/\n\s*\n/)[0]!
          .replaceAll("\n", " ")
      }
    ]
  })

/** Whether a type is a plain record of named keys, such as the parameters of a model. */
const isRecord = ({ checker }: Types, type: SourceType): boolean => {
  const isKeyed = (member: SourceType): boolean =>
    checker.is(member, "object") &&
    !checker.isCalled(member) &&
    !checker.isList(member) &&
    checker.indexed(member, "string") === undefined &&
    checker.propertiesOf(member).length > 0 &&
    checker.propertiesOf(member).every(checker.isOptional)
  return checker.membersOf(type).every(isKeyed)
}

// The compilers bring the members of a union in different orders.
const { compare } = new Intl.Collator("en", { numeric: true })

/**
 * The texts that a string type stands for, in alphabetical order: its literals, or the pattern
 * where it is none.
 */
export const textsOf = (types: Types, type: SourceType | undefined): ReadonlyArray<string> =>
  type === undefined
    ? []
    : types.checker
        .membersOf(type)
        .map(
          (member) =>
            types.checker.literalOf(member) ?? textOf(types, member).replace(/^`(.*)`$/, "$1")
        )
        .toSorted(compare)
