/**
 * Descriptions: a value as a hash that is the same for equal values and another for different ones, whatever the order of keys.
 *
 * Functions are described by their text and by all that they use of their surroundings, however far that reaches. What cannot be seen is listed.
 */
import { createHash } from "node:crypto"
import { types } from "node:util"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { builtinPathOf, type BuiltinPath, type BuiltinUse, isBuiltinGlobal, judged } from "./builtins.ts"
import type { FunctionUse } from "./functionUse.ts"
import type { ModuleIdentity } from "./moduleIdentity.ts"
import { type Inspector, isModule, type ScopeSeen, variableIn } from "./Inspector.ts"
import { type CodeOrigin, originOf } from "./origin.ts"
import { member, PackageScan } from "./PackageScan.ts"
import { type Reached, StateSearch } from "./StateSearch.ts"
import { ParserNeeded, type Syntax } from "./Syntax.ts"
import type { Unseen } from "./unseen.ts"
import type { Use } from "./uses.ts"

export const isSchema = (value: unknown): value is { readonly ast: object } =>
  (typeof value === "object" || typeof value === "function") && value !== null && !types.isProxy(value) && "ast" in value && typeof value.ast === "object"

/** The text is hashed in pieces of this length. */
const pieceLength = 65_536

export class Description {
  readonly #inspector: Inspector | undefined
  readonly #syntax: Syntax | undefined
  readonly #trusted: ReadonlySet<string>
  readonly #project = new Set<string>()
  readonly #hash = createHash("sha1")
  #piece = ""
  readonly #seen = new Map<object, number>()
  readonly #unseen = new Map<string, Unseen>()
  readonly #state: StateSearch = new StateSearch()
  readonly #globalRegExps: Array<string> = []

  constructor(inspector: Inspector | undefined, syntax: Syntax | undefined) {
    this.#inspector = inspector
    this.#syntax = syntax
    this.#trusted = inspector === undefined ? new Set() : trustedScripts(inspector)
  }

  /** Adds a value. Functions in it are the project's own. */
  add(value: unknown): this {
    this.#write(value, "", undefined, 0)
    return this
  }

  /** What the functions write to and read, besides what they are given. */
  get state(): StateSearch {
    return this.#state
  }

  /** The hash of all that was added. */
  digest(): string {
    return this.#hash.update(this.#piece).digest("base64url")
  }

