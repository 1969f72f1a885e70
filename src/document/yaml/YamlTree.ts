/** The values of a YAML text, made of its events: anchors and merged keys followed, within limits. */
import { type Limits, tooDeep, tooMany } from "../tree/limits.ts"
import { resolvePlain } from "../tree/plainScalars.ts"
import { PythonTag, setKey, type Tree } from "../tree/Tree.ts"
import type { YamlEvents } from "./YamlEvents.ts"

/** What an anchor stands for: the value, how many values it is made of, and how deep it goes. */
interface Anchored {
  readonly event: number
  readonly value: Tree
  readonly values: number
  readonly depth: number
}

type Entry = readonly [key: Tree, value: Tree]

export class YamlTree {
  readonly anchors = new Map<string, Anchored>()
  readonly #source: YamlEvents
  readonly #limits: Limits
  readonly #complain: (detail: string, offset: number) => void
  #at = 0
  #values = 0
  #deepest = 0

  constructor(
    source: YamlEvents,
    limits: Limits,
    complain: (detail: string, offset: number) => void
  ) {
    this.#source = source
    this.#limits = limits
    this.#complain = complain
  }

  /** The document's value; null if there is none. */
  read(): Tree {
    const { all, library } = this.#source
    // The first event is the document.
    this.#at = 1
    return all[1] === undefined || all[1].type === library.EVENT_ID.POP ? null : this.#node(0)
  }

  #node(depth: number): Tree {
    const { all, library } = this.#source
    const index = this.#at
    const event = all[index]!
    if (depth > this.#limits.maxDepth) throw tooDeep(this.#limits)
    if (event.type === library.EVENT_ID.ALIAS) {
      this.#at++
      return this.#alias(this.#source.anchor(event)!, index, depth)
    }
    const before = this.#values
    const deepestBefore = this.#deepest
    this.#deepest = depth
    this.#count(1)
    const value = this.#fresh(depth)
    const name = "tagStart" in event ? this.#source.anchor(event) : undefined
    if (name !== undefined)
      this.anchors.set(name, {
        event: index,
        value,
        values: this.#values - before,
        depth: this.#deepest - depth
      })
    this.#deepest = Math.max(this.#deepest, deepestBefore)
    return value
  }

  #fresh(depth: number): Tree {
    const { all, library } = this.#source
    const event = all[this.#at++]!
    if (event.type === library.EVENT_ID.SEQUENCE)
      return tagged(this.#source.tag(event), this.#sequence(depth))
    if (event.type === library.EVENT_ID.MAPPING)
      return tagged(this.#source.tag(event), this.#mapping(depth))
    if (event.type !== library.EVENT_ID.SCALAR) return null
    const text = this.#source.scalar(event)
    if (event.tagStart < 0)
      return event.style === library.SCALAR_STYLE.PLAIN ? resolvePlain(text) : text
    return tagged(this.#source.tag(event), text)
  }

  #sequence(depth: number): ReadonlyArray<Tree> {
    const items: Array<Tree> = []
    while (!this.#ends()) items.push(this.#node(depth + 1))
    return items
  }

  #mapping(depth: number): Tree {
    const own = new Map<Tree, Tree>()
    const merged: Array<Entry> = []
    while (!this.#ends()) {
      const index = this.#at
      const event = this.#source.all[index]!
      const key = this.#node(depth + 1)
      const value = this.#node(depth + 1)
      if (
        key === "<<" &&
        "style" in event &&
        event.style === this.#source.library.SCALAR_STYLE.PLAIN
      ) {
        merged.push(...mergedEntries(value))
        this.#count(merged.length)
        continue
      }
      if (own.has(key))
        this.#complain(
          `the key '${String(key)}' is there twice. Take one of them out`,
          this.#source.offset(index)
        )
      own.set(key, value)
    }
    const all =
      merged.length === 0 ? own : new Map([...merged.filter(([key]) => !own.has(key)), ...own])
    const record: Record<string, Tree> = {}
    for (const [key, value] of all) {
      if (typeof key !== "string") return all
      setKey(record, key, value)
    }
    return record
  }

  /** Whether a collection is at its end, which then is behind. */
  #ends(): boolean {
    const event = this.#source.all[this.#at]
    if (event !== undefined && event.type !== this.#source.library.EVENT_ID.POP) return false
    this.#at++
    return true
  }

  #alias(name: string, index: number, depth: number): Tree {
    const anchored = this.anchors.get(name)
    if (anchored === undefined) {
      this.#complain(
        `the alias '*${name}' stands for nothing: no value before it has the anchor '&${name}', or it is part of that value`,
        this.#source.offset(index)
      )
      return null
    }
    if (depth + anchored.depth > this.#limits.maxDepth) throw tooDeep(this.#limits)
    this.#deepest = Math.max(this.#deepest, depth + anchored.depth)
    this.#count(anchored.values)
    return anchored.value
  }

  #count(values: number): void {
    this.#values += values
    if (this.#values > this.#limits.maxValues) throw tooMany(this.#limits)
  }
}

/** A value under its tag. Tags of YAML itself only say what a value is. */
const tagged = (tag: string | undefined, value: Tree): Tree => {
  if (tag === undefined || tag === "str" || tag === "seq" || tag === "map") return value
  const plain =
    typeof value === "string" &&
    (tag === "int" || tag === "float" || tag === "bool" || tag === "null")
  return plain ? resolvePlain(value) : new PythonTag(tag, value)
}

/** The entries that `<<` brings: of one mapping, or of several, of which the first wins. */
const mergedEntries = (source: Tree): ReadonlyArray<Entry> => {
  const sources = Array.isArray(source) ? (source as ReadonlyArray<Tree>) : [source]
  const entries = new Map<Tree, Tree>()
  for (const record of sources) {
    if (
      typeof record !== "object" ||
      record === null ||
      record instanceof PythonTag ||
      Array.isArray(record)
    )
      continue
    for (const [key, value] of record instanceof Map
      ? (record as ReadonlyMap<Tree, Tree>)
      : Object.entries(record))
      if (!entries.has(key)) entries.set(key, value)
  }
  return [...entries]
}
