/**
 * Package scans: whether a function of an installed package depends on more than its version and
 * its arguments, as a clock, a generator of random values or a reader of files does.
 *
 * Only functions that are called by name are followed. What a package keeps in variables of its own
 * is its own affair.
 */
import { type BuiltinUse, builtinPathOf, isBuiltinGlobal, type Judged, judged } from "./builtins.ts"
import { type Inspector, isModule, variableIn } from "./Inspector.ts"
import type { Syntax } from "./Syntax.ts"

/** So many functions of a package are read for one that is called. */
const mostRead = 300

export class PackageScan {
  readonly #inspector: Inspector
  readonly #syntax: Syntax
  readonly #waiting: Array<Function> = []
  readonly #met = new Set<Function>()
  readonly #found: Array<Judged> = []

  constructor(inspector: Inspector, syntax: Syntax) {
    this.#inspector = inspector
    this.#syntax = syntax
  }

  /** What functions depend on besides their arguments. */
  of(functions: ReadonlyArray<Function>): ReadonlyArray<Judged> {
    for (const fn of functions) this.#wait(fn)
    for (let fn = this.#waiting.shift(); fn !== undefined; fn = this.#waiting.shift())
      this.#read(fn)
    return this.#found
  }

  #read(fn: Function): void {
    const scopes = this.#inspector.scopesOf(fn)
    for (const use of this.#syntax.readFunction(Function.prototype.toString.call(fn))?.uses ?? []) {
      const found = variableIn(scopes, use.name)
      if (found === undefined && isBuiltinGlobal(use.name)) this.#judge(judged(use.name, use))
      else if (found !== undefined && use.kind === "read") this.#follow(found.value, use)
    }
  }

  #follow(value: unknown, use: BuiltinUse): void {
    if ((typeof value !== "object" && typeof value !== "function") || value === null) return
    const builtin = builtinPathOf(value)
    if (builtin !== undefined) {
      const [root, ...path] = builtin
      this.#judge(judged(root, { ...use, path: [...path, ...use.path] }))
      return
    }
    if (typeof value === "function") this.#wait(value)
    const [first, ...path] = use.path
    if (first !== undefined) this.#follow(member(value, first), { ...use, path })
  }

  #judge(one: Judged): void {
    if (one.standing !== "pure") this.#found.push(one)
  }

  #wait(fn: Function): void {
    if (this.#met.has(fn) || this.#met.size >= mostRead) return
    this.#met.add(fn)
    this.#waiting.push(fn)
  }
}

/** A property that can be read without calling anything. */
export const member = (object: object, key: string): unknown => {
  if (isModule(object)) return (object as Readonly<Record<string, unknown>>)[key]
  for (
    let at: object | null = object;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    const descriptor = Object.getOwnPropertyDescriptor(at, key)
    if (descriptor !== undefined) return descriptor.value
  }
  return undefined
}
