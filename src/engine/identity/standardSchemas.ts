/**
 * Standard Schemas as part of a step: what JSON Schema says of them, and the functions of the
 * user's that they check and change values with. The objects that a library makes of them hold much
 * more, which its version stands for.
 */
import { types } from "node:util"
import type { StandardSchemaV1 } from "@standard-schema/spec"
import { isStandard, jsonOf } from "../../columns/standard.ts"

/** What there is to know of a schema; undefined where only its library knows. */
export interface KnownSchema {
  readonly text: string
  /** All functions in it, of its library too. */
  readonly functions: ReadonlyArray<Function>
}

export const isStandardSchema = (value: object): value is StandardSchemaV1 =>
  !types.isProxy(value) && "~standard" in value && isStandard(value as StandardSchemaV1)

export const knownSchema = (schema: StandardSchemaV1): KnownSchema | undefined => {
  // A transformation has no word in JSON Schema for what it gives, but is a function that is seen.
  const input = jsonOf(schema, "input", () => undefined)
  if (input === undefined) return undefined
  const { vendor } = schema["~standard"]
  return {
    text: JSON.stringify([vendor, input, jsonOf(schema, "output", (why) => why)]),
    functions: functionsIn(schema)
  }
}

/**
 * Parts near the schema are looked at first: beyond so many, it is the library's own registry that
 * is walked.
 */
const most = 10_000

const functionsIn = (schema: object): ReadonlyArray<Function> => {
  const found = new Set<object>([schema])
  for (const part of found) {
    if (found.size > most) break
    for (const key of Reflect.ownKeys(part)) {
      if (key === "~standard" || (typeof part === "function" && key === "prototype")) continue
      const value = valueAt(part, key)
      if (
        ((typeof value === "object" && value !== null) || typeof value === "function") &&
        !types.isProxy(value)
      )
        found.add(value)
    }
  }
  return [...found].filter((part) => typeof part === "function")
}

/** Libraries work out parts of their schemas when they are asked for. */
const valueAt = (part: object, key: PropertyKey): unknown => {
  try {
    return (part as Readonly<Record<PropertyKey, unknown>>)[key]
  } catch {
    return undefined
  }
}
