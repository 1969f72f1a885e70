/**
 * Schema shapes: JSON schemas with references followed, `allOf` merged and dialects (OpenAPI's
 * `nullable`, upper-case types) evened out.
 */
import type { JsonSchema } from "../../models/simulated/Question.ts"
import { isObject } from "../../models/simulated/Wire.ts"

/** Follows a JSON pointer such as `#/$defs/Step` within the document; undefined if it leads nowhere. */
const follow = (root: JsonSchema, reference: string): unknown => {
  if (!reference.startsWith("#")) return undefined
  let place: unknown = root
  for (const part of reference.slice(1).split("/").slice(1)) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")
    place = Array.isArray(place) ? place[Number(key)] : isObject(place) ? place[key] : undefined
  }
  return place
}

const tightest: Readonly<Record<string, (left: number, right: number) => number>> = {
  minimum: Math.max,
  exclusiveMinimum: Math.max,
  minLength: Math.max,
  minItems: Math.max,
  minProperties: Math.max,
  maximum: Math.min,
  exclusiveMaximum: Math.min,
  maxLength: Math.min,
  maxItems: Math.min,
  maxProperties: Math.min
}

/** Merges two schemas into one that satisfies both, as far as answers need it. */
export const merge = (left: JsonSchema, right: JsonSchema): JsonSchema => {
  const merged: Record<string, unknown> = { ...left }
  for (const [key, value] of Object.entries(right)) {
    const before = merged[key]
    const tighter = tightest[key]
    if (before === undefined) merged[key] = value
    else if (tighter !== undefined) merged[key] = tighter(Number(before), Number(value))
    else if (key === "required" && Array.isArray(before) && Array.isArray(value))
      merged[key] = [...new Set([...before, ...value])]
    else if ((key === "enum" || key === "type") && Array.isArray(before) && Array.isArray(value)) {
      merged[key] = before.filter((item) => value.includes(item))
    } else if (key === "type" && before === "number") merged[key] = value
    else if (key === "type" && value === "number") merged[key] = before
    else if (key === "properties" && isObject(before) && isObject(value)) {
      const properties: Record<string, unknown> = { ...before }
      for (const [name, schema] of Object.entries(value)) {
        properties[name] = name in properties ? { allOf: [properties[name], schema] } : schema
      }
      merged[key] = properties
    } else if (
      (key === "items" || key === "additionalProperties") &&
      isObject(before) &&
      isObject(value)
    ) {
      merged[key] = { allOf: [before, value] }
    } else if (key === "anyOf" && Array.isArray(before) && Array.isArray(value)) {
      merged[key] = before.flatMap((one: unknown) =>
        value.map((other: unknown) => ({ allOf: [one, other] }))
      )
    } else merged[key] = value
  }
  return merged
}

const maxReferences = 50

/** Gives a schema without `$ref`, `allOf` and dialects at its top; what it nests is left as it is. */
export const shapeOf = (schema: unknown, root: JsonSchema, references = 0): JsonSchema => {
  if (!isObject(schema)) return {}
  if (
    schema["$ref"] === undefined &&
    schema["allOf"] === undefined &&
    schema["nullable"] === undefined &&
    schema["oneOf"] === undefined
  ) {
    return schema
  }
  const { $ref, allOf, oneOf, nullable, ...own } = schema
  let shape: JsonSchema = own
  if (typeof $ref === "string" && references < maxReferences)
    shape = merge(shape, shapeOf(follow(root, $ref), root, references + 1))
  if (Array.isArray(allOf))
    for (const part of allOf) shape = merge(shape, shapeOf(part, root, references + 1))
  if (Array.isArray(oneOf)) shape = merge(shape, { anyOf: oneOf })
  return nullable === true ? { anyOf: [shape, { type: "null" }] } : shape
}

/** The types a shape allows, in lower case; empty if it does not say. */
export const typesOf = (shape: JsonSchema): ReadonlyArray<string> => {
  const { type } = shape
  if (typeof type === "string") return [type.toLowerCase()]
  if (Array.isArray(type)) return type.map((one) => String(one).toLowerCase())
  if (
    isObject(shape["properties"]) ||
    Array.isArray(shape["required"]) ||
    isObject(shape["additionalProperties"])
  )
    return ["object"]
  if (shape["items"] !== undefined || Array.isArray(shape["prefixItems"])) return ["array"]
  return []
}

/**
 * Deeper than this counts as endless: merged schemas are new objects each time, which no list of
 * those seen would find again.
 */
const deepest = 16

/**
 * How deep the smallest value of a schema nests; infinite for a schema that always contains itself.
 * Tells the way out of a recursive schema.
 */
export const leastDepth = (
  schema: unknown,
  root: JsonSchema,
  above: ReadonlyArray<unknown> = []
): number => {
  if (above.includes(schema) || above.length > deepest) return Infinity
  const shape = shapeOf(schema, root)
  if ("const" in shape || Array.isArray(shape["enum"])) return 0
  const path = [...above, schema]
  const depthOf = (inner: unknown): number => leastDepth(inner, root, path)
  if (Array.isArray(shape["anyOf"])) return Math.min(...shape["anyOf"].map(depthOf))
  const types = typesOf(shape)
  if (types.length === 0 || types.some((type) => type !== "object" && type !== "array")) return 0
  const depths: Array<number> = []
  if (types.includes("array")) {
    const fixed = Array.isArray(shape["prefixItems"]) ? shape["prefixItems"].map(depthOf) : []
    const items = Number(shape["minItems"] ?? 0) > fixed.length ? [depthOf(shape["items"])] : []
    depths.push(1 + Math.max(0, ...fixed, ...items))
  }
  if (types.includes("object")) {
    const properties = isObject(shape["properties"]) ? shape["properties"] : {}
    const required = Array.isArray(shape["required"]) ? shape["required"] : []
    depths.push(1 + Math.max(0, ...required.map((name) => depthOf(properties[String(name)]))))
  }
  return Math.min(...depths)
}
