/**
 * Keys: which row it is, for steps that keep what they made of it.
 *
 * A source's row is known by what it holds. What a step makes of it is known by the same key, since the step's signature says the rest. Where a
 * row holds more than that determines, as a model's answer, it gets a new key by what it holds.
 */
import { jsonText } from "../columns/jsonText.ts"
import type { Row } from "../columns/Row.ts"
import type { Graph } from "../pipeline/Graph.ts"
import type { Item } from "./Item.ts"
import { modelOf } from "./modelOf.ts"
import { digest, stepSignature } from "./signature.ts"

/** The key of a row by what it holds; undefined if that is no JSON. */
export const contentKey = (row: Row): string | undefined => {
  try {
    return digest(jsonText(row))
  } catch {
    return undefined
  }
}

/** The key of one of several rows that came of one. */
export const childKey = (key: string | undefined, index: number | undefined): string | undefined =>
  key === undefined || index === undefined ? key : `${key}.${index}`

/** The key of rows that are worked on together, in branches; undefined if one of them has none. */
export const joinedKey = (arms: ReadonlyArray<ReadonlyArray<Item>>): string | undefined => {
  if (arms.some((items) => items.some(({ failure, key }) => key === undefined || failure !== undefined))) return undefined
  return digest(arms.map((items) => items.map(({ key }) => key).join(" ")).join("|"))
}

/** For each step that keeps its outputs: all that determines them besides the row's key. */
export const outputSignatures = (graph: Graph): ReadonlyMap<string, string> => {
  /** What was done to a node's rows since they got their key. */
  const done = new Map<string, string>()
  const kept = new Map<string, string>()
  for (const { from, gather, name, step } of graph.nodes.values()) {
    const signature = digest([stepSignature(step), gather, ...from.map((before) => done.get(before))].join("\n"))
    const keyedAnew = step.kind === "generator" || modelOf(step) !== undefined || !step.useCache
    if (step.keepsOutputs && step.useCache) kept.set(name, signature)
    done.set(name, keyedAnew ? "" : signature)
  }
  return kept
}

/** Deeper values, and those that hold themselves, are none. */
const deepest = 500

/** Whether a value comes back the same from JSON: no dates, no undefined, no NaN, no class instances. */
export const isJson = (value: unknown, depth = 0): boolean => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== "object" || depth > deepest) return false
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  for (const key in value) if (!isJson((value as Row)[key], depth + 1)) return false
  return !("toJSON" in value)
}
