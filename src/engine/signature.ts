/** Signatures: what a step is, and what a graph is, as a short text that changes when its results might. */
import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Redacted from "effect/Redacted"
import type { LLM } from "../llms/LLM.ts"
import { type GivenHeaders, identifyingHeaders } from "../llms/secrets.ts"
import type { Graph } from "../pipeline/Graph.ts"
import { type InThreads, threadsOf } from "../step/inThreads.ts"
import type { StepData } from "../step/Step.ts"
import { type Captured, withClosures } from "./closure.ts"
import { modelOf } from "./modelOf.ts"

/** A hash of a text, short enough for a file's name. */
export const digest = (text: string): string => hash("sha1", text, "base64url")

/** 128 bits of a hash of a text, as 32 hexadecimal digits. */
export const digest128 = (text: string): string => hash("sha256", text).slice(0, 32)

/** Options that change how a step works, not what comes out, and mappings, which are told as the step has them in the graph. */
const immaterialToSteps = new Set(["name", "inputMappings", "outputMappings", "llm", "process", "batchSize", "inputBatchSize", "useCache", "resources"])

/** Options that change how a model is asked, not what it answers. A step's own parameter may have such a name and mean something else. */
const immaterialToModels = new Set(["maxConcurrency", "requestsPerMinute", "tokensPerMinute", "maxRetries", "timeout", "rowTimeout", "giveUpAfter", "apiKey", "accessToken"])

/**
 * What a step is: its class, its options and parameters, its mappings, the source text of its functions (its version, where it has one),
 * its model with address and generation kwargs, and its name. Its batch size, the model's limits and all secrets are no part of it.
 *
 * A generator is the rows that it gives, which are looked at themselves.
 */
export const stepSignature = (step: StepData): string => {
  const { mappings, options, removes, rowCount, type, values } = step
  const parts: Array<unknown> = [step.name, type, mappings.input, mappings.output]
  if (step.kind === "generator") return digest(described(parts))
  const versioned = typeof options["version"] === "string"
  const threads = threadsOf(options["process"])
  const own = Object.entries(options).filter(([name, value]) => !immaterialToSteps.has(name) && !(versioned && typeof value === "function" && !isSchema(value)))
  parts.push(rowCount, removes, Object.fromEntries(own), versioned ? undefined : threads === undefined ? options["process"] : sourceOf(threads), without(immaterialToSteps, values))
  const llm = modelOf(step)
  if (llm !== undefined) parts.push(modelIdentity(llm))
  return digest(described(parts))
}

/** What a graph is: its steps, how they are wired, and how rows are routed. */
export const graphSignature = (graph: Graph): string =>
  digest(described([
    [...graph.nodes.values()].map(({ from, gather, name, step }) => [name, gather, from, stepSignature(step)]),
    graph.routings.map(({ by, from, to }) => [from, to, by, graph.nodes.get(from)!.step.batchSize]),
    graph.leaves
  ]))

/** The module of a function in threads, as far as it is one file. */
const sourceOf = ({ export: name, module }: InThreads): unknown => {
  try {
    return [name, readFileSync(fileURLToPath(module), "utf8")]
  } catch {
    return [name, module]
  }
}

const without = (names: ReadonlySet<string>, record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.has(name)))

const isSchema = (value: unknown): value is { readonly ast: object } =>
  (typeof value === "object" || typeof value === "function") && value !== null && "ast" in value && typeof value.ast === "object"

const modelIdentity = ({ address, generationKwargs, model, options, structuredOutput, type }: LLM): unknown => {
  const { generationKwargs: _, ...others } = options
  const headers = identifyingHeaders(options["defaultHeaders"] as GivenHeaders | undefined)
  return [type, model, address(), generationKwargs, structuredOutput, without(immaterialToModels, others), ...(headers.length === 0 ? [] : [headers])]
}

/** So deep the functions are followed that functions call. */
const deepest = 3

