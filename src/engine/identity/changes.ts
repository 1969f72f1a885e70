/**
 * Changes: which objects of its surroundings a function changes, itself or by handing them to
 * another function.
 *
 * Variables are followed from what they are set to, so that `const list = config.words;
 * list.sort()` changes `config`, while a copy, `[...words].sort()`, changes nothing that is not the
 * function's own.
 */
import type { AnyNode, CallExpression, Identifier, NewExpression, Pattern } from "acorn"
import { borrowedMethod, isGlobal } from "./callees.ts"
import { argumentOrigins, type HandedOver } from "./HandedOver.ts"
import { changing, changingFirst, copying, folding, unrelated } from "./methods.ts"
import {
  type Binding,
  type FunctionNode,
  isClass,
  isFunction,
  type Names,
  namesIn
} from "./Names.ts"
import { element, fresh, holding, none, type Origin, union, type Value } from "./origins.ts"
import { propertyOf } from "./uses.ts"

export interface Changes {
  readonly changed: ReadonlySet<Origin>
  readonly handedOver: ReadonlyArray<HandedOver>
  /** What it returns. */
  readonly returned: ReadonlySet<Origin>
}

/** What a function changes of what it did not make. `counted` holds the names that it only counts. */
export const changesIn = (names: Names, counted: ReadonlySet<Identifier>): Changes =>
  new ChangeFinder(names, counted).changes()

class ChangeFinder {
  readonly #names: Names
  readonly #counted: ReadonlySet<Identifier>
  readonly #values = new Map<Binding, { readonly self: Set<Origin>; readonly inner: Set<Origin> }>()
  /** What functions within the function give back. */
  readonly #returned = { self: new Set<Origin>(), inner: new Set<Origin>() }
  /** What the function itself gives back. */
  readonly #outward = new Set<Origin>()
  readonly #changed = new Set<Origin>()
  #handedOver: Array<HandedOver> = []
  #grown = false

  constructor(names: Names, counted: ReadonlySet<Identifier>) {
    this.#names = names
    this.#counted = counted
    const { root } = names
    if ((isFunction(root) || isClass(root)) && "id" in root && root.id) this.#ofItself(root.id.name)
    if (isFunction(root)) this.#parameters(root)
    // Of a class, what each of its methods does to its parameters and to its instance.
    else if (isClass(root))
      for (const node of names.nodes)
        if (node.type === "MethodDefinition") this.#parameters(node.value)
  }

