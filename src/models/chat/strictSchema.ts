/**
 * Strict schemas: whether a JSON schema keeps the rules under which OpenAI and Mistral force an
 * answer to follow it.
 */

/** What strict mode does not know. */
const unknownKeywords = [
  "allOf",
  "oneOf",
  "not",
  "if",
  "then",
  "else",
  "dependentRequired",
  "dependentSchemas",
  "patternProperties",
  "propertyNames",
  "prefixItems",
  "contentEncoding"
]

/**
 * Whether each object names all of its keys, requires them and takes no others, with nothing that
 * strict mode does not know.
 */
export const keepsStrictRules = (schema: Readonly<Record<string, unknown>>): boolean =>
  schema["type"] === "object" && !("anyOf" in schema) && keepsRules(schema)

const keepsRules = (schema: unknown): boolean => {
  if (Array.isArray(schema)) return schema.every(keepsRules)
  if (typeof schema !== "object" || schema === null) return typeof schema !== "boolean"
  const rules = schema as Readonly<Record<string, unknown>>
  if (unknownKeywords.some((name) => name in rules)) return false
  if (Object.keys(rules).length === 0) return false
  const { $defs = {}, additionalProperties, anyOf = [], items, properties, required, type } = rules
  if (type === "object" || properties !== undefined) {
    const names = Object.keys(properties ?? {})
    if (
      additionalProperties !== false ||
      !names.every((name) => Array.isArray(required) && required.includes(name))
    )
      return false
  }
  return [
    ...Object.values(properties ?? {}),
    ...Object.values($defs as object),
    ...(anyOf as ReadonlyArray<unknown>),
    ...(items === undefined ? [] : [items])
  ].every(keepsRules)
}
