/**
 * Schema answers: values that satisfy a JSON schema. Understands types, enums, constants, `anyOf`,
 * `oneOf`, `allOf`, `$ref`, tuples, bounds, lengths, patterns and recursion; not understood, and so
 * ignored, are `not`, `if`, `contains` and the like.
 */
import type { JsonSchema } from "../../models/simulated/Question.ts"
import { isObject } from "../../models/simulated/Wire.ts"
import type { Dice } from "./Dice.ts"
import { filledIn } from "./FormAnswer.ts"
import { numberFor } from "./SchemaNumber.ts"
import { leastDepth, merge, shapeOf, typesOf } from "./SchemaShape.ts"
import { stringFor } from "./SchemaText.ts"
import type { Topic } from "./Topic.ts"

/**
 * Past this depth, or this many values, only what has to be there is written: recursive schemas
 * would never end.
 */
const easyDepth = 5
const easyValues = 300
/** Past this depth there is no way out: the schema always contains itself. */
const lastDepth = 64
const maxItems = 10_000

/** What a schema may say of a text that leaves it free. */
const plainKeys = new Set(["type", "title", "description"])

const listNames = /^(?:ratings|scores|rationales|types|rationales_for_ratings?|reasons)$/i

/**
 * Whether a branch is there only because JSON has no NaN: Effect writes any number as "a number, or
 * one of these strings". No model would choose it.
 */
const isNotFinite = (branch: unknown): boolean =>
  isObject(branch) &&
  Array.isArray(branch["enum"]) &&
  branch["enum"].every((value) => ["Infinity", "-Infinity", "NaN"].includes(String(value)))

/** What a question asks for besides its schema. */
export interface Asked {
  /** How many texts are to be rated: the length of lists of ratings. */
  readonly rated?: number | undefined
  /** The forms of texts, by their names. */
  readonly forms?: ReadonlyMap<string, string>
}

/** Writes one value for a schema. */
class SchemaWriter {
  readonly #dice: Dice
  readonly #root: JsonSchema
  readonly #topic: Topic
  readonly #asked: Asked
  #values = 0

  constructor(dice: Dice, root: JsonSchema, topic: Topic, asked: Asked) {
    this.#dice = dice
    this.#root = root
    this.#topic = topic
    this.#asked = asked
  }

