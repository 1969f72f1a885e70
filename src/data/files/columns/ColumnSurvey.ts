/**
 * Column surveys: what all values of a column are, before the first is written to a file that wants
 * to know.
 *
 * What is missing counts as null. Objects that do not all have the same keys are JSON, so that none
 * gets the keys of others.
 */
import { isDate, isUint8Array } from "node:util/types"
import { isList } from "./isList.ts"
import type { SavedField, SavedType } from "./SavedType.ts"

const words = {
  text: "text",
  boolean: "true or false",
  integer: "whole numbers",
  bigint: "big integers",
  float: "numbers",
  moment: "dates",
  bytes: "bytes",
  list: "lists",
  struct: "objects",
  other: "values that no file has a type for"
} as const
type Kind = keyof typeof words

/** Objects with more different keys are dictionaries rather than columns in a column. */
const mostFields = 1000
const int64 = 2n ** 63n

/** What is made of values of several types, and what is known of those that say none. */
export interface Resolving {
  /** The column, or the way to a part of it: `messages[].content`. */
  readonly path: string
  /** Whether they become JSON text; else they are a problem. */
  readonly mixed: "json" | "error"
  readonly declared?: SavedType | undefined
  /** Whether objects get the keys that they lack, with nulls. */
  readonly fillsObjects: boolean
  /** Is told what stands in the way of saving. */
  readonly problem: (text: string) => void
}

export class ColumnSurvey {
  /** Values that are not null. */
  #count = 0
  /** Bytes of texts and bytes. */
  #bytes = 0
  /** Items of lists, nulls among them. */
  #items = 0
  /** Objects; and of a field, how many objects have it. */
  #objects = 0
  #present = 0
  /** For each kind of value the first row, counted from 1, that has one. */
  readonly #first: Partial<Record<Kind, number>> = {}
  readonly #fields = new Map<string, ColumnSurvey>()
  #item: ColumnSurvey | undefined
  #wide = false
  #beyond64Bits = false

  add(value: unknown, row: number): void {
    switch (typeof value) {
      case "string":
        this.#bytes += Buffer.byteLength(value)
        return this.#note("text", row)
      case "boolean":
        return this.#note("boolean", row)
      case "number":
        return this.#note(Number.isSafeInteger(value) ? "integer" : "float", row)
      case "bigint":
        this.#beyond64Bits ||= value >= int64 || value < -int64
        return this.#note("bigint", row)
      case "object":
        return value === null ? undefined : this.#object(value, row)
      case "undefined":
        return
      default:
        return this.#note("other", row)
    }
  }

