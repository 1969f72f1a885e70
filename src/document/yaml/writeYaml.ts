/** A tree to YAML text that Python's YAML and every other reader takes for the same values. */
import type { Alias, Node, Pair, Scalar } from "yaml"
import type * as YamlModule from "yaml"
import { needsQuotes, writtenNumber } from "../tree/plainScalars.ts"
import { PythonTag, type Tree } from "../tree/Tree.ts"

type Yaml = typeof YamlModule

/** What Python's YAML takes for line ends or refuses, beyond what any writer escapes. */
const separators = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/

/**
 * Writes a tree. Values that `shared` names, by one object each, are written once under an anchor
 * and repeated as aliases.
 */
export const writeYaml = (
  yaml: Yaml,
  tree: Tree,
  shared: ReadonlySet<unknown> = new Set()
): string => {
  const document = new yaml.Document(null, { version: "1.1", schema: "failsafe" })
  document.contents = new NodeWriter(yaml, shared).node(tree) as never
  const text = document.toString({ lineWidth: 0, directives: false, flowCollectionPadding: false })
  return text.replaceAll(
    new RegExp(separators, "g"),
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  )
}

class NodeWriter {
  readonly #yaml: Yaml
  readonly #shared: ReadonlySet<unknown>
  readonly #anchors = new Map<unknown, string>()
  readonly #first = new Map<unknown, Node>()

  constructor(yaml: Yaml, shared: ReadonlySet<unknown>) {
    this.#yaml = yaml
    this.#shared = shared
  }

  node(value: Tree): Node {
    if (!this.#shared.has(value)) return this.#fresh(value)
    const before = this.#first.get(value)
    if (before === undefined) {
      const node = this.#fresh(value)
      this.#first.set(value, node)
      return node
    }
    return this.#alias(value, before)
  }

  #alias(value: Tree, before: Node): Alias {
    const name = this.#anchors.get(value) ?? `parameters_${this.#anchors.size + 1}`
    this.#anchors.set(value, name)
    Object.assign(before, { anchor: name })
    return new this.#yaml.Alias(name)
  }

  #fresh(value: Tree): Node {
    if (value instanceof PythonTag)
      return Object.assign(this.node(value.value), { tag: `tag:yaml.org,2002:${value.tag}` })
    if (Array.isArray(value)) {
      const sequence = new this.#yaml.YAMLSeq()
      for (const item of value as ReadonlyArray<Tree>) sequence.items.push(this.node(item))
      return sequence
    }
    if (typeof value === "object" && value !== null) {
      const map = new this.#yaml.YAMLMap()
      for (const [key, item] of value instanceof Map
        ? (value as ReadonlyMap<Tree, Tree>)
        : Object.entries(value))
        map.items.push(this.#pair(key, item as Tree))
      return map
    }
    return this.#scalar(value)
  }

  #pair(key: Tree, value: Tree): Pair {
    return new this.#yaml.Pair(this.#fresh(key), this.node(value))
  }

  #scalar(value: null | boolean | number | bigint | string): Scalar {
    const text =
      typeof value === "string"
        ? value
        : typeof value === "number" || typeof value === "bigint"
          ? writtenNumber(value)
          : String(value)
    const scalar = new this.#yaml.Scalar(text)
    if (typeof value !== "string") scalar.type = "PLAIN"
    // Python reads no tab in a text without quotes.
    else if (text === "" || needsQuotes(text) || separators.test(text) || text.includes("\t"))
      scalar.type = "QUOTE_DOUBLE"
    return scalar
  }
}