  /** What could not be seen, each thing once. */
  get unseen(): ReadonlyArray<Unseen> {
    for (const name of this.#state.changed()) this.#hide({ kind: "state", name })
    for (const name of this.#globalRegExps) if (this.#state.reached.some(({ use }) => use.steps)) this.#hide({ kind: "state", name, what: "a regular expression that goes on where it stopped" })
    return [...this.#unseen.values()]
  }

  /** Adds a module that other threads load. */
  addModule(url: string): this {
    this.#module(this.#parser.moduleIdentity(url))
    return this
  }

  #module({ text, unseen }: ModuleIdentity): void {
    this.#push(text)
    for (const each of unseen) this.#hide(each)
  }

  get #parser(): Syntax {
    if (this.#syntax === undefined) throw new ParserNeeded()
    return this.#syntax
  }

  #push(text: string): void {
    this.#piece += text
    if (this.#piece.length < pieceLength) return
    this.#hash.update(this.#piece)
    this.#piece = ""
  }

  #hide(unseen: Unseen): void {
    const key = `${unseen.kind} ${unseen.name}`
    if (!this.#unseen.has(key)) this.#unseen.set(key, unseen)
  }

  /** `name` is what the value is called where it was found, `uses` what is read of it, `depth` 0 what was given to the step itself. */
  #write(item: unknown, name: string, uses: ReadonlyArray<BuiltinUse> | undefined, depth: number): void {
    if ((typeof item !== "object" && typeof item !== "function") || item === null) {
      this.#push(typeof item === "string" ? JSON.stringify(item) : `${typeof item} ${Object.is(item, -0) ? "-0" : String(item)}`)
      return
    }
    const builtin = builtinPathOf(item)
    if (builtin !== undefined) {
      this.#builtin(builtin, uses)
      return
    }
    // Its parts are seen one by one, so it may be met again for others.
    if (isModule(item)) {
      this.#namespace(item as Readonly<Record<string, unknown>>, name, uses, depth)
      return
    }
    if (this.#api(item, uses)) return
    if (typeof item === "function") this.#state.named(item, name)
    const seen = this.#seen.get(item)
    if (seen !== undefined) {
      this.#push(`↑${seen}`)
      return
    }
    this.#seen.set(item, this.#seen.size)
    this.#state.met(item)
    if (types.isProxy(item)) this.#proxy(item, name, depth)
    else if (isSchema(item)) this.#write(item.ast, name, undefined, depth)
    else if (typeof item === "function") this.#function(item, name, depth)
    else this.#object(item, name, uses, depth)
  }

  /** Functions of a package that are called as properties of one object. Says whether that is all that is used of it. */
  #api(item: object, uses: ReadonlyArray<BuiltinUse> | undefined): boolean {
    if (uses === undefined || uses.length === 0 || types.isProxy(item)) return false
    const parts = uses.map(({ path: [first] }) => first === undefined ? undefined : member(item, first))
    const isApi = (typeof item === "function" || Object.getPrototypeOf(item) === Object.prototype) && parts.every((part) => typeof part === "function" && this.#originOf(part)?.from === "package")
    if (isApi) parts.forEach((part, i) => this.#write(part, uses[i]!.path[0]!, undefined, 1))
    return isApi
  }

  #originOf(fn: Function): CodeOrigin | undefined {
    const script = this.#inspector?.scriptOf(fn)
    if (script === undefined) return undefined
    return this.#trusted.has(script) ? trusted : this.#project.has(script) ? project : originOf(this.#inspector!.urlOf(script))
  }

  #builtin([root, ...path]: BuiltinPath, uses: ReadonlyArray<BuiltinUse> | undefined): void {
    for (const use of uses === undefined || uses.length === 0 ? [{ path: [] }] : uses) {
      const { name, standing, value } = judged(root, { ...use, path: [...path, ...use.path] })
      this.#push(value === undefined ? `¤${name}` : `¤${name}=${JSON.stringify(value)}`)
      if (standing !== "pure") this.#hide({ kind: standing, name })
    }
  }

  /** A module: of what is read of it by name that alone. */
  #namespace(module: Readonly<Record<string, unknown>>, name: string, uses: ReadonlyArray<BuiltinUse> | undefined, depth: number): void {
    this.#push("module{")
    const some = uses !== undefined && uses.length > 0 && uses.every(({ path }) => path.length > 0)
    const keys = some ? [...new Set(uses.map(({ path }) => path[0]!))] : Object.keys(module)
    for (const key of keys.toSorted()) {
      this.#push(`${key}:`)
      const inner = uses?.filter(({ path }) => path[0] === key).map((use) => ({ ...use, path: use.path.slice(1) }))
      try {
        this.#write(module[key], key, some ? inner : undefined, depth)
      } catch (thrown) {
        if (!(thrown instanceof ReferenceError)) throw thrown
        this.#hide({ kind: "state", name: `${name}.${key}`, what: "which has no value yet" })
      }
    }
    this.#push("}")
  }

  #proxy(proxy: object, name: string, depth: number): void {
    this.#push("proxy")
    for (const part of this.#inspector?.proxyOf(proxy) ?? []) this.#write(part, name, undefined, depth)
  }

  #function(fn: Function, name: string, depth: number): void {
    const text = Function.prototype.toString.call(fn)
    this.#push(`ƒ${JSON.stringify(text)}`)
    const inspector = this.#inspector
    if (inspector === undefined) {
      this.#hide({ kind: "code", name, what: "since this runtime has no inspector" })
      return
    }
    if (isNative(text)) {
      const bound = inspector.boundOf(fn)
      if (bound === undefined) this.#hide({ kind: "code", name: name === "" ? fn.name : name, what: "a native function" })
      else for (const part of [bound.target, bound.self, bound.args]) this.#write(part, name, undefined, depth)
      return
    }
    const script = inspector.scriptOf(fn) ?? ""
    if (depth === 0 && !this.#trusted.has(script)) this.#project.add(script)
    const origin = this.#originOf(fn) ?? project
    if (origin.from === "node") {
      this.#hide({ kind: "outside", name: fn.name === "" ? name : fn.name, what: `of ${origin.module}` })
      return
    }
    const use = this.#parser.readFunction(text)
    if (use === undefined) {
      this.#hide({ kind: "code", name: name === "" ? fn.name : name, what: "code that cannot be parsed" })
      return
    }
    const scopes = inspector.scopesOf(fn)
    const reached: Reached = { script, use, values: new Map() }
    if (origin.from === "package") {
      this.#package(origin, [fn])
      this.#captured(reached, innerScopes(scopes), origin)
    } else {
      this.#state.reach(fn, name, reached)
      for (const part of use.unseen) this.#hide({ kind: "code", name: part })
      if (use.imports.length > 0) this.#imports(use, inspector.urlOf(script))
      this.#members(fn, text, depth)
      this.#captured(reached, scopes, origin)
    }
  }