  changes(): Changes {
    // A variable may be set below where it is used: until nothing is new.
    do {
      this.#grown = false
      this.#handedOver = []
      for (const node of this.#names.nodes) this.#look(node)
    } while (this.#grown)
    return { changed: this.#changed, handedOver: this.#handedOver, returned: this.#outward }
  }

  #parameters({ params }: FunctionNode): void {
    params.forEach((parameter, i) =>
      this.#set(parameter, { self: new Set([`#${i}`]), inner: none })
    )
  }

  /** What stands on the function or the class itself stays from call to call. */
  #ofItself(name: string): void {
    for (const node of this.#names.nodes) {
      if (node.type === "Identifier" && node.name === name && this.#names.isRootName(node))
        this.#set(node, { self: new Set(["itself"]), inner: none })
    }
  }

  #look(node: AnyNode): void {
    switch (node.type) {
      case "VariableDeclarator":
        if (node.init !== null && node.init !== undefined)
          this.#set(node.id, this.#value(node.init))
        return
      case "AssignmentExpression":
        this.#assign(node.left, this.#value(node.right))
        return
      case "UpdateExpression":
        this.#assign(node.argument, fresh)
        return
      case "UnaryExpression":
        if (node.operator === "delete") this.#assign(node.argument, fresh)
        return
      case "ForOfStatement":
      case "ForInStatement": {
        const value = node.type === "ForOfStatement" ? element(this.#value(node.right)) : fresh
        if (node.left.type === "VariableDeclaration")
          this.#set(node.left.declarations[0]!.id, value)
        else this.#assign(node.left, value)
        return
      }
      case "ReturnStatement":
        if (node.argument !== null && node.argument !== undefined)
          this.#returns(node, this.#value(node.argument))
        return
      case "ArrowFunctionExpression":
        if (node.body.type !== "BlockStatement") this.#returns(node.body, this.#value(node.body))
        return
      case "CallExpression":
      case "NewExpression":
        this.#call(node)
        return
      default:
    }
  }

  /** What is written to: a variable of the function's own, or a property of an object. */
  #assign(target: AnyNode, value: Value): void {
    switch (target.type) {
      case "MemberExpression": {
        if (this.#isCounted(target)) return
        const object = this.#value(target.object)
        this.#change(object.self)
        this.#put(target.object, value)
        return
      }
      case "ChainExpression":
        this.#assign(target.expression, value)
        return
      case "Identifier":
        this.#set(target, value)
        return
      case "ArrayPattern":
        for (const each of target.elements) if (each !== null) this.#assign(each, element(value))
        return
      case "ObjectPattern":
        for (const property of target.properties)
          this.#assign(
            property.type === "RestElement" ? property.argument : property.value,
            element(value)
          )
        return
      case "RestElement":
        this.#assign(target.argument, value)
        return
      case "AssignmentPattern":
        this.#assign(target.left, value)
        return
      default:
    }
  }

  #call(node: CallExpression | NewExpression): void {
    const { callee } = node
    const args = node.arguments.map((argument) =>
      this.#value(argument.type === "SpreadElement" ? argument.argument : argument)
    )
    const method = callee.type === "MemberExpression" ? propertyOf(callee) : undefined
    const receiver = callee.type === "MemberExpression" ? this.#value(callee.object) : fresh
    if (callee.type === "MemberExpression" && method !== undefined) {
      if (changing.has(method) && !this.#isCounted(callee)) this.#change(receiver.self)
      if (changing.has(method)) for (const argument of args) this.#put(callee.object, argument)
      if (changingFirst.has(method) && isGlobal(callee.object, ["Object", "Reflect"], this.#names))
        this.#change(args[0]?.self ?? none)
      const borrowed = borrowedMethod(callee.object, method)
      if (borrowed !== undefined && changing.has(borrowed)) this.#change(args[0]?.self ?? none)
    }
    this.#callbacks(node, receiver, method, args)
    const local = callee.type === "Identifier" ? this.#names.bindingOf(callee) : undefined
    if (local !== undefined) this.#handToOwn(local, args)
    if (args.every(({ self }) => self.size === 0) && receiver.self.size === 0) return
    const pure =
      callee.type === "MemberExpression" &&
      isGlobal(
        callee.object,
        ["Object", "JSON", "Math", "Array", "console", "Number", "String"],
        this.#names
      )
    if (!pure)
      this.#handedOver.push({
        callee:
          callee.type === "Identifier" ? (local === undefined ? callee.name : undefined) : method,
        receiver: receiver.self,
        args: argumentOrigins(node, args)
      })
  }

  /**
   * A function that is written as an argument gets what is in the object whose method is called, as
   * with `list.map((each) => …)`.
   */
  #callbacks(
    node: CallExpression | NewExpression,
    receiver: Value,
    method: string | undefined,
    args: ReadonlyArray<Value>
  ): void {
    for (const argument of node.arguments) {
      if (!isFunction(argument)) continue
      argument.params.forEach((parameter, i) => {
        const folded = method !== undefined && folding.has(method) && i === 0
        const called =
          method === undefined || args.some(({ inner, self }) => self.size + inner.size > 0)
            ? [...args.map(element), { self: new Set(["callback"]), inner: none }]
            : []
        this.#set(
          parameter,
          folded
            ? (args[1] ?? element(receiver))
            : [element(receiver), { self: receiver.self, inner: none }, ...called].reduce(
                union,
                fresh
              )
        )
      })
    }
  }

  /**
   * Arguments of one of the function's own functions; where it is not known which one a variable
   * holds, each may get them.
   */
  #handToOwn(local: Binding, args: ReadonlyArray<Value>): void {
    const all = args.reduce(union, fresh)
    if (all.self.size + all.inner.size === 0) return
    const known = this.#names.nodes.find(
      (node) =>
        node.type === "VariableDeclarator" &&
        node.id.type === "Identifier" &&
        this.#names.bindingOf(node.id) === local
    )
    if (known?.type === "VariableDeclarator" && known.init && isFunction(known.init)) {
      known.init.params.forEach((parameter, i) =>
        this.#set(
          parameter,
          parameter.type === "RestElement" ? holding(args.slice(i)) : (args[i] ?? fresh)
        )
      )
      return
    }
    for (const node of this.#names.nodes)
      if (isFunction(node) && node !== this.#names.root)
        for (const parameter of node.params) this.#set(parameter, all)
  }

  #value(node: AnyNode): Value {
    switch (node.type) {
      case "Identifier": {
        const binding = this.#names.bindingOf(node)
        if (binding === undefined) return { self: new Set([node.name]), inner: none }
        return this.#values.get(binding) ?? fresh
      }
      case "ThisExpression": {
        const owner = this.#names.thisOf(node)
        return owner === undefined || owner === this.#names.root || this.#isMethod(owner)
          ? { self: new Set(["this"]), inner: none }
          : fresh
      }
      case "MemberExpression": {
        const path = this.#pathOf(node)
        return path === undefined
          ? element(this.#value(node.object))
          : { self: new Set([path]), inner: none }
      }
      case "ChainExpression":
      case "ParenthesizedExpression":
        return this.#value(node.expression)
      case "AwaitExpression":
        return this.#value(node.argument)
      case "SpreadElement":
        return element(this.#value(node.argument))
      case "ConditionalExpression":
        return union(this.#value(node.consequent), this.#value(node.alternate))
      case "LogicalExpression":
        return union(this.#value(node.left), this.#value(node.right))
      case "AssignmentExpression":
        return this.#value(node.right)
      case "SequenceExpression":
        return this.#value(node.expressions.at(-1)!)
      case "ArrayExpression":
        return holding(node.elements.flatMap((each) => (each === null ? [] : [this.#value(each)])))
      case "ObjectExpression":
        return holding(
          node.properties.map((property) =>
            this.#value(property.type === "SpreadElement" ? property : property.value)
          )
        )
      case "CallExpression":
      case "NewExpression":
        return this.#result(node)
      default:
        return fresh
    }
  }

  /**
   * A name of the surroundings with the properties that are read from it; undefined where one is
   * computed, or the name is the function's own.
   */
  #pathOf(node: AnyNode): Origin | undefined {
    if (node.type === "Identifier")
      return this.#names.bindingOf(node) === undefined ? node.name : undefined
    const property = node.type === "MemberExpression" ? propertyOf(node) : undefined
    const object =
      node.type === "MemberExpression" && property !== undefined
        ? this.#pathOf(node.object)
        : undefined
    return object === undefined ? undefined : `${object}.${property}`
  }

  #result(node: CallExpression | NewExpression): Value {
    const { callee } = node
    const args = node.arguments.map((argument) => this.#value(argument))
    const method =
      callee.type === "MemberExpression"
        ? propertyOf(callee)
        : callee.type === "Identifier"
          ? callee.name
          : undefined
    const receiver = callee.type === "MemberExpression" ? this.#value(callee.object) : fresh
    if (method !== undefined && unrelated.has(method)) return fresh
    if (node.type === "NewExpression" || (method !== undefined && copying.has(method)))
      return holding([receiver, ...args])
    if (method !== undefined && folding.has(method))
      return union(args[1] ?? fresh, { self: none, inner: element(receiver).self })
    const own =
      callee.type === "Identifier" && this.#names.bindingOf(callee) !== undefined
        ? this.#returned
        : fresh
    const outside =
      method !== undefined && own === fresh ? { self: new Set([`@${method}`]), inner: none } : fresh
    return [element(receiver), ...args, own, outside].reduce(union, fresh)
  }

  /** A method of the class that is looked at changes its instance; a constructor only makes it. */
  #isMethod(owner: AnyNode): boolean {
    const parent = this.#names.parentOf(owner)
    return (
      parent?.type === "MethodDefinition" &&
      parent.kind !== "constructor" &&
      isClass(this.#names.root)
    )
  }

  #isCounted(node: AnyNode): boolean {
    return node.type === "MemberExpression"
      ? this.#isCounted(node.object)
      : node.type === "Identifier" && this.#counted.has(node)
  }

  #change(origins: ReadonlySet<Origin>): void {
    for (const origin of origins) this.#changed.add(origin)
  }

  #returns(node: AnyNode, value: Value): void {
    let owner = this.#names.parentOf(node)
    while (owner !== undefined && !isFunction(owner)) owner = this.#names.parentOf(owner)
    if (owner !== undefined && (owner === this.#names.root || this.#isMethod(owner)))
      for (const origin of value.self) this.#outward.add(origin)
    else this.#grow(this.#returned, value)
  }

  /** Puts a value into the object that an expression stands for. */
  #put(object: AnyNode, value: Value): void {
    let root = object
    while (root.type === "MemberExpression") root = root.object
    if (root.type === "Identifier") this.#set(root, holding([value]))
  }

  #set(pattern: Pattern | Identifier, value: Value): void {
    const taken = pattern.type === "Identifier" ? value : element(value)
    for (const name of namesIn(pattern)) {
      const binding = this.#names.bindingOf(name)
      if (binding === undefined) continue
      const known = this.#values.get(binding) ?? {
        self: new Set<Origin>(),
        inner: new Set<Origin>()
      }
      this.#values.set(binding, known)
      this.#grow(known, taken)
    }
  }

  #grow(
    known: { readonly self: Set<Origin>; readonly inner: Set<Origin> },
    { inner, self }: Value
  ): void {
    const before = known.self.size + known.inner.size
    for (const origin of self) known.self.add(origin)
    for (const origin of inner) known.inner.add(origin)
    if (known.self.size + known.inner.size > before) this.#grown = true
  }
}
