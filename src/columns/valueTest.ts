/**
 * Tests of values: whether a value is one of a schema's. Each schema is compiled once; a value of a
 * simple type costs a `typeof`, and effect's own parser decides about the rest. NaN is no number
 * here: code that returns it has failed at what it was to compute.
 */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

export type ValueTest = (value: unknown) => boolean

export const valueTest = (schema: Schema.Constraint): ValueTest =>
  testOf(SchemaAST.toType(schema.ast))

const testOf = (ast: SchemaAST.AST): ValueTest => {
  if (ast.checks !== undefined) {
    const plain = plainTest(ast)
    const parsed = parserTest(ast)
    return plain === undefined ? parsed : (value) => plain(value) && parsed(value)
  }
  return plainTest(ast) ?? parserTest(ast)
}

const isNumber: ValueTest = (value) => typeof value === "number" && !Number.isNaN(value)

/** The test of a type without its checks; undefined where only effect's parser knows. */
const plainTest = (ast: SchemaAST.AST): ValueTest | undefined => {
  if (SchemaAST.isString(ast)) return (value) => typeof value === "string"
  if (SchemaAST.isNumber(ast)) return isNumber
  if (SchemaAST.isBoolean(ast)) return (value) => typeof value === "boolean"
  if (SchemaAST.isBigInt(ast)) return (value) => typeof value === "bigint"
  if (SchemaAST.isNull(ast)) return (value) => value === null
  if (SchemaAST.isAny(ast) || SchemaAST.isUnknown(ast)) return () => true
  if (SchemaAST.isLiteral(ast)) return (value) => value === ast.literal
  if (SchemaAST.isUnion(ast)) {
    const tests = ast.types.map(testOf)
    return (value) => tests.some((test) => test(value))
  }
  if (SchemaAST.isArrays(ast) && ast.elements.length === 0 && ast.rest.length === 1) {
    const test = testOf(ast.rest[0]!)
    return (value) => Array.isArray(value) && value.every((each) => test(each))
  }
  if (SchemaAST.isObjects(ast) && ast.indexSignatures.length === 0) {
    const properties = ast.propertySignatures.map(({ name, type }) => ({
      name,
      optional: SchemaAST.isOptional(type),
      test: testOf(type)
    }))
    return (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      properties.every(({ name, optional, test }) => {
        const held = (value as Record<PropertyKey, unknown>)[name]
        return (optional && !(name in value)) || test(held)
      })
  }
  return undefined
}

const parserTest = (ast: SchemaAST.AST): ValueTest =>
  Schema.is(Schema.make<Schema.Codec<unknown>>(ast))