  /** Functions of a package stand for the version of it, and for what they read besides their arguments. */
  #package({ isOwn, name: of }: Extract<CodeOrigin, { from: "package" }>, functions: ReadonlyArray<Function>): void {
    this.#push(of)
    if (isOwn || this.#inspector === undefined) return
    for (const { name, standing } of new PackageScan(this.#inspector, this.#parser).of(functions)) if (standing !== "pure") this.#hide({ kind: standing, name, what: `in ${of}` })
  }

  /** Modules that a function loads when it is called. */
  #imports({ imports }: FunctionUse, url: string): void {
    for (const specifier of imports) {
      if (specifier === undefined) this.#hide({ kind: "code", name: "import()", what: "of a module whose name is computed" })
      else {
        this.#module(this.#parser.importIdentity(specifier, url))
      }
    }
  }

  /** What a function has besides its code: the class it extends, what was put on it and on its prototype. */
  #members(fn: Function, text: string, depth: number): void {
    const extended: unknown = Object.getPrototypeOf(fn)
    if (typeof extended === "function" && extended !== Function.prototype && builtinPathOf(extended) === undefined && Object.hasOwn(extended, "prototype")) this.#write(extended, extended.name, undefined, depth + 1)
    const own = (object: object, without: ReadonlyArray<string>): ReadonlyArray<readonly [PropertyKey, PropertyDescriptor]> =>
      descriptorsOf(object).filter(([key, { get, set, value }]) =>
        !without.includes(String(key)) && ![get, set, value].some((part) => typeof part === "function" && text.includes(Function.prototype.toString.call(part))))
    this.#properties(own(fn, ["length", "name", "prototype", "arguments", "caller"]), depth + 1)
    const { prototype } = fn as { readonly prototype?: unknown }
    if (typeof prototype === "object" && prototype !== null) this.#properties(own(prototype, ["constructor", "Symbol(Symbol.toStringTag)"]), depth + 1)
  }

