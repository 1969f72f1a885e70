/** Structured output: what a model is asked to keep to, and how its answer is read. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { parseExactly } from "../columns/exactJson.ts"
import type { JsonSchemaFormat } from "../llms/LLM.ts"

/** A schema as providers want it: no more keys than named, everything in one place. */
export const jsonSchemaOf = (schema: Schema.Constraint, name: string): JsonSchemaFormat => {
  const { definitions, schema: json } = Schema.toJsonSchemaDocument(schema, { onExcessProperty: "error", referencePolicy: () => undefined })
  const parts = Object.keys(definitions).length === 0 ? json : { ...json, $defs: definitions }
  return { name: name.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64), schema: parts }
}

/** Reads an answer as a value of the schema. Throws with what does not fit. */
export const readStructured = (schema: Schema.Constraint): (text: string) => unknown => {
  // As the JSON Schema says it: big integers and dates are texts.
  const decode = Schema.decodeUnknownResult(Schema.toCodecJson(schema as Schema.Codec<unknown>))
  return (text) => {
    let value: unknown
    try {
      value = parseExactly(text)
    } catch (thrown) {
      throw new Error(`the answer is no JSON: ${(thrown as Error).message}`, { cause: thrown })
    }
    const result = decode(value)
    if (Result.isSuccess(result)) return result.success
    throw new Error(`the answer does not fit the schema: ${result.failure.message}`)
  }
}
