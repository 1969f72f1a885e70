/** Functions, described: by their text, and by what each name in it stands for. */
import { types } from "node:util"
import { builtinPathOf, type BuiltinUse, isBuiltinGlobal } from "./builtins.ts"
import { type Findings, type FoundProperty, ownCode, propertiesOf } from "./Findings.ts"
import type { FunctionUse } from "./functionUse.ts"
import { type ScopeSeen, variableIn } from "./Inspector.ts"
import type { CodeOrigin } from "./origin.ts"
import type { Reached } from "./StateSearch.ts"
import type { Use } from "./uses.ts"

/**
 * Describes values: what each is called where it was found, what is read of it, and depth 0 if it
 * was given to the step itself.
 */
export interface Describing {
  readonly write: (
    item: unknown,
    name: string,
    uses: ReadonlyArray<BuiltinUse> | undefined,
    depth: number
  ) => void
  readonly properties: (found: ReadonlyArray<FoundProperty>, depth: number) => void
}

export class FunctionDescription {
  readonly #findings: Findings
  readonly #write: Describing["write"]
  readonly #properties: Describing["properties"]

  constructor(findings: Findings, { properties, write }: Describing) {
    this.#findings = findings
    this.#write = write
    this.#properties = properties
  }

  add(fn: Function, name: string, depth: number): void {
    const text = Function.prototype.toString.call(fn)
    this.#findings.push(`ƒ${JSON.stringify(text)}`)
    const inspector = this.#findings.inspector
    if (inspector === undefined) {
      this.#findings.hide({ kind: "code", name, what: "since this runtime has no inspector" })
      return
    }
    if (isNative(text)) {
      const bound = inspector.boundOf(fn)
      if (bound === undefined)
        this.#findings.hide({
          kind: "code",
          name: name === "" ? fn.name : name,
          what: "a native function"
        })
      else
        for (const part of [bound.target, bound.self, bound.args])
          this.#write(part, name, undefined, depth)
      this.#members(fn, text, depth)
      return
    }
    if (inspector.isElsewhere(fn)) {
      this.#findings.hide({
        kind: "code",
        name: name === "" ? fn.name : name,
        what: "a function of another context"
      })
      return
    }
    const script = inspector.scriptOf(fn) ?? ""
    if (depth === 0) this.#findings.isProject(script)
    const origin = this.#findings.originOf(fn) ?? ownCode
    if (origin.from === "node") {
      this.#findings.hide({
        kind: "outside",
        name: fn.name === "" ? name : fn.name,
        what: `of ${origin.module}`
      })
      return
    }
    const use = this.#findings.parser.readFunction(text)
    if (use === undefined) {
      this.#findings.hide({
        kind: "code",
        name: name === "" ? fn.name : name,
        what: "code that cannot be parsed"
      })
      return
    }
    const scopes = inspector.scopesOf(fn)
    const reached: Reached = { script, use, values: new Map() }
    if (origin.from === "package") {
      this.#findings.package(origin, [fn])
      this.#captured(reached, innerScopes(scopes), origin)
    } else {
      this.#findings.state.reach(fn, name, reached)
      for (const part of use.unseen) this.#findings.hide({ kind: "code", name: part })
      if (use.imports.length > 0) this.#imports(use, inspector.urlOf(script))
      this.#members(fn, text, depth)
      this.#captured(reached, scopes, origin)
    }
  }

  /** Modules that a function loads when it is called. */
  #imports({ imports }: FunctionUse, url: string): void {
    for (const specifier of imports) {
      if (specifier === undefined)
        this.#findings.hide({
          kind: "code",
          name: "import()",
          what: "of a module whose name is computed"
        })
      else {
        this.#findings.module(this.#findings.parser.importIdentity(specifier, url))
      }
    }
  }

  /**
   * What a function has besides its code: the class it extends, what was put on it and on its
   * prototype.
   */
  #members(fn: Function, text: string, depth: number): void {
    const extended: unknown = Object.getPrototypeOf(fn)
    if (
      typeof extended === "function" &&
      extended !== Function.prototype &&
      builtinPathOf(extended) === undefined &&
      Object.hasOwn(extended, "prototype")
    )
      this.#write(extended, extended.name, undefined, depth + 1)
    const own = (object: object, without: ReadonlyArray<string>): ReadonlyArray<FoundProperty> =>
      propertiesOf(object).filter(
        ([key, { enumerable, get, set, value }]) =>
          (enumerable === true || !without.includes(String(key))) &&
          ![get, set, value].some(
            (part) =>
              typeof part === "function" && text.includes(Function.prototype.toString.call(part))
          )
      )
    this.#properties(own(fn, ["length", "name", "prototype", "arguments", "caller"]), depth + 1)
    const { prototype } = fn as { readonly prototype?: unknown }
    if (typeof prototype === "object" && prototype !== null)
      this.#properties(own(prototype, ["constructor", "Symbol(Symbol.toStringTag)"]), depth + 1)
  }

  #captured(reached: Reached, scopes: ReadonlyArray<ScopeSeen>, origin: CodeOrigin): void {
    const isPackage = origin.from === "package"
    const byName = Map.groupBy(reached.use.uses, ({ name }) => name)
    for (const name of [...byName.keys()].toSorted()) {
      const uses = byName.get(name)!
      const found = variableIn(scopes, name)
      // A package's version stands for the variables of its modules, and this library's for what it works out once.
      if (
        isPackage &&
        (found === undefined || (origin.isOwn && uses.some(({ kind }) => kind === "set")))
      )
        continue
      if (found === undefined) {
        this.#global(reached, name, uses)
        continue
      }
      reached.values.set(name, found.value)
      const counts = uses.filter(({ kind }) => kind === "count")
      if (counts.length > 0) this.#findings.state.count(reached, name)
      // Only a plain object does nothing else when it is counted up.
      if (!counts.every(({ path }) => isPlain(found.value, path)))
        this.#findings.state.sets(reached, name)
      if (counts.length === uses.length) continue
      this.#findings.push(` ${name}=`)
      this.#findings.state.reads(reached, name)
      if (uses.some(({ kind }) => kind === "set")) this.#findings.state.sets(reached, name)
      else if (found.unset)
        this.#findings.hide({ kind: "state", name, what: "which has no value yet" })
      else
        this.#write(
          found.value,
          name,
          uses.filter(({ kind }) => kind === "read"),
          1
        )
    }
  }

  #global(reached: Reached, name: string, uses: ReadonlyArray<Use>): void {
    for (const use of uses) {
      const [root = name, ...path] =
        name === "globalThis" || name === "global" ? use.path : [name, ...use.path]
      if (use.kind === "count") this.#findings.state.count(reached, root)
      else if (use.kind === "set") this.#findings.state.sets(reached, root)
      else {
        this.#findings.state.reads(reached, root)
        this.#findings.push(` ${root}=`)
        const value = globalValue(root)
        const inner: BuiltinUse = { ...use, path }
        // Where somebody has put something else in its place, that counts.
        const replaced = root === "Math" || root === "Date" ? replacement(value, path) : undefined
        if (replaced !== undefined) this.#write(replaced, root, undefined, 1)
        else if (isBuiltinGlobal(root)) this.#findings.builtin([root], [inner])
        else if (Object.getOwnPropertyDescriptor(globalThis, root)?.get !== undefined)
          this.#findings.hide({ kind: "outside", name: root })
        else if (value === undefined) this.#findings.push("absent")
        else this.#write(value, root, [inner], 1)
      }
    }
  }
}

