/** YAML text to a tree. Tags are read, never executed; aliases are followed within limits; every value knows its place. */
import type { Document, LineCounter, Node, Pair, Scalar } from "yaml"
import type * as YamlModule from "yaml"
import { type Limits, tooDeep, tooMany } from "./limits.ts"
import { resolvePlain } from "./plainScalars.ts"
import { type Path, type Position, PythonTag, type ReadDocument, setKey, type Tree } from "./Tree.ts"

/** What is wrong with the text itself. */
export interface SyntaxProblem {
  readonly detail: string
  readonly position: Position | undefined
}

type Yaml = typeof YamlModule

/** Reads YAML 1.1 as Python does. Throws `LimitExceeded`. */
export const readYaml = (yaml: Yaml, text: string, limits: Limits): { readonly document: ReadDocument; readonly problems: ReadonlyArray<SyntaxProblem> } => {
  const lines = new yaml.LineCounter()
  const parsed = parse(yaml, text, lines, limits)
  const positionOf = (offset: number): Position => positionAt(lines, offset)
  const problems: Array<SyntaxProblem> = parsed.errors.map(({ message, pos }) => ({ detail: message.replaceAll(/\s+/g, " "), position: positionOf(pos[0]) }))
  const reader = new TreeReader(yaml, limits, (detail, node) => problems.push({ detail, position: node.range === null || node.range === undefined ? undefined : positionOf(node.range[0]) }))
  const value = problems.length > 0 ? null : reader.read(parsed.contents)
  return { document: { value, locate: (path, part) => locate(yaml, parsed, reader.anchors, path, part, positionOf) }, problems }
}

const parse = (yaml: Yaml, text: string, lineCounter: LineCounter, limits: Limits): Document.Parsed => {
  try {
    // Without a schema every scalar stays the text it is; own rules say what it stands for. Keys are compared here too: the library's way takes n² steps.
    return yaml.parseDocument(text, { version: "1.1", schema: "failsafe", lineCounter, uniqueKeys: false, prettyErrors: false, logLevel: "silent" })
  } catch (thrown) {
    if (thrown instanceof RangeError) throw tooDeep(limits)
    throw thrown
  }
}