/** Longer lists that functions take from outside are looked at in part. */
const longest = 10_000

/** A value as text in which equal values are equal and others differ, whatever the order of keys. Functions are told by their source and by what they take from outside. */
const described = (value: unknown): string => withClosures((captured) => new Description(captured).of(value))

/** What an object holds. One whose getters throw, as a prototype of a class, tells nothing. */
const entriesOf = (item: object): Array<[string, unknown]> => {
  try {
    return Object.entries(item)
  } catch {
    return []
  }
}

class Description {
  readonly #captured: (fn: Function) => ReadonlyArray<Captured>
  readonly #parts: Array<string> = []
  readonly #seen = new Map<object, number>()

  constructor(captured: (fn: Function) => ReadonlyArray<Captured>) {
    this.#captured = captured
  }

  of(value: unknown): string {
    this.#write(value, 0)
    return this.#parts.join("")
  }

  #write(item: unknown, depth: number): void {
    if ((typeof item !== "object" && typeof item !== "function") || item === null) {
      this.#parts.push(typeof item === "string" ? JSON.stringify(item) : `${typeof item} ${String(item)}`)
      return
    }
    const seen = this.#seen.get(item)
    if (seen !== undefined) {
      this.#parts.push(`↑${seen}`)
      return
    }
    this.#seen.set(item, this.#seen.size)
    if (isSchema(item)) this.#write(item.ast, depth)
    else if (typeof item === "function") this.#function(item, depth)
    else this.#object(item, depth)
  }

  #function(fn: Function, depth: number): void {
    const source = Function.prototype.toString.call(fn)
    this.#parts.push("ƒ", JSON.stringify(source))
    if (depth >= deepest || source.startsWith("class") || source.endsWith("{ [native code] }")) return
    for (const [name, value] of this.#captured(fn)) {
      this.#parts.push(" ", name, "=")
      this.#write(value, depth + 1)
    }
  }

  #object(item: object, depth: number): void {
    if (Redacted.isRedacted(item)) this.#parts.push("secret")
    else if (item instanceof Date || item instanceof RegExp || item instanceof URL) this.#parts.push(item.constructor.name, String(item instanceof Date ? item.getTime() : item))
    else if (ArrayBuffer.isView(item)) this.#parts.push(item.constructor.name, Buffer.from(item.buffer, item.byteOffset, item.byteLength).toString("base64"))
    else if (Array.isArray(item) || item instanceof Set) this.#list([...item as Iterable<unknown>], depth)
    else if (item instanceof Map) this.#record([...item] as ReadonlyArray<readonly [unknown, unknown]>, depth)
    else {
      const prototype: unknown = Object.getPrototypeOf(item)
      const kind = prototype === Object.prototype || prototype === null ? "" : item.constructor?.name ?? "?"
      this.#parts.push(kind)
      // Modules and objects with a life of their own are known by their kind alone, once one has got at them through a function.
      if (Object.prototype.toString.call(item) === "[object Module]" || (kind !== "" && depth > 0)) return
      this.#record(entriesOf(item).sort(([a], [b]) => a < b ? -1 : 1), depth)
    }
  }

  #list(items: ReadonlyArray<unknown>, depth: number): void {
    this.#parts.push(`[${items.length} `)
    for (const item of depth > 0 && items.length > longest ? [...items.slice(0, 100), ...items.slice(-100)] : items) {
      this.#write(item, depth)
      this.#parts.push(",")
    }
    this.#parts.push("]")
  }

  #record(entries: ReadonlyArray<readonly [unknown, unknown]>, depth: number): void {
    this.#parts.push("{")
    for (const [key, value] of entries) {
      // A secret opens doors; it is no part of what is behind them.
      if (value === undefined || Redacted.isRedacted(value)) continue
      this.#write(key, depth)
      this.#parts.push(":")
      this.#write(value, depth)
      this.#parts.push(",")
    }
    this.#parts.push("}")
  }
}