  #captured(reached: Reached, scopes: ReadonlyArray<ScopeSeen>, origin: CodeOrigin): void {
    const isPackage = origin.from === "package"
    const byName = Map.groupBy(reached.use.uses, ({ name }) => name)
    for (const name of [...byName.keys()].toSorted()) {
      const uses = byName.get(name)!
      const found = variableIn(scopes, name)
      // A package's version stands for the variables of its modules, and this library's for what it works out once.
      if (isPackage && (found === undefined || (origin.isOwn && uses.some(({ kind }) => kind === "set")))) continue
      if (found === undefined) {
        this.#global(reached, name, uses)
        continue
      }
      reached.values.set(name, found.value)
      if (uses.some(({ kind }) => kind === "count")) this.#state.count(reached, name)
      if (uses.every(({ kind }) => kind === "count")) continue
      this.#push(` ${name}=`)
      this.#state.reads(reached, name)
      if (uses.some(({ kind }) => kind === "set")) this.#state.sets(reached, name)
      else if (found.unset) this.#hide({ kind: "state", name, what: "which has no value yet" })
      else this.#write(found.value, name, uses.filter(({ kind }) => kind === "read"), 1)
    }
  }

  #global(reached: Reached, name: string, uses: ReadonlyArray<Use>): void {
    for (const use of uses) {
      const [root = name, ...path] = name === "globalThis" || name === "global" ? use.path : [name, ...use.path]
      if (use.kind === "count") this.#state.count(reached, root)
      else if (use.kind === "set") this.#state.sets(reached, root)
      else {
        this.#state.reads(reached, root)
        this.#push(` ${root}=`)
        const value = globalValue(root)
        const inner: BuiltinUse = { ...use, path }
        // Where somebody has put something else in its place, that counts.
        const replaced = root === "Math" || root === "Date" ? replacement(value, path) : undefined
        if (replaced !== undefined) this.#write(replaced, root, undefined, 1)
        else if (isBuiltinGlobal(root)) this.#builtin([root], [inner])
        else if (Object.getOwnPropertyDescriptor(globalThis, root)?.get !== undefined) this.#hide({ kind: "outside", name: root })
        else if (value === undefined) this.#push("absent")
        else this.#write(value, root, [inner], 1)
      }
    }
  }

  #object(item: object, name: string, uses: ReadonlyArray<BuiltinUse> | undefined, depth: number): void {
    if (Redacted.isRedacted(item)) this.#push("secret")
    else if (item instanceof Date || item instanceof URL || item instanceof URLSearchParams) this.#push(`${item.constructor.name} ${String(item instanceof Date ? item.getTime() : item)}`)
    else if (item instanceof RegExp) this.#regExp(item, name)
    else if (ArrayBuffer.isView(item)) {
      this.#push(item.constructor.name)
      this.#bytes(new Uint8Array(item.buffer, item.byteOffset, item.byteLength))
    } else if (types.isAnyArrayBuffer(item)) this.#bytes(new Uint8Array(item))
    else if (types.isBoxedPrimitive(item)) this.#write((item as { valueOf: () => unknown }).valueOf(), name, undefined, depth)
    else if (types.isPromise(item)) this.#promise(item, name, depth)
    else if (types.isWeakMap(item) || types.isWeakSet(item) || types.isGeneratorObject(item) || types.isMapIterator(item) || types.isSetIterator(item)) this.#hide({ kind: "state", name, what: `a ${tagOf(item)}` })
    else if (Array.isArray(item)) this.#list(item, name, depth)
    else this.#keyed(item, name, uses, depth)
  }

  #regExp(item: RegExp, name: string): void {
    this.#push(`RegExp ${String(item)} ${item.lastIndex}`)
    if (item.global || item.sticky) this.#globalRegExps.push(name)
  }

  #bytes(bytes: Uint8Array): void {
    this.#push(`${bytes.length} bytes`)
    this.#hash.update(this.#piece).update(bytes)
    this.#piece = ""
  }

  #promise(item: object, name: string, depth: number): void {
    const fulfilled = this.#inspector?.fulfilled(item)
    this.#push("promise ")
    if (fulfilled === undefined) this.#hide({ kind: "state", name, what: "a promise that is not settled" })
    else this.#write(fulfilled.value, name, undefined, depth)
  }

  #list(items: ReadonlyArray<unknown>, name: string, depth: number): void {
    this.#push(`[${items.length} `)
    for (const item of items) {
      this.#write(item, name, undefined, depth)
      this.#push(",")
    }
    this.#push("]")
  }

  /** Objects with properties: records, instances of classes, maps and sets. */
  #keyed(item: object, name: string, uses: ReadonlyArray<BuiltinUse> | undefined, depth: number): void {
    if (types.isMap(item)) {
      // Its order shows when it is gone through.
      this.#push("map")
      this.#list([...item].flat(), name, depth)
    } else if (types.isSet(item)) {
      this.#push("set")
      this.#list([...item], name, depth)
    }
    const prototype: unknown = Object.getPrototypeOf(item)
    const isRecord = prototype === Object.prototype || prototype === null
    const builtin = isRecord ? undefined : builtinPathOf(prototype)
    if (!isRecord && builtin === undefined) this.#prototype(item, prototype as object, name, uses)
    else if (builtin !== undefined && !["Map", "Set", "Error", "Object"].includes(builtin[0]) && !types.isNativeError(item)) this.#hide({ kind: "code", name, what: `an instance of ${builtin[0]}` })
    this.#properties(descriptorsOf(item).filter(([key]) => key !== "stack" || !types.isNativeError(item)), depth)
  }

  /** The class of an instance, and its private fields. */
  #prototype(item: object, prototype: object, name: string, uses: ReadonlyArray<BuiltinUse> = []): void {
    const maker: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value
    const kind = typeof maker === "function" ? maker.name : "an object"
    this.#push(kind)
    const origin = typeof maker === "function" ? this.#originOf(maker) : project
    // Syntax trees of schemas: plain data, under classes of effect.
    if (origin === trusted) return
    if (origin === undefined || origin.from === "node" || (origin.from === "package" && origin.isOwn)) {
      this.#hide({ kind: "code", name, what: `an instance of ${kind}` })
      return
    }
    for (const [key, value] of this.#inspector?.privatesOf(item) ?? []) {
      this.#push(`${key}:`)
      this.#write(value, key, undefined, 1)
    }
    if (origin.from === "package") {
      this.#package(origin, uses.map(({ path: [first] }) => first === undefined ? undefined : member(item, first)).filter((part) => typeof part === "function"))
      return
    }
    for (let at: object | null = prototype; at !== null && builtinPathOf(at) === undefined; at = Object.getPrototypeOf(at) as object | null) {
      const own: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value
      if (typeof own === "function" && own.prototype === at) this.#write(own, own.name, undefined, 1)
      else this.#properties(descriptorsOf(at), 1)
      if (this.#state.getterChanges(own)) this.#hide({ kind: "state", name })
    }
  }

  #properties(descriptors: ReadonlyArray<readonly [PropertyKey, PropertyDescriptor]>, depth: number): void {
    this.#push("{")
    for (const [key, { get, set, value }] of descriptors) {
      // A secret opens doors; it is no part of what is behind them.
      if ((value === undefined && get === undefined && set === undefined) || Redacted.isRedacted(value)) continue
      const name = String(key)
      this.#push(`${JSON.stringify(name)}:`)
      // Getters are read, never called.
      for (const part of get === undefined && set === undefined ? [value as unknown] : [get, set]) {
        this.#write(part, name, undefined, depth)
        this.#push(",")
      }
    }
    this.#push("}")
  }
}

