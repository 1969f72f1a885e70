/** What a function uses of its surroundings, as its text says. */
import type { AnyNode } from "acorn"
import { type Changes, changesIn } from "./changes.ts"
import { parsedFunction } from "./functionText.ts"
import { isClass, Names } from "./Names.ts"
import { propertyOf, type Use, usesIn } from "./uses.ts"

export interface FunctionUse {
  readonly uses: ReadonlyArray<Use>
  readonly changes: Changes
  /** Modules that it imports when it is called; undefined for one whose name it computes. */
  readonly imports: ReadonlyArray<string | undefined>
  /**
   * What it uses that no scope holds: the `this` of its surroundings, `super`, `import.meta`,
   * `with`.
   */
  readonly unseen: ReadonlyArray<string>
  /**
   * Names that it can be called by: those of a class's methods, `get name` for a getter, `[]` for
   * one whose name is computed.
   */
  readonly methods: ReadonlyArray<string>
  /** Whether it calls methods of regular expressions that depend on where the last call ended. */
  readonly steps: boolean
}

const known = new Map<string, FunctionUse | undefined>()

/** Reads the text of a function or a class; undefined if it cannot be parsed. */
export const readFunction = (text: string): FunctionUse | undefined => {
  if (!known.has(text)) {
    const root = parsedFunction(text)
    known.set(text, root === undefined ? undefined : useOf(new Names(root)))
  }
  return known.get(text)
}

/** What code uses, by its tree. */
export const useOf = (names: Names): FunctionUse => {
  const all = usesIn(names)
  const { nodes } = names
  const changes = changesIn(
    names,
    new Set(all.filter(({ kind }) => kind === "count").map(({ identifier }) => identifier))
  )
  const methods = nodes.filter((node) => node.type === "MethodDefinition")
  return {
    uses: all,
    changes,
    imports: nodes.flatMap((node) =>
      node.type === "ImportExpression"
        ? [
            node.source.type === "Literal" && typeof node.source.value === "string"
              ? node.source.value
              : undefined
          ]
        : []
    ),
    unseen: nodes.flatMap((node) => hidden(names, node)),
    methods: methods.map(({ computed, key, kind }) =>
      computed ? "[]" : `${kind === "get" ? "get " : ""}${nameOf(key)}`
    ),
    steps: nodes.some(
      (node) =>
        node.type === "CallExpression" &&
        node.callee.type === "MemberExpression" &&
        ["test", "exec"].includes(propertyOf(node.callee) ?? "")
    )
  }
}

const nameOf = (key: AnyNode): string =>
  key.type === "PrivateIdentifier"
    ? `#${key.name}`
    : key.type === "Identifier"
      ? key.name
      : key.type === "Literal"
        ? String(key.value)
        : "[]"

const harmlessMeta = new Set(["url", "dirname", "filename", "main", "resolve"])

const hidden = (names: Names, node: AnyNode): ReadonlyArray<string> => {
  switch (node.type) {
    case "ThisExpression":
      return names.root.type === "ArrowFunctionExpression" && names.thisOf(node) === undefined
        ? ["this"]
        : []
    case "Super":
      return isClass(names.root) ? [] : ["super"]
    case "WithStatement":
      return ["with"]
    case "MetaProperty": {
      const parent = names.parentOf(node)
      const property = parent?.type === "MemberExpression" ? propertyOf(parent) : undefined
      return node.meta.name !== "import" || (property !== undefined && harmlessMeta.has(property))
        ? []
        : ["import.meta"]
    }
    default:
      return []
  }
}
