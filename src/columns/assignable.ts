/**
 * Whether values of one column type can be read as another: the run-time twin of `extends` in the
 * compiler's check.
 */
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/**
 * True if every value of `have` is also one of `want`. Types that cannot be compared (own
 * declarations) count as equal if they are the same or carry the same name.
 */
export const assignable = (have: Schema.Constraint, want: Schema.Constraint): boolean =>
  fits(SchemaAST.toType(have.ast), SchemaAST.toType(want.ast), 0)

// Recursive schemas are compared this deep and taken to fit beyond.
const deepest = 12

const fits = (have: SchemaAST.AST, want: SchemaAST.AST, depth: number): boolean => {
  if (have === want || depth > deepest) return true
  if (SchemaAST.isSuspend(have)) return fits(have.thunk(), want, depth + 1)
  if (SchemaAST.isSuspend(want)) return fits(have, want.thunk(), depth + 1)
  if (
    SchemaAST.isUnknown(want) ||
    SchemaAST.isAny(want) ||
    SchemaAST.isNever(have) ||
    SchemaAST.isAny(have)
  )
    return true
  if (SchemaAST.isUnion(have)) return have.types.every((type) => fits(type, want, depth + 1))
  if (SchemaAST.isEnum(have))
    return have.enums.every(([, value]) => fits(new SchemaAST.Literal(value), want, depth + 1))
  if (SchemaAST.isBoolean(have) && SchemaAST.isUnion(want)) {
    return (
      want.types.some((type) => SchemaAST.isBoolean(type)) ||
      [true, false].every((value) => fits(new SchemaAST.Literal(value), want, depth + 1))
    )
  }
  if (SchemaAST.isUnion(want)) return want.types.some((type) => fits(have, type, depth + 1))
  if (SchemaAST.isEnum(want))
    return SchemaAST.isLiteral(have) && want.enums.some(([, value]) => value === have.literal)
  if (SchemaAST.isLiteral(have)) return literalFits(have.literal, want)
  if (SchemaAST.isTemplateLiteral(have)) return SchemaAST.isString(want)
  if (SchemaAST.isObjectKeyword(want))
    return SchemaAST.isObjects(have) || SchemaAST.isArrays(have) || SchemaAST.isDeclaration(have)
  if (SchemaAST.isArrays(have) && SchemaAST.isArrays(want)) return arraysFit(have, want, depth + 1)
  if (SchemaAST.isObjects(have) && SchemaAST.isObjects(want))
    return objectsFit(have, want, depth + 1)
  if (SchemaAST.isDeclaration(have) && SchemaAST.isDeclaration(want))
    return sameDeclaration(have, want)
  return have._tag === want._tag
}

const literalFits = (literal: SchemaAST.LiteralValue, want: SchemaAST.AST): boolean =>
  SchemaAST.isLiteral(want) ? want.literal === literal : want._tag.toLowerCase() === typeof literal

const arraysFit = (have: SchemaAST.Arrays, want: SchemaAST.Arrays, depth: number): boolean => {
  const [wantRest] = want.rest
  const [haveRest] = have.rest
  if (have.elements.length < want.elements.length) return false
  const elementsFit = have.elements.every((element, i) => {
    const wanted = want.elements[i] ?? wantRest
    return wanted !== undefined && fits(element, wanted, depth)
  })
  return (
    elementsFit &&
    (haveRest === undefined || (wantRest !== undefined && fits(haveRest, wantRest, depth)))
  )
}

const objectsFit = (have: SchemaAST.Objects, want: SchemaAST.Objects, depth: number): boolean => {
  const propertiesFit = want.propertySignatures.every(({ name, type }) => {
    const given = have.propertySignatures.find((property) => property.name === name)
    // A key that may be absent may be there under an index signature, with its type.
    if (given === undefined)
      return (
        SchemaAST.isOptional(type) &&
        have.indexSignatures.every((index) => fits(index.type, type, depth))
      )
    return (
      (SchemaAST.isOptional(type) || !SchemaAST.isOptional(given.type)) &&
      fits(given.type, type, depth)
    )
  })
  const indexesFit = want.indexSignatures.every(({ type }) =>
    [...have.propertySignatures, ...have.indexSignatures].every((given) =>
      fits(given.type, type, depth)
    )
  )
  return propertiesFit && indexesFit
}

const sameDeclaration = (have: SchemaAST.Declaration, want: SchemaAST.Declaration): boolean =>
  have.run === want.run || SchemaAST.resolveIdentifier(have) === SchemaAST.resolveIdentifier(want)
