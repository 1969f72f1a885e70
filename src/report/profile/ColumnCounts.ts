/** Counts of one column, while its values pass. */
import { addValue, emptyHistogram, type Histogram } from "../figures/Histogram.ts"
import type { ColumnProfile, NumberProfile, ValueCount } from "../figures/Profile.ts"
import { typeOfValue, type ValueType } from "./typeOfValue.ts"
import { shownKey, valueKey } from "./valueKey.ts"

/** A column with more different values holds no labels. */
const mostLabels = 30
const longestLabel = 80
const mostRepeated = 3
const scaleParts = 24
/** Texts that are kept to detect languages, and to count tokens. */
const mostTexts = 100
/** In shorter texts a language is a guess. */
const shortestText = 40

export class ColumnCounts {
  readonly #name: string
  readonly #types = new Map<ValueType, number>()
  readonly #values = new Map<string, number>()
  readonly #items = new Map<string, number>()
  readonly #numbers: Array<number> = []
  readonly #lengths: Histogram = emptyHistogram()
  readonly #texts: Array<string> = []
  #count = 0
  #empty = 0
  #longTexts = 0

  constructor(name: string) {
    this.#name = name
  }

  add(value: unknown): void {
    if (value === null || value === undefined) return
    this.#count++
    const type = typeOfValue(value)
    add(this.#types, type)
    add(this.#values, valueKey(value))
    if (typeof value === "string") this.#addText(value)
    else if (typeof value === "number" || typeof value === "bigint")
      this.#numbers.push(Number(value))
    else if (Array.isArray(value)) this.#addList(value)
  }

  #addText(text: string): void {
    addValue(this.#lengths, text.length)
    if (text.trim() === "") this.#empty++
    if (text.length < shortestText) return
    // Each of them is kept as likely as any other, and the same ones each time.
    const place = this.#longTexts++
    if (this.#texts.length < mostTexts) this.#texts.push(text)
    else if (drawn(place) * this.#longTexts < mostTexts) this.#texts[place % mostTexts] = text
  }

  #addList(list: ReadonlyArray<unknown>): void {
    addValue(this.#lengths, list.length)
    if (list.length === 0) this.#empty++
    // Vectors and the like have no labels.
    if (list.every((item) => typeof item === "string"))
      for (const item of list) if (this.#items.size <= mostLabels) add(this.#items, valueKey(item))
  }

  /** Long texts of the column, some of them where there are many. */
  get texts(): ReadonlyArray<string> {
    return this.#texts
  }

  /** The column in figures, given how many rows there were, and what was found in its texts. */
  profile(
    rows: number,
    found: {
      readonly languages: ReadonlyArray<ValueCount> | undefined
      readonly tokenShare: number | undefined
    }
  ): ColumnProfile {
    const { languages, tokenShare } = found
    const labels = this.#labels()
    const repeated = byCount(this.#values).filter(({ count }) => count > 1)
    const [type] = byCount(this.#types)
    return {
      name: this.#name,
      types: byCount(this.#types),
      values: this.#count,
      nulls: rows - this.#count,
      empty: this.#empty,
      distinct: this.#values.size,
      ...(this.#lengths.count === 0
        ? {}
        : {
            lengths: { ...this.#lengths, of: type?.value === "text" ? "characters" : "items" }
          }),
      ...(this.#numbers.length === 0 ? {} : { numbers: numberProfile(this.#numbers) }),
      ...(labels === undefined
        ? // What records hold is shown key by key.
          repeated.length === 0 || type?.value === "record"
          ? {}
          : { repeated: repeated.slice(0, mostRepeated) }
        : { labels }),
      ...(languages === undefined ? {} : { languages }),
      ...(tokenShare === undefined ? {} : { tokenShare })
    }
  }

  /** Labels are few, short, and there more than once. */
  #labels(): ColumnProfile["labels"] {
    const isFew = ({ size }: ReadonlyMap<string, number>, all: number): boolean =>
      size > 0 && size <= mostLabels && size * 2 <= all
    const isShort = (values: ReadonlyMap<string, number>): boolean =>
      values.keys().every((value) => value.length <= longestLabel)
    const simple = ["text", "whole number", "number", "boolean"] as const
    if (
      simple.some((type) => this.#types.get(type) === this.#count) &&
      isFew(this.#values, this.#count) &&
      isShort(this.#values)
    ) {
      const counts = byCount(this.#values)
      return {
        of: "values",
        counts:
          this.#numbers.length === 0
            ? counts
            : counts.toSorted((a, b) => Number(a.value) - Number(b.value))
      }
    }
    const items = this.#items.values().reduce((sum, count) => sum + count, 0)
    return isFew(this.#items, items) && isShort(this.#items)
      ? { of: "items", counts: byCount(this.#items) }
      : undefined
  }
}

const add = <Key>(counts: Map<Key, number>, key: Key): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** The most frequent first. */
export const byCount = (counts: ReadonlyMap<string, number>): ReadonlyArray<ValueCount> =>
  [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([key, count]) => ({ value: shownKey(key), count }))

/** A number from 0 to 1 that looks drawn, always the same for the same place. */
const drawn = (place: number): number => {
  const mixed = Math.imul(place ^ (place >>> 15), 0x2c1b3c6d)
  return ((Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) ^ (mixed >>> 15)) >>> 0) / 2 ** 32
}

const numberProfile = (numbers: ReadonlyArray<number>): NumberProfile => {
  const sorted = Float64Array.from(numbers.filter(Number.isFinite)).toSorted()
  const [min = 0, max = 0] = [sorted[0], sorted.at(-1)]
  const parts = Array.from({ length: min === max ? 1 : scaleParts }, () => 0)
  const width = (max - min) / parts.length
  for (const value of sorted)
    parts[width === 0 ? 0 : Math.min(parts.length - 1, Math.floor((value - min) / width))]!++
  return {
    min,
    max,
    mean: sorted.reduce((sum, value) => sum + value / sorted.length, 0),
    median: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0,
    parts
  }
}
