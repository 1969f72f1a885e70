/**
 * Bounds of the texts in pages and chunks: with them readers pass over what cannot hold what they
 * look for.
 */
import type { SchemaElement, Statistics } from "hyparquet"
import type { PageColumnIndex } from "hyparquet-writer/src/types.js"
import { unconvertMinMax } from "hyparquet-writer/src/unconvert.js"

/** A bound of texts, by their bytes. */
export interface TextBound {
  readonly bytes: Uint8Array
  /** Whether it is one of the texts; else it is short, and none is beyond it. */
  readonly exact: boolean
}

interface Bounded {
  readonly nulls: number
  /** Undefined where there is no text. */
  readonly min: TextBound | undefined
  readonly max: TextBound | undefined
}

/** The bound that a text makes, which keeps nothing of the bytes given. */
export const textBound = (
  text: Uint8Array,
  element: SchemaElement,
  side: "min" | "max"
): TextBound => {
  const bound = unconvertMinMax(text, element, side === "max")
  return bound === undefined || bound === text
    ? { bytes: Uint8Array.from(text), exact: true }
    : { bytes: bound, exact: false }
}

/** What holds for all texts of a chunk with such pages. */
export const textStatistics = (pages: ReadonlyArray<Bounded>): Statistics => {
  let min: TextBound | undefined
  let max: TextBound | undefined
  for (const page of pages) {
    if (min === undefined || order(page.min, min) < 0) min = page.min ?? min
    if (max === undefined || order(page.max, max) > 0) max = page.max ?? max
  }
  return {
    null_count: BigInt(pages.reduce((sum, { nulls }) => sum + nulls, 0)),
    ...(min === undefined ? {} : { min_value: min.bytes, ...inexact("min", min) }),
    ...(max === undefined ? {} : { max_value: max.bytes, ...inexact("max", max) })
  }
}

const inexact = (side: "min" | "max", { exact }: TextBound): Partial<Statistics> =>
  exact ? {} : { [`is_${side}_value_exact`]: false }

/** The bounds of each page. */
export const textIndex = (pages: ReadonlyArray<Bounded>): PageColumnIndex => {
  const texts = pages.filter(({ min }) => min !== undefined)
  const inOrder = (sign: 1 | -1): boolean =>
    texts.every(
      ({ max, min }, i) =>
        i === 0 ||
        (sign * order(texts[i - 1]!.min, min) <= 0 && sign * order(texts[i - 1]!.max, max) <= 0)
    )
  return {
    null_pages: pages.map(({ min }) => min === undefined),
    min_values: pages.map(({ min }) => min?.bytes ?? none),
    max_values: pages.map(({ max }) => max?.bytes ?? none),
    boundary_order: inOrder(1) ? "ASCENDING" : inOrder(-1) ? "DESCENDING" : "UNORDERED",
    null_counts: pages.map(({ nulls }) => BigInt(nulls))
  }
}

const none = new Uint8Array()

const order = (a: TextBound | undefined, b: TextBound | undefined): number =>
  a === undefined || b === undefined ? 0 : Buffer.compare(a.bytes, b.bytes)
