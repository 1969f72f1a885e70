/**
 * A small JSON schema validator, written apart from the generator so that a mistake in the one is
 * not repeated in the other.
 */

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value

const hasType = (value: unknown, type: string): boolean =>
  type === typeOf(value) || (type === "integer" && Number.isInteger(value))

const formats: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d\d-\d\d$/,
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  email: /^[^@\s]+@[^@\s]+\.[a-z]+$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  uri: /^https?:\/\/\S+$/
}

/** Says everywhere a value breaks a schema; an empty list means that it is valid. */
export const problemsOf = (
  value: unknown,
  schema: unknown,
  root: Fields,
  path = "$"
): ReadonlyArray<string> => {
  if (schema === true) return []
  if (schema === false || !isFields(schema)) return [`${path}: nothing is allowed here`]
  const problems: Array<string> = []
  const check = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(`${path}: ${problem} (${JSON.stringify(value)})`)
  }
  const number = (key: string): number | undefined => schema[key] as number | undefined

  if (typeof schema["$ref"] === "string") {
    const target =
      schema["$ref"] === "#"
        ? root
        : (root["$defs"] as Fields)[schema["$ref"].replace("#/$defs/", "")]
    problems.push(...problemsOf(value, target, root, path))
  }
  if (schema["type"] !== undefined) {
    const types = Array.isArray(schema["type"])
      ? schema["type"].map(String)
      : [String(schema["type"])]
    check(
      types.some((type) => hasType(value, type)),
      `is no ${types.join(" or ")}`
    )
  }
  if ("const" in schema)
    check(JSON.stringify(value) === JSON.stringify(schema["const"]), "is not the constant")
  if (Array.isArray(schema["enum"]))
    check(
      schema["enum"].some((one) => JSON.stringify(one) === JSON.stringify(value)),
      "is not in the enum"
    )
  if (Array.isArray(schema["anyOf"]))
    check(
      schema["anyOf"].some((one) => problemsOf(value, one, root, path).length === 0),
      "fits no branch"
    )
  if (Array.isArray(schema["allOf"]))
    for (const one of schema["allOf"]) problems.push(...problemsOf(value, one, root, path))

  if (typeof value === "string") {
    check(value.length >= (number("minLength") ?? 0), "is too short")
    check(value.length <= (number("maxLength") ?? Infinity), "is too long")
    if (typeof schema["pattern"] === "string")
      check(new RegExp(schema["pattern"], "u").test(value), "does not match")
    const format = formats[String(schema["format"])]
    if (format !== undefined) check(format.test(value), `is no ${String(schema["format"])}`)
  }
  if (typeof value === "number") {
    check(value >= (number("minimum") ?? -Infinity), "is below the minimum")
    check(value <= (number("maximum") ?? Infinity), "is above the maximum")
    check(value > (number("exclusiveMinimum") ?? -Infinity), "is not above the minimum")
    check(value < (number("exclusiveMaximum") ?? Infinity), "is not below the maximum")
    const unit = number("multipleOf")
    if (unit !== undefined)
      check(Math.abs(value / unit - Math.round(value / unit)) < 1e-9, "is no multiple")
  }
  if (Array.isArray(value)) {
    check(value.length >= (number("minItems") ?? 0), "has too few items")
    check(value.length <= (number("maxItems") ?? Infinity), "has too many items")
    if (schema["uniqueItems"] === true)
      check(
        new Set(value.map((item) => JSON.stringify(item))).size === value.length,
        "has items twice"
      )
    const tuple = Array.isArray(schema["prefixItems"]) ? schema["prefixItems"] : []
    for (const [index, item] of value.entries()) {
      problems.push(
        ...problemsOf(item, tuple[index] ?? schema["items"] ?? true, root, `${path}[${index}]`)
      )
    }
  }
  if (isFields(value)) {
    const names = Object.keys(value)
    const properties = isFields(schema["properties"]) ? schema["properties"] : {}
    check(names.length >= (number("minProperties") ?? 0), "has too few properties")
    for (const name of (schema["required"] as ReadonlyArray<string> | undefined) ?? [])
      check(Object.hasOwn(value, name), `lacks ${name}`)
    for (const name of names) {
      const inner = Object.hasOwn(properties, name)
        ? properties[name]
        : (schema["additionalProperties"] ?? true)
      problems.push(...problemsOf(value[name], inner, root, `${path}.${name}`))
    }
  }
  return problems
}
