/**
 * Keys: which row it is, for steps that keep what they made of it.
 *
 * A source's row is known by what it holds. What a step makes of it is known by the same key, since
 * the step's signature says the rest. Where a row holds more than that determines, as a model's
 * answer, it gets a new key by what it holds.
 */
import type { Row } from "../../columns/Row.ts"
import { rowText } from "../../columns/rowText.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import type { Item } from "../plan/Item.ts"
import { modelOf } from "./modelOf.ts"
import { digest } from "./signature.ts"

/** Texts up to this length are their own keys: to hash one takes longer than to write it. */
const longestKey = 80

/**
 * The key of a row by what it holds; undefined if that cannot be written. A key is one line and
 * holds no tab.
 */
export const contentKey = (row: Row): string | undefined => {
  try {
    const text = rowText(row)
    return text.length <= longestKey ? text : digest(text)
  } catch {
    return undefined
  }
}

/** The key of one of several rows that came of one. */
export const childKey = (key: string | undefined, index: number | undefined): string | undefined =>
  key === undefined || index === undefined ? key : `${key}.${index}`

/** The key of rows that are worked on together, in branches; undefined if one of them has none. */
export const joinedKey = (arms: ReadonlyArray<ReadonlyArray<Item>>): string | undefined => {
  if (
    arms.some((items) =>
      items.some(({ failure, key }) => key === undefined || failure !== undefined)
    )
  )
    return undefined
  return digest(arms.map((items) => items.map(({ key }) => key).join("\n")).join("\n\n"))
}

/** How outputs are written: those of other versions are not looked at. */
const format = 2

/**
 * For each step that keeps its outputs: all that determines them besides the row's key, given the
 * signatures of the steps.
 */
export const outputSignatures = (
  graph: Graph,
  signatures: ReadonlyMap<string, string>
): ReadonlyMap<string, string> => {
  /** What was done to a node's rows since they got their key. */
  const done = new Map<string, string>()
  const kept = new Map<string, string>()
  for (const { from, gather, name, step } of graph.nodes.values()) {
    const signature = digest(
      [format, signatures.get(name), gather, ...from.map((before) => done.get(before))].join("\n")
    )
    const keyedAnew = step.kind === "generator" || modelOf(step) !== undefined || !step.useCache
    if (step.keepsOutputs && step.useCache) kept.set(name, signature)
    done.set(name, keyedAnew ? "" : signature)
  }
  return kept
}
