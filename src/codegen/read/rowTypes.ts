import { ts } from "ts-morph"
/** What types of rows, steps and parameters say, read off the checker. */
import type * as hidden from "../../columns/hidden.ts"
import type { SourceColumn, SourceParameter } from "./SourceReport.ts"

/** Types, and the checker that knows them. */
export interface Types {
  readonly checker: ts.TypeChecker
  /** Where they are looked at. */
  readonly at: ts.Node
}

/** The type of a property; undefined where there is none, or it says nothing. */
export const propertyType = (
  { at, checker }: Types,
  type: ts.Type,
  name: string
): ts.Type | undefined => {
  const property = checker.getPropertyOfType(type, name)
  return property === undefined ? undefined : knownTypeOf({ at, checker }, property)
}

/** A property that types alone know: its key is a symbol of `columns/hidden.ts`. */
export const hiddenProperty = (
  checker: ts.TypeChecker,
  type: ts.Type,
  name: keyof typeof hidden
): ts.Symbol | undefined =>
  checker
    .getPropertiesOfType(type)
    .find(({ escapedName }) => String(escapedName).startsWith(`__@${name}@`))

/** The type of such a property. */
export const hiddenType = (
  types: Types,
  type: ts.Type,
  name: keyof typeof hidden
): ts.Type | undefined => {
  const property = hiddenProperty(types.checker, type, name)
  return property === undefined ? undefined : knownTypeOf(types, property)
}

const knownTypeOf = ({ at, checker }: Types, property: ts.Symbol): ts.Type | undefined => {
  const found = checker.getTypeOfSymbolAtLocation(property, at)
  return (found.flags & ts.TypeFlags.Any) === 0 ? found : undefined
}

/** The type of an optional property, without what stands for its absence. */
export const present = ({ checker }: Types, type: ts.Type): ts.Type =>
  checker.getNonNullableType(type)

export const textOf = ({ checker }: Types, type: ts.Type): string =>
  checker
    .typeToString(
      type,
      undefined,
      ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope
    )
    .replaceAll(/\breadonly (?=[\w(]+[^;]*\[\])/g, "")

/** The columns of a row type. Marks such as that of an open row are no columns. */
export const columnsOf = (types: Types, row: ts.Type | undefined): ReadonlyArray<SourceColumn> =>
  row === undefined || isUnknown(row)
    ? []
    : types.checker
        .getPropertiesOfType(row)
        .filter(({ name }) => !name.startsWith("~") && !name.startsWith("__@"))
        .map((symbol) => columnOf(types, symbol))

const columnOf = (types: Types, symbol: ts.Symbol): SourceColumn => {
  const type = types.checker.getTypeOfSymbolAtLocation(symbol, types.at)
  const optional = (symbol.flags & ts.SymbolFlags.Optional) !== 0
  return {
    name: symbol.name,
    type: textOf(types, optional ? withoutUndefined(types, type) : type),
    optional
  }
}

const isUnknown = ({ flags }: ts.Type): boolean =>
  (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never)) !== 0

/** An optional key's type: null is a value of it, undefined stands for its absence. */
const withoutUndefined = ({ checker }: Types, type: ts.Type): ts.Type => {
  if (!type.isUnion()) return type
  const kept = type.types.filter(({ flags }) => (flags & ts.TypeFlags.Undefined) === 0)
  if (kept.length === type.types.length || kept.length === 0) return type
  // The checker has no public way to make a union; the one without undefined and null will do where null is no member.
  return kept.some(({ flags }) => (flags & ts.TypeFlags.Null) !== 0)
    ? type
    : checker.getNonNullableType(type)
}

const deepest = 3

/** Parameters with their paths; those that are records of optional keys are gone into. */
export const parametersOf = (
  types: Types,
  type: ts.Type | undefined
): ReadonlyArray<SourceParameter> =>
  type === undefined || isUnknown(type) ? [] : parametersUnder(types, type, "", 0)

const parametersUnder = (
  types: Types,
  type: ts.Type,
  prefix: string,
  depth: number
): ReadonlyArray<SourceParameter> =>
  types.checker.getPropertiesOfType(type).flatMap((symbol): ReadonlyArray<SourceParameter> => {
    const column = columnOf(types, symbol)
    const name = prefix + column.name
    const inner = present(types, types.checker.getTypeOfSymbolAtLocation(symbol, types.at))
    if (depth < deepest && isRecord(types, inner))
      return parametersUnder(types, inner, `${name}.`, depth + 1)
    return [
      {
        ...column,
        name,
        about: ts
          .displayPartsToString(asDeclared(types, symbol).getDocumentationComment(types.checker))
          .split(/\n\s*\n/)[0]!
          .replaceAll("\n", " ")
      }
    ]
  })

/** A member of several types at once has the words of all of them: here are those of the first. */
const asDeclared = ({ checker }: Types, symbol: ts.Symbol): ts.Symbol => {
  const declared = symbol.getDeclarations()?.[0]
  return declared === undefined ||
    !(ts.isPropertySignature(declared) || ts.isPropertyAssignment(declared))
    ? symbol
    : (checker.getSymbolAtLocation(declared.name) ?? symbol)
}

/** Whether a type is a plain record of named keys, such as the parameters of a model. */
const isRecord = ({ checker }: Types, type: ts.Type): boolean => {
  const members = type.isUnion() ? type.types : [type]
  return members.every(
    (member) =>
      (member.flags & ts.TypeFlags.Object) !== 0 &&
      member.getCallSignatures().length === 0 &&
      !checker.isArrayType(member) &&
      !checker.isTupleType(member) &&
      member.getStringIndexType() === undefined &&
      checker.getPropertiesOfType(member).length > 0 &&
      checker
        .getPropertiesOfType(member)
        .every(({ flags }) => (flags & ts.SymbolFlags.Optional) !== 0)
  )
}

/** The texts that a string type stands for: its literals, or the pattern where it is none. */
export const textsOf = (types: Types, type: ts.Type | undefined): ReadonlyArray<string> => {
  if (type === undefined) return []
  const members = type.isUnion() ? type.types : [type]
  return members.map((member) =>
    member.isStringLiteral() ? member.value : textOf(types, member).replace(/^`(.*)`$/, "$1")
  )
}