/** Effect's schemas, in the version that this library pins. */
const trusted: CodeOrigin = { from: "package", name: "effect", isOwn: true }
const project: CodeOrigin = { from: "project" }

/** Native functions, bound ones among them, have no text. */
const isNative = (text: string): boolean => /^(?:function|async|class)?[^{]*\{\s*\[native code\]\s*\}$/.test(text)

const tagOf = (item: object): string => Object.prototype.toString.call(item).slice("[object ".length, -1)

const descriptorsOf = (object: object): ReadonlyArray<readonly [PropertyKey, PropertyDescriptor]> =>
  Reflect.ownKeys(object).map((key) => [key, Object.getOwnPropertyDescriptor(object, key)!] as const).toSorted(([a], [b]) => String(a) < String(b) ? -1 : 1)

/** The variables that a package's function closes over, without those of its module: CommonJS wraps a module in a function without a name. */
const innerScopes = (scopes: ReadonlyArray<ScopeSeen>): ReadonlyArray<ScopeSeen> =>
  scopes.filter(({ kind }, i) => kind !== "Module" && kind !== "Script" && !(kind === "Closure" && i === scopes.length - 1))

const globalValue = (name: string): unknown => Object.getOwnPropertyDescriptor(globalThis, name)?.value

/** What a program has put in the place of `Math.random` or `Date`. */
const replacement = (root: unknown, [first]: ReadonlyArray<string>): unknown => {
  if (builtinPathOf(root) === undefined) return root
  const part = first === undefined ? undefined : Object.getOwnPropertyDescriptor(root, first)?.value as unknown
  return typeof part === "function" && builtinPathOf(part) === undefined ? part : undefined
}

/** Scripts of effect's schemas, whose classes and functions a schema is made of. None where all code is bundled into one script. */
const trustedScripts = (inspector: Inspector): ReadonlySet<string> => {
  const own = inspector.scriptOf(isSchema)
  const parts = [Schema, SchemaAST, SchemaGetter, SchemaIssue, SchemaParser, SchemaTransformation].flatMap((module) => Object.values(module).find((part) => typeof part === "function" && !isSchema(part)) ?? [])
  return new Set(parts.map((part) => inspector.scriptOf(part)).filter((script) => script !== undefined && script !== own) as ReadonlyArray<string>)
}
