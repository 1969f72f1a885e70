/**
 * Streams put together: a value that arrives in parts, each of which adds to those before it. Texts
 * go on, items of a list are found by their `index`, and everything else is as it was said last.
 */
import { record } from "../http/wireValues.ts"

type Wire = Readonly<Record<string, unknown>>

/** The value that parts make together. */
export const accumulated = (parts: ReadonlyArray<Wire>): Wire =>
  parts.reduce((so, part) => record(added(so, part)), {})

const added = (before: unknown, more: unknown): unknown => {
  if (more === undefined || more === null) return before
  if (typeof before === "string" && typeof more === "string") return before + more
  if (Array.isArray(before) && Array.isArray(more)) return withItems(before, more)
  if (!isWire(before) || !isWire(more)) return more
  const all: Record<string, unknown> = { ...before }
  for (const [key, value] of Object.entries(more)) all[key] = added(all[key], value)
  return all
}

const withItems = (
  before: ReadonlyArray<unknown>,
  more: ReadonlyArray<unknown>
): ReadonlyArray<unknown> => {
  const items = [...before]
  for (const item of more) {
    const { index } = record(item)
    const at = index === undefined ? -1 : items.findIndex((each) => record(each)["index"] === index)
    if (at < 0) items.push(item)
    else items[at] = added(items[at], item)
  }
  return items
}

const isWire = (value: unknown): value is Wire =>
  typeof value === "object" && value !== null && !Array.isArray(value)