  value(schema: unknown, name: string, depth: number): unknown {
    this.#values++
    if (depth > lastDepth) return null
    const shape = shapeOf(schema, this.#root)
    if ("const" in shape) return shape["const"]
    if (Array.isArray(shape["enum"]) && shape["enum"].length > 0)
      return this.#dice.pick(this.#enumOf(shape))
    const { anyOf, ...rest } = shape
    if (Array.isArray(anyOf) && anyOf.length > 0) {
      return this.value(
        merge(rest, shapeOf(this.#branch(anyOf, depth), this.#root)),
        name,
        depth + 1
      )
    }
    switch (this.#type(shape, depth)) {
      case "null":
        return null
      case "boolean":
        return this.#dice.chance(0.5)
      case "integer":
        return numberFor(this.#dice, shape, name, true)
      case "number":
        return numberFor(this.#dice, shape, name, false)
      case "array":
        return this.#array(shape, name, depth)
      case "object":
        return this.#object(shape, depth)
      default:
        return this.#string(shape, name)
    }
  }

  /** A text by its form, unless the schema is about more than that it is one. */
  #string(shape: JsonSchema, name: string): string {
    const form = this.#asked.forms?.get(name)
    return form === undefined || Object.keys(shape).some((key) => !plainKeys.has(key))
      ? stringFor(this.#dice, shape, name, this.#topic)
      : filledIn(this.#dice, form, this.#topic)
  }

  /** Whether to write only what has to be there. */
  #sparing(depth: number): boolean {
    return depth > easyDepth || this.#values > easyValues
  }

  /** The enum's values of a type that the shape allows beside it. */
  #enumOf(shape: JsonSchema): ReadonlyArray<unknown> {
    const values = shape["enum"] as ReadonlyArray<unknown>
    const types = shape["type"] === undefined ? [] : typesOf(shape)
    if (types.length === 0) return values
    const fitting = values.filter(
      (value) =>
        types.includes(value === null ? "null" : Array.isArray(value) ? "array" : typeof value) ||
        (typeof value === "number" && types.includes("integer") && Number.isInteger(value))
    )
    return fitting.length > 0 ? fitting : values
  }

  #branch(all: ReadonlyArray<unknown>, depth: number): unknown {
    const numbers = all.filter((branch) => !isNotFinite(branch))
    const branches = numbers.length > 0 ? numbers : all
    const depths = branches.map((branch) => leastDepth(branch, this.#root))
    const least = Math.min(...depths)
    const open = branches.filter((_, index) =>
      this.#sparing(depth) ? depths[index] === least : depths[index] !== Infinity
    )
    return this.#dice.pick(open.length > 0 ? open : branches)
  }

  #type(shape: JsonSchema, depth: number): string {
    const types = typesOf(shape)
    if (types.length < 2) return types[0] ?? "string"
    const simple = types.filter((type) => type !== "object" && type !== "array")
    return this.#dice.pick(this.#sparing(depth) && simple.length > 0 ? simple : types)
  }

  #array(shape: JsonSchema, name: string, depth: number): ReadonlyArray<unknown> {
    const tuple: ReadonlyArray<unknown> = Array.isArray(shape["prefixItems"])
      ? shape["prefixItems"]
      : Array.isArray(shape["items"])
        ? shape["items"]
        : []
    const rest = Array.isArray(shape["items"]) ? shape["additionalItems"] : shape["items"]
    const least = Math.min(Number(shape["minItems"] ?? 0), maxItems)
    const limit = Math.max(least, Number(shape["maxItems"] ?? Infinity))
    const list = tuple.slice(0, limit).map((item) => this.value(item, name, depth + 1))
    if (rest === false || (rest === undefined && tuple.length > 0)) return list
    const impossible = rest !== undefined && leastDepth(rest, this.#root) === Infinity
    const wanted =
      this.#asked.rated !== undefined && listNames.test(name)
        ? this.#asked.rated
        : this.#dice.between(Math.max(1, least), least + 4)
    const length =
      this.#sparing(depth) || impossible ? least : Math.max(least, Math.min(wanted, limit))
    return this.#items(list, rest, name, depth, length, shape)
  }

  #items(
    list: Array<unknown>,
    schema: unknown,
    name: string,
    depth: number,
    length: number,
    shape: JsonSchema
  ): ReadonlyArray<unknown> {
    const unique = shape["uniqueItems"] === true
    const seen = new Set(list.map((item) => JSON.stringify(item)))
    // A set of few values may run out before the list is long enough: then it stays shorter.
    for (let tries = 0; list.length < length && tries < length * 20 + 100; tries++) {
      const item = this.value(schema, name.replace(/ies$/, "y").replace(/s$/, ""), depth + 1)
      if (unique) {
        const text = JSON.stringify(item)
        if (seen.has(text)) continue
        seen.add(text)
      }
      list.push(item)
    }
    return list
  }

  #object(shape: JsonSchema, depth: number): Readonly<Record<string, unknown>> {
    const properties = isObject(shape["properties"]) ? shape["properties"] : {}
    const required = new Set(Array.isArray(shape["required"]) ? shape["required"].map(String) : [])
    const most = Number(shape["maxProperties"] ?? Infinity)
    const least = Math.max(Number(shape["minProperties"] ?? 0), required.size)
    const names = Object.keys(properties)
    const wanted = new Set(names.filter((name) => required.has(name)))
    for (const name of names) {
      if (
        wanted.has(name) ||
        wanted.size >= most ||
        leastDepth(properties[name], this.#root) === Infinity
      )
        continue
      if (wanted.size < least || (!this.#sparing(depth) && this.#dice.chance(0.8))) wanted.add(name)
    }
    // without a prototype "__proto__" is a name like any other
    const object: Record<string, unknown> = Object.create(null)
    for (const name of [...names, ...required]) {
      if (wanted.has(name) || required.has(name))
        object[name] ??= this.value(properties[name], name, depth + 1)
    }
    return this.#extras(
      object,
      shape,
      depth,
      names.length === 0 && !this.#sparing(depth) ? Math.max(least, 2) : least,
      most
    )
  }

  /**
   * Adds entries with names of their own: to records, and where more properties are asked for than
   * are named.
   */
  #extras(
    object: Record<string, unknown>,
    shape: JsonSchema,
    depth: number,
    least: number,
    most: number
  ): Readonly<Record<string, unknown>> {
    const schema = shape["additionalProperties"]
    const isRecord = isObject(schema)
    if (schema === false || (!isRecord && shape["minProperties"] === undefined)) return object
    if (isRecord && leastDepth(schema, this.#root) === Infinity) return object
    const rule = shapeOf(shape["propertyNames"], this.#root)
    const ruled = rule["pattern"] !== undefined || rule["enum"] !== undefined
    for (
      let tries = 0;
      Object.keys(object).length < Math.min(least, most) && tries < 200;
      tries++
    ) {
      const name = ruled
        ? String(this.value({ type: "string", ...rule }, "key", depth + 1))
        : (this.#topic.words[tries] ?? `key_${tries}`)
      object[name] ??= this.value(schema, name, depth + 1)
    }
    return object
  }
}

/** Writes a value that satisfies a schema. */
export const valueFor = (
  dice: Dice,
  schema: JsonSchema,
  topic: Topic,
  asked: Asked = {}
): unknown => new SchemaWriter(dice, schema, topic, asked).value(schema, "", 0)