/**
 * Whether an object, and those on a path in it, are records, lists, maps or sets that do nothing of
 * their own when they are written to.
 */
const isPlain = (value: unknown, [first, ...path]: ReadonlyArray<string>): boolean => {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return true
  if (typeof value === "function" || types.isProxy(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (
    ![Object.prototype, Array.prototype, Map.prototype, Set.prototype, null].includes(
      prototype as null
    )
  )
    return false
  const descriptor = first === undefined ? undefined : Object.getOwnPropertyDescriptor(value, first)
  return descriptor === undefined || ("value" in descriptor && isPlain(descriptor.value, path))
}

/** Native functions, bound ones among them, have no text. */
const isNative = (text: string): boolean =>
  /^(?:function|async|class)?[^{]*\{\s*\[native code\]\s*\}$/.test(text)

/**
 * The variables that a package's function closes over, without those of its module: CommonJS wraps
 * a module in a function without a name.
 */
const innerScopes = (scopes: ReadonlyArray<ScopeSeen>): ReadonlyArray<ScopeSeen> =>
  scopes.filter(
    ({ kind }, i) =>
      kind !== "Module" && kind !== "Script" && !(kind === "Closure" && i === scopes.length - 1)
  )

const globalValue = (name: string): unknown =>
  Object.getOwnPropertyDescriptor(globalThis, name)?.value

/** What a program has put in the place of `Math.random` or `Date`. */
const replacement = (root: unknown, [first]: ReadonlyArray<string>): unknown => {
  if (builtinPathOf(root) === undefined) return root
  const part =
    first === undefined
      ? undefined
      : (Object.getOwnPropertyDescriptor(root, first)?.value as unknown)
  return typeof part === "function" && builtinPathOf(part) === undefined ? part : undefined
}