const positionAt = (lines: LineCounter, offset: number): Position => {
  const { col, line } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

/** What an anchor stands for: the value, how many values it is made of, and how deep it goes. */
interface Anchored {
  readonly node: Node
  readonly value: Tree
  readonly values: number
  readonly depth: number
}

class TreeReader {
  readonly anchors = new Map<string, Anchored>()
  readonly #yaml: Yaml
  readonly #limits: Limits
  readonly #complain: (detail: string, node: Node) => void
  #values = 0
  #deepest = 0

  constructor(yaml: Yaml, limits: Limits, complain: (detail: string, node: Node) => void) {
    this.#yaml = yaml
    this.#limits = limits
    this.#complain = complain
  }

  read(node: Node | null | undefined, depth = 0): Tree {
    if (node === null || node === undefined) return null
    if (depth > this.#limits.maxDepth) throw tooDeep(this.#limits)
    this.#deepest = Math.max(this.#deepest, depth)
    if (this.#yaml.isAlias(node)) return this.#alias(node.source, node, depth)
    const before = this.#values
    const deepestBefore = this.#deepest
    this.#deepest = depth
    this.#count(1)
    const value = this.#tagged(node, this.#plain(node, depth))
    const { anchor } = node as { readonly anchor?: string }
    if (anchor !== undefined) this.anchors.set(anchor, { node, value, values: this.#values - before, depth: this.#deepest - depth })
    this.#deepest = Math.max(this.#deepest, deepestBefore)
    return value
  }

  #alias(name: string, node: Node, depth: number): Tree {
    const anchored = this.anchors.get(name)
    if (anchored === undefined) {
      this.#complain(`the alias '*${name}' stands for nothing: no value before it has the anchor '&${name}', or it is part of that value`, node)
      return null
    }
    if (depth + anchored.depth > this.#limits.maxDepth) throw tooDeep(this.#limits)
    this.#count(anchored.values)
    return anchored.value
  }

  #count(values: number): void {
    this.#values += values
    if (this.#values > this.#limits.maxValues) throw tooMany(this.#limits)
  }

  #plain(node: Node, depth: number): Tree {
    if (this.#yaml.isSeq(node)) return node.items.map((item) => this.read(item as Node | null, depth + 1))
    if (this.#yaml.isMap(node)) return this.#record(node.items, node, depth)
    const scalar = node as Scalar
    const text = typeof scalar.value === "string" ? scalar.value : String(scalar.value ?? "")
    return scalar.type === "PLAIN" && node.tag === undefined ? resolvePlain(text) : text
  }

  #record(pairs: ReadonlyArray<Pair>, node: Node, depth: number): Tree {
    const entries: Array<readonly [Tree, Tree]> = []
    const merged: Array<readonly [Tree, Tree]> = []
    const seen = new Set<Tree>()
    for (const { key, value } of pairs) {
      const name = this.read(key as Node | null, depth + 1)
      const read = this.read(value as Node | null, depth + 1)
      if (name === "<<" && (key as Scalar | null)?.type === "PLAIN") {
        merged.push(...mergedEntries(read))
        this.#count(merged.length)
        continue
      }
      if (seen.has(name)) this.#complain(`the key '${String(name)}' is there twice. Take one of them out`, (key ?? node) as Node)
      seen.add(name)
      entries.push([name, read])
    }
    const all = [...merged.filter(([name]) => !seen.has(name)), ...entries]
    if (!all.every(([name]) => typeof name === "string")) return new Map(all)
    const record: Record<string, Tree> = {}
    for (const [name, value] of all) setKey(record, name as string, value)
    return record
  }

  #tagged(node: Node, value: Tree): Tree {
    const { tag } = node
    if (tag === undefined || tag === "!" || typeof tag !== "string") return value
    const name = tag.replace(/^tag:yaml\.org,2002:/, "").replace(/^!!?/, "")
    if (name === "str" || name === "seq" || name === "map") return value
    if ((name === "int" || name === "float" || name === "bool" || name === "null") && typeof value === "string") return resolvePlain(value)
    return new PythonTag(name, value)
  }
}

/** The entries that `<<` brings: of one mapping, or of several, of which the first wins. */
const mergedEntries = (source: Tree): ReadonlyArray<readonly [Tree, Tree]> => {
  const sources = Array.isArray(source) ? source as ReadonlyArray<Tree> : [source]
  const entries = new Map<Tree, Tree>()
  for (const record of sources) {
    if (typeof record !== "object" || record === null || record instanceof PythonTag || Array.isArray(record)) continue
    for (const [key, value] of record instanceof Map ? record as ReadonlyMap<Tree, Tree> : Object.entries(record)) if (!entries.has(key)) entries.set(key, value)
  }
  return [...entries]
}

/** Walks the nodes along a path, as far as there are any. */
const locate = (
  yaml: Yaml,
  { contents }: Document.Parsed,
  anchors: ReadonlyMap<string, Anchored>,
  path: Path,
  part: "key" | "value" = "value",
  positionOf: (offset: number) => Position
): Position | undefined => {
  let node: Node | null | undefined = contents
  let found = node
  for (const [i, step] of path.entries()) {
    if (yaml.isAlias(node)) node = anchors.get(node.source)?.node
    if (yaml.isSeq(node)) node = node.items[Number(step)] as Node | null | undefined
    else if (yaml.isMap(node)) {
      const pair: Pair | undefined = (node.items as ReadonlyArray<Pair>).find(({ key }) => yaml.isScalar(key) && String(key.value) === String(step))
      const last = i === path.length - 1
      // A value that is a block begins on the line after its key; the key is what one looks for.
      node = pair === undefined ? undefined : (part === "key" && last) || !yaml.isScalar(pair.value) ? pairNode(pair, last) : pair.value
    } else node = undefined
    if (node === null || node === undefined) break
    if (i < path.length - 1 && yaml.isScalar(node)) {
      found = node
      break
    }
    found = node
  }
  const range = found?.range
  return range === null || range === undefined ? undefined : positionOf(range[0])
}

/** At the end of a path its key, before that the value, into which the path goes on. */
const pairNode = ({ key, value }: Pair, last: boolean): Node | null | undefined => (last ? key : value) as Node | null | undefined