  #object(value: object, row: number): void {
    if (isList(value)) return this.#list(value, row)
    if (isDate(value)) return Number.isNaN(value.getTime()) ? undefined : this.#note("moment", row)
    if (isUint8Array(value)) {
      this.#bytes += value.length
      return this.#note("bytes", row)
    }
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return this.#note("other", row)
    this.#note("struct", row)
    this.#objects++
    for (const [key, held] of Object.entries(value)) {
      const field = this.#fieldOf(key)
      if (field === undefined || held === undefined) continue
      field.#present++
      field.add(held, row)
    }
  }

  #list(items: ArrayLike<unknown>, row: number): void {
    this.#note("list", row)
    this.#items += items.length
    this.#item ??= new ColumnSurvey()
    for (let i = 0; i < items.length; i++) this.#item.add(items[i], row)
  }

  #fieldOf(key: string): ColumnSurvey | undefined {
    const known = this.#fields.get(key)
    if (known !== undefined) return known
    if (this.#fields.size >= mostFields) {
      this.#wide = true
      return undefined
    }
    const field = new ColumnSurvey()
    this.#fields.set(key, field)
    return field
  }

  #note(kind: Kind, row: number): void {
    this.#count++
    this.#first[kind] ??= row
  }

  /** Takes over what another one has seen. */
  merge(other: ColumnSurvey): void {
    this.#count += other.#count
    this.#bytes += other.#bytes
    this.#items += other.#items
    this.#objects += other.#objects
    this.#present += other.#present
    this.#wide ||= other.#wide
    this.#beyond64Bits ||= other.#beyond64Bits
    for (const [kind, row] of Object.entries(other.#first)) this.#first[kind as Kind] ??= row
    for (const [key, field] of other.#fields) this.#fieldOf(key)?.merge(field)
    if (other.#item === undefined) return
    this.#item ??= new ColumnSurvey()
    this.#item.merge(other.#item)
  }

  /** The type that takes all values. */
  type(resolving: Resolving): SavedType {
    const { declared, mixed, path, problem } = resolving
    const found = Object.keys(this.#first) as ReadonlyArray<Kind>
    const only = onlyKind(found)
    if (found.length === 0) return declared ?? { kind: "null" }
    if (only === "other" || only === undefined || this.#wide) {
      if (mixed === "json") return { kind: "json" }
      problem(
        this.#wide
          ? `column '${path}' has objects with more than ${mostFields} different keys`
          : `column '${path}' holds ${found.map((kind) => `${words[kind]} (row ${this.#first[kind]})`).join(" and ")}`
      )
      return { kind: "null" }
    }
    switch (only) {
      case "integer":
        return { kind: this.#beyond64Bits ? "digits" : "integer" }
      case "list":
        return {
          kind: "list",
          item: this.#item!.type({
            ...resolving,
            path: `${path}[]`,
            declared: declared?.kind === "list" ? declared.item : undefined
          })
        }
      case "struct":
        return this.#struct(resolving)
      default:
        return { kind: only }
    }
  }

  /**
   * Objects without keys have no type in such files. A declaration may say which keys an object
   * lacks; without one, an object that lacks a key is not one with null.
   */
  #struct(resolving: Resolving): SavedType {
    const { declared, fillsObjects, path } = resolving
    const fills = fillsObjects || declared?.kind === "struct"
    if (
      this.#fields.size === 0 ||
      declared?.kind === "json" ||
      (!fills && [...this.#fields.values()].some((field) => field.#present < this.#objects))
    )
      return { kind: "json" }
    const fields = [...this.#fields].map(([name, survey]): SavedField => ({
      name,
      type: survey.type({
        ...resolving,
        path: `${path}.${name}`,
        declared:
          declared?.kind === "struct"
            ? declared.fields.find((field) => field.name === name)?.type
            : undefined
      })
    }))
    return { kind: "struct", fields }
  }

  /**
   * Bytes that so many values, nulls among them, take in Arrow's memory: texts with their offsets,
   * numbers, and a bit for each value where some are null.
   */
  bytesAs(type: SavedType, slots: number): number {
    const nulls = this.#count < slots ? Math.ceil(slots / 8) : 0
    switch (type.kind) {
      case "null":
        return 0
      case "boolean":
        return Math.ceil(slots / 8) + nulls
      case "integer":
      case "float":
      case "moment":
        return 8 * slots + nulls
      case "text":
      case "bytes":
      case "json":
      case "digits":
        return 4 * (slots + 1) + this.bytes() + nulls
      case "stored":
        return 8 * (slots + this.#items) + this.bytes() + nulls
      case "list":
        return 4 * (slots + 1) + nulls + (this.#item?.bytesAs(type.item, this.#items) ?? 0)
      case "struct":
        return (
          nulls +
          type.fields.reduce(
            (sum, { name, type: field }) =>
              sum + (this.#fields.get(name)?.bytesAs(field, slots) ?? 0),
            0
          )
        )
    }
  }

  /** Bytes of all texts within. What is written as JSON text is about as long as all that it says. */
  bytes(): number {
    const within = [...this.#fields.values(), ...(this.#item === undefined ? [] : [this.#item])]
    return within.reduce((sum, survey) => sum + survey.bytes(), this.#bytes)
  }
}

/**
 * Whole numbers among others are numbers, among big integers big ones; other kinds do not go
 * together.
 */
const onlyKind = (found: ReadonlyArray<Kind>): Exclude<Kind, "bigint"> | undefined => {
  const together = new Set(found)
  if (together.has("float") && !together.has("bigint")) together.delete("integer")
  if (together.delete("bigint")) together.add("integer")
  const [only, ...others] = together
  return others.length > 0 ? undefined : (only as Exclude<Kind, "bigint"> | undefined)
}
