/**
 * What values were like, seen one by one: enough to tell their type, in memory that does not grow
 * with their number.
 */
import { type ColumnType, type Field, unionOf } from "./ColumnType.ts"

/** How types are told. */
export interface TypeSettings {
  /** Whether texts of which there are few become a list of what they may be. */
  readonly enums: boolean
  /** Whether values are texts that may stand for numbers and booleans, as in a CSV file. */
  readonly texts: boolean
}

/** Texts that are longer, or of which there are more, are no enum. */
const longestOption = 40
const mostOptions = 12
/** An enum's values must each have come up so often on average, and all of them so often together. */
const timesEach = 5
const timesTogether = 20
/** An object with so many keys, most of which most lack, is a dictionary. */
const mostKeys = 150
const manyKeys = 30
const rarePresence = 0.3
const deepest = 16

export class ValueSummary {
  #count = 0
  #nulls = 0
  #numbers = 0
  #booleans = 0
  #bigints = 0
  #others = 0
  #strings = 0
  #options: Set<string> | undefined = new Set()
  #dates = true
  #texts = { numbers: true, booleans: true, empty: 0 }
  #elements: ValueSummary | undefined
  #objects = 0
  readonly #keys = new Map<string, ValueSummary>()
  #entries: ValueSummary | undefined
  readonly #depth: number

  constructor(depth = 0) {
    this.#depth = depth
  }

  add(value: unknown): void {
    this.#count++
    if (value === null) this.#nulls++
    else if (typeof value === "string") this.#addText(value)
    else if (typeof value === "number") this.#numbers++
    else if (typeof value === "boolean") this.#booleans++
    else if (typeof value === "bigint") this.#bigints++
    else if (this.#depth >= deepest || typeof value !== "object") this.#others++
    else if (Array.isArray(value)) {
      this.#elements ??= new ValueSummary(this.#depth + 1)
      for (const element of value) this.#elements.add(element)
    } else if (isPlain(value)) this.#addObject(value)
    else this.#others++
  }

  #addText(text: string): void {
    this.#strings++
    if (text.length > longestOption || text.includes("\n")) this.#options = undefined
    this.#options?.add(text)
    if ((this.#options?.size ?? 0) > mostOptions) this.#options = undefined
    this.#dates &&= isDate(text)
    if (text === "") this.#texts.empty++
    else {
      this.#texts.numbers &&= isNumber(text)
      this.#texts.booleans &&= /^(?:true|false)$/i.test(text)
    }
  }

  #addObject(object: object): void {
    this.#objects++
    for (const [key, value] of Object.entries(object)) {
      if (value === undefined) continue
      if (this.#entries !== undefined) {
        this.#entries.add(value)
        continue
      }
      let known = this.#keys.get(key)
      if (known === undefined) this.#keys.set(key, (known = new ValueSummary(this.#depth + 1)))
      known.add(value)
    }
    if (this.#depth === 0 || this.#keys.size <= mostKeys) return
    this.#entries = merged([...this.#keys.values()], this.#depth + 1)
    this.#keys.clear()
  }

  /** Takes in what another has seen. */
  merge(other: ValueSummary): void {
    this.#count += other.#count
    this.#nulls += other.#nulls
    this.#numbers += other.#numbers
    this.#booleans += other.#booleans
    this.#bigints += other.#bigints
    this.#others += other.#others
    this.#strings += other.#strings
    const options =
      this.#options === undefined || other.#options === undefined
        ? undefined
        : new Set([...this.#options, ...other.#options])
    this.#options = options === undefined || options.size > mostOptions ? undefined : options
    this.#dates &&= other.#dates
    this.#texts = {
      numbers: this.#texts.numbers && other.#texts.numbers,
      booleans: this.#texts.booleans && other.#texts.booleans,
      empty: this.#texts.empty + other.#texts.empty
    }
    if (other.#elements !== undefined)
      this.#elements = merged(
        [...(this.#elements === undefined ? [] : [this.#elements]), other.#elements],
        this.#depth + 1
      )
    this.#objects += other.#objects
    if (this.#entries === undefined && other.#entries === undefined) {
      for (const [key, summary] of other.#keys)
        this.#keys.set(
          key,
          merged([...(this.#keys.has(key) ? [this.#keys.get(key)!] : []), summary], this.#depth + 1)
        )
      return
    }
    this.#entries = merged(
      [this.#entries, other.#entries, ...this.#keys.values(), ...other.#keys.values()].filter(
        (summary) => summary !== undefined
      ),
      this.#depth + 1
    )
    this.#keys.clear()
  }

  /** The type of all values so far. */
  type(settings: TypeSettings): ColumnType {
    const unknown = this.#others > 0 || this.#count === this.#nulls
    return unknown
      ? { kind: "unknown" }
      : unionOf([
          ...(this.#strings > 0 ? this.#textTypes(settings) : []),
          ...(this.#numbers > 0 ? [{ kind: "number" as const }] : []),
          ...(this.#bigints > 0 ? [{ kind: "bigint" as const }] : []),
          ...(this.#booleans > 0 ? [{ kind: "boolean" as const }] : []),
          ...(this.#elements === undefined
            ? []
            : [
                {
                  kind: "array" as const,
                  element:
                    this.#elements.#count === 0
                      ? { kind: "unknown" as const }
                      : this.#elements.type(settings)
                }
              ]),
          ...(this.#objects > 0 ? [this.#objectType(settings)] : []),
          ...(this.#nulls > 0 ? [{ kind: "null" as const }] : [])
        ])
  }

  #textTypes({ enums, texts }: TypeSettings): ReadonlyArray<ColumnType> {
    const { booleans, empty, numbers } = this.#texts
    if (texts && (numbers || booleans) && empty < this.#strings)
      return [
        { kind: numbers ? "number" : "boolean" },
        ...(empty > 0 ? [{ kind: "null" as const }] : [])
      ]
    const options = this.#options?.size ?? 0
    if (
      enums &&
      !this.#dates &&
      options > 1 &&
      this.#strings >= timesTogether &&
      this.#strings >= timesEach * options
    )
      return [{ kind: "literals", values: [...this.#options!] }]
    return [this.#dates ? { kind: "string", holds: "dates" } : { kind: "string" }]
  }

  #objectType(settings: TypeSettings): ColumnType {
    if (this.#entries !== undefined) return { kind: "record", value: this.#entries.type(settings) }
    const present =
      [...this.#keys.values()].reduce((sum, key) => sum + key.#count, 0) /
      (this.#keys.size * this.#objects)
    if (this.#depth > 0 && this.#keys.size > manyKeys && present < rarePresence)
      return {
        kind: "record",
        value: merged([...this.#keys.values()], this.#depth + 1).type(settings)
      }
    return { kind: "object", fields: this.fields(settings) }
  }

  /** The keys of all objects so far. */
  fields(settings: TypeSettings): ReadonlyArray<Field> {
    return [...this.#keys].map(([name, summary]) => {
      const optional = summary.#count < this.#objects
      // Rows that lack a key such as `constructor` have it from Object.prototype, for schemas as for TypeScript.
      return {
        name,
        type: optional && name in Object.prototype ? { kind: "unknown" } : summary.type(settings),
        optional
      }
    })
  }
}

const merged = (summaries: ReadonlyArray<ValueSummary>, depth: number): ValueSummary => {
  const all = new ValueSummary(depth)
  for (const summary of summaries) all.merge(summary)
  return all
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Numbers as they are written, so that a number written again is the same text; "007" is a name. */
const isNumber = (text: string): boolean =>
  /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text))

const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(text)
