/**
 * Names: which identifier of a function stands for a variable of its own, and which for one of its
 * surroundings.
 */
import type { AnyNode, Identifier, Pattern } from "acorn"
import { childrenOf } from "./functionText.ts"

/** A variable that a function declares. */
export interface Binding {
  readonly name: string
}

interface Scope {
  readonly outer: Scope | undefined
  readonly bindings: Map<string, Binding>
}

export type FunctionNode = Extract<
  AnyNode,
  { type: "ArrowFunctionExpression" | "FunctionExpression" | "FunctionDeclaration" }
>

export const isFunction = (node: AnyNode): node is FunctionNode =>
  node.type === "ArrowFunctionExpression" ||
  node.type === "FunctionExpression" ||
  node.type === "FunctionDeclaration"

export type ClassNode = Extract<AnyNode, { type: "ClassExpression" | "ClassDeclaration" }>

export const isClass = (node: AnyNode): node is ClassNode =>
  node.type === "ClassExpression" || node.type === "ClassDeclaration"

export class Names {
  readonly root: AnyNode
  /** All nodes below the root, parents before their children. */
  readonly nodes: Array<AnyNode> = []
  readonly #parents = new Map<AnyNode, AnyNode>()
  readonly #bindings = new Map<Identifier, Binding>()
  #rootName: Binding | undefined
  /** Identifiers that stand for a variable of the surroundings. */
  readonly free: Array<Identifier> = []

  constructor(root: AnyNode) {
    this.root = root
    const references: Array<readonly [Identifier, Scope]> = []
    const top = scopeIn(undefined)
    this.#visit(root, top, top, references)
    // Names may stand before their declaration, so they are resolved once all declarations are known.
    for (const [identifier, scope] of references) {
      const binding = resolved(identifier.name, scope)
      if (binding === undefined) this.free.push(identifier)
      else this.#bindings.set(identifier, binding)
    }
  }

  parentOf(node: AnyNode): AnyNode | undefined {
    return this.#parents.get(node)
  }

  /** The function's own variable that an identifier stands for. */
  bindingOf(identifier: Identifier): Binding | undefined {
    return this.#bindings.get(identifier)
  }

  /** Whether an identifier stands for the function or class that is looked at. */
  isRootName(identifier: Identifier): boolean {
    return this.#rootName !== undefined && this.#bindings.get(identifier) === this.#rootName
  }

  /**
   * The function whose `this` a node sees: the nearest that is not an arrow; undefined for that of
   * the surroundings, a class for that of its fields.
   */
  thisOf(node: AnyNode): AnyNode | undefined {
    let at = this.parentOf(node)
    while (
      at !== undefined &&
      !(isFunction(at) && at.type !== "ArrowFunctionExpression") &&
      at.type !== "PropertyDefinition" &&
      at.type !== "StaticBlock"
    )
      at = this.parentOf(at)
    return at
  }

  #visit(
    node: AnyNode,
    scope: Scope,
    vars: Scope,
    references: Array<readonly [Identifier, Scope]>
  ): void {
    this.nodes.push(node)
    const each = (
      nodes: Iterable<AnyNode | null | undefined>,
      inner = scope,
      innerVars = vars
    ): void => {
      for (const child of nodes) {
        if (child === null || child === undefined) continue
        this.#parents.set(child, node)
        this.#visit(child, inner, innerVars, references)
      }
    }
    switch (node.type) {
      case "Identifier":
        references.push([node, scope])
        return
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression": {
        const outer = node.type === "FunctionExpression" ? scopeIn(scope) : scope
        if (node.type !== "ArrowFunctionExpression" && node.id) declare(node.id, outer)
        if (node === this.root && node.type !== "ArrowFunctionExpression" && node.id)
          this.#rootName = outer.bindings.get(node.id.name)
        const parameters = scopeIn(outer)
        if (node.type !== "ArrowFunctionExpression")
          parameters.bindings.set("arguments", { name: "arguments" })
        for (const parameter of node.params) declare(parameter, parameters)
        each(node.params, parameters, parameters)
        // Defaults of parameters do not see the variables of the body.
        const body = scopeIn(parameters)
        each([node.body], body, body)
        return
      }
      case "ClassDeclaration":
      case "ClassExpression": {
        const inner = scopeIn(scope)
        if (node.id) {
          declare(node.id, inner)
          if (node === this.root) this.#rootName = inner.bindings.get(node.id.name)
          if (node.type === "ClassDeclaration") declare(node.id, scope)
        }
        each([node.superClass, node.body], inner)
        return
      }
      case "StaticBlock": {
        const inner = scopeIn(scope)
        each(node.body, inner, inner)
        return
      }
      case "BlockStatement":
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "SwitchStatement":
        each(childrenOf(node), scopeIn(scope))
        return
      case "CatchClause": {
        const inner = scopeIn(scope)
        if (node.param != null) declare(node.param, inner)
        each(childrenOf(node), inner)
        return
      }
      case "VariableDeclaration":
        for (const { id } of node.declarations) declare(id, node.kind === "var" ? vars : scope)
        each(node.declarations)
        return
      case "ImportDeclaration":
        for (const { local } of node.specifiers) declare(local, scope)
        return
      case "ExportSpecifier":
        each([node.local])
        return
      case "LabeledStatement":
        each([node.body])
        return
      case "BreakStatement":
      case "ContinueStatement":
      case "MetaProperty":
        return
      case "MemberExpression":
        each(node.computed ? [node.object, node.property] : [node.object])
        return
      case "Property":
      case "MethodDefinition":
      case "PropertyDefinition":
        each(node.computed ? [node.key, node.value] : [node.value])
        return
      default:
        each(childrenOf(node))
    }
  }
}

const scopeIn = (outer: Scope | undefined): Scope => ({ outer, bindings: new Map() })

const resolved = (name: string, scope: Scope): Binding | undefined => {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const binding = at.bindings.get(name)
    if (binding !== undefined) return binding
  }
  return undefined
}

const declare = (pattern: Pattern, { bindings }: Scope): void => {
  for (const { name } of namesIn(pattern)) if (!bindings.has(name)) bindings.set(name, { name })
}

/** The variables that a pattern sets. */
export function* namesIn(pattern: Pattern): Generator<Identifier> {
  switch (pattern.type) {
    case "Identifier":
      yield pattern
      return
    case "ObjectPattern":
      for (const property of pattern.properties)
        yield* namesIn(property.type === "RestElement" ? property.argument : property.value)
      return
    case "ArrayPattern":
      for (const element of pattern.elements) if (element !== null) yield* namesIn(element)
      return
    case "RestElement":
      yield* namesIn(pattern.argument)
      return
    case "AssignmentPattern":
      yield* namesIn(pattern.left)
      return
    default:
  }
}
