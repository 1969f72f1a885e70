/** Structured output: what a model is asked to keep to, and how its answer is read. */
import type { StandardSchemaV1 } from "@standard-schema/spec"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import type { ColumnSchema } from "../../columns/Columns.ts"
import { isStandard, jsonOf, validated } from "../../columns/standard.ts"
import type { JsonSchemaFormat } from "./formats.ts"
import { jsonIn } from "./jsonIn.ts"

/**
 * A schema as providers want it: no more keys than named, everything in one place, numbers as JSON
 * has them.
 */
export const jsonSchemaOf = (schema: ColumnSchema, name: string): JsonSchemaFormat => ({
  name: name.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64),
  schema: plainNumbers(
    isStandard(schema) ? closed(standardJson(schema, name)) : effectJson(schema)
  ) as Readonly<Record<string, unknown>>
})

const effectJson = (schema: Schema.Constraint): object => {
  const { definitions, schema: json } = Schema.toJsonSchemaDocument(schema, {
    onExcessProperty: "error",
    referencePolicy: () => undefined
  })
  return Object.keys(definitions).length === 0 ? json : { ...json, $defs: definitions }
}

const standardJson = (schema: StandardSchemaV1, name: string): object => {
  const { $schema: _, ...json } = jsonOf(schema, "input", (why) => {
    throw new RangeError(
      why === undefined
        ? `The structured output of '${name}' has no JSON Schema, which the model is asked to keep to. Schemas of zod (from 4.2) and arktype bring it along; for one of valibot give toStandardJsonSchema(schema) of @valibot/to-json-schema.`
        : `The structured output of '${name}' cannot be written as JSON Schema: ${why}. Describe the answer with types that JSON has, and make other values of them in a transformation.`
    )
  })
  return json
}

/** Objects that say nothing of other keys get none, as strict modes of providers want it. */
const closed = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(closed)
  if (typeof json !== "object" || json === null) return json
  const parts = Object.fromEntries(Object.entries(json).map(([key, part]) => [key, closed(part)]))
  return parts["type"] === "object" && "properties" in parts && !("additionalProperties" in parts)
    ? { ...parts, additionalProperties: false }
    : parts
}

/**
 * The schema without the texts for numbers that JSON has not, which strict modes refuse and no
 * model is to answer.
 */
const plainNumbers = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(plainNumbers)
  if (typeof json !== "object" || json === null) return json
  const { anyOf, ...rest } = Object.fromEntries(
    Object.entries(json).map(([key, part]) => [key, plainNumbers(part)])
  )
  if (!Array.isArray(anyOf)) return anyOf === undefined ? rest : { ...rest, anyOf }
  const kept = anyOf.filter((part) => JSON.stringify(part) !== oddNumbers)
  return kept.length === 1 ? { ...(kept[0] as object), ...rest } : { ...rest, anyOf: kept }
}

const oddNumbers = JSON.stringify({ type: "string", enum: ["Infinity", "-Infinity", "NaN"] })

/**
 * Reads an answer as a value of the schema: dates, big integers and the like from what JSON has for
 * them. Throws with what does not fit.
 *
 * A schema with a part that JSON cannot hold is refused here, before anything is asked; `owner` is
 * who wants it.
 */
export const readStructured = (
  schema: ColumnSchema,
  owner: string
): ((text: string | null) => unknown) => {
  const decode = isStandard(schema) ? standardDecoder(schema) : effectDecoder(schema, owner)
  return (text) => {
    if (text === null) throw new Error("the model gave no text")
    const values = jsonIn(text)
    const results = values.map(({ value }) => decode(value))
    const fitting = results.find(Result.isSuccess)
    if (fitting !== undefined) return fitting.success
    const longest = values.reduce(
      (best, { length }, i) => (length > values[best]!.length ? i : best),
      0
    )
    const big = bigIntegerIn(values[longest]!.value, text)
    throw new Error(
      `the answer does not fit the schema: ${big === undefined ? (results[longest] as Result.Failure<unknown, string>).failure : `${big} is more than a number holds exactly. Declare such an integer as Schema.BigInt, or as Schema.String for its digits`}`
    )
  }
}

/**
 * An integer of the answer that no number holds, which was read as its digits, with the path to it;
 * undefined if there is none.
 */
const bigIntegerIn = (value: unknown, answer: string, path = ""): string | undefined => {
  if (typeof value === "string" && /^-?\d{16,}$/.test(value) && !answer.includes(`"${value}"`))
    return `${path === "" ? "it" : `'${path}'`}, ${value},`
  if (typeof value !== "object" || value === null) return undefined
  return Object.entries(value)
    .map(([key, held]) => bigIntegerIn(held, answer, path === "" ? key : `${path}.${key}`))
    .find((found) => found !== undefined)
}

/** A value of the schema, or what does not fit. */
type Decode = (value: unknown) => Result.Result<unknown, string>

const standardDecoder =
  (schema: StandardSchemaV1): Decode =>
  (value) => {
    const result = validated(schema, value)
    return result.issues === undefined
      ? Result.succeed(result.value)
      : Result.fail(
          result.issues
            .map(
              ({ message, path }) => `${message}${path.length === 0 ? "" : ` at ${path.join(".")}`}`
            )
            .join("; ")
        )
  }

const effectDecoder = (schema: Schema.Constraint, owner: string): Decode => {
  const codec = Schema.toCodecJson(schema as Schema.Codec<unknown>)
  const unreadable = unreadableIn(AST.toEncoded(schema.ast), [])
  if (unreadable !== undefined) {
    const where = unreadable === "" ? "" : ` of '${unreadable}'`
    throw new RangeError(
      `The structured output of ${owner} cannot be read from JSON: the schema${where} has no codec. Give one that JSON can hold, such as Schema.String, or a schema that decodes from it.`
    )
  }
  const decode = Schema.decodeUnknownResult(codec)
  return (value) => Result.mapError(decode(value), ({ message }) => message)
}

/** The path to a part that JSON cannot hold; undefined if there is none. */
const unreadableIn = (ast: AST.AST, seen: ReadonlyArray<AST.AST>): string | undefined => {
  if (seen.includes(ast)) return undefined
  if (
    AST.isDeclaration(ast) &&
    ast.annotations?.["toCodecJson"] === undefined &&
    ast.annotations?.["toCodec"] === undefined
  )
    return ""
  const within = (part: AST.AST, name: string): string | undefined => {
    const found = unreadableIn(part, [...seen, ast])
    return found === undefined ? undefined : [name, found].filter((each) => each !== "").join(".")
  }
  return partsOf(ast)
    .map(([name, part]) => within(part, name))
    .find((found) => found !== undefined)
}

const partsOf = (ast: AST.AST): ReadonlyArray<readonly [name: string, part: AST.AST]> => {
  if (AST.isObjects(ast))
    return [
      ...ast.propertySignatures.map(({ name, type }) => [String(name), type] as const),
      ...ast.indexSignatures.map(({ type }) => ["", type] as const)
    ]
  if (AST.isArrays(ast)) return [...ast.elements, ...ast.rest].map((part) => ["", part] as const)
  if (AST.isDeclaration(ast)) return ast.typeParameters.map((part) => ["", part] as const)
  if (AST.isUnion(ast)) return ast.types.map((part) => ["", part] as const)
  return []
}
