/**
 * Descriptions: a value as a hash that is the same for equal values and another for different ones,
 * whatever the order of keys.
 *
 * Functions are described by their text and by all that they use of their surroundings, however far
 * that reaches. What cannot be seen is listed.
 */
import { types } from "node:util"
import type { StandardSchemaV1 } from "@standard-schema/spec"
import * as Context from "effect/Context"
import * as Redacted from "effect/Redacted"
import { type BuiltinUse, builtinPathOf } from "./builtins.ts"
import {
  effectSchemas,
  Findings,
  type FoundProperty,
  isSchema,
  ownCode,
  propertiesOf
} from "./Findings.ts"
import { FunctionDescription } from "./FunctionDescription.ts"
import { type Inspector, isModule } from "./Inspector.ts"
import { member } from "./PackageScan.ts"
import { isStandardSchema, knownSchema } from "./standardSchemas.ts"
import type { Syntax } from "./Syntax.ts"

export class Description {
  readonly findings: Findings
  readonly #functions: FunctionDescription
  readonly #seen = new Map<object, number>()

  constructor(inspector: Inspector | undefined, syntax: Syntax | undefined) {
    this.findings = new Findings(inspector, syntax)
    this.#functions = new FunctionDescription(this.findings, {
      write: (...found) => this.#write(...found),
      properties: (...found) => this.#properties(...found)
    })
  }

  /** Adds a value. Functions in it are the project's own. */
  add(value: unknown): this {
    this.#write(value, "", undefined, 0)
    return this
  }

  /**
   * `name` is what the value is called where it was found, `uses` what is read of it, `depth` 0
   * what was given to the step itself.
   */
  #write(
    item: unknown,
    name: string,
    uses: ReadonlyArray<BuiltinUse> | undefined,
    depth: number
  ): void {
    if ((typeof item !== "object" && typeof item !== "function") || item === null) {
      this.findings.push(
        typeof item === "string"
          ? JSON.stringify(item)
          : `${typeof item} ${Object.is(item, -0) ? "-0" : String(item)}`
      )
      return
    }
    const builtin = builtinPathOf(item)
    if (builtin !== undefined) {
      this.findings.builtin(builtin, uses)
      return
    }
    // Its parts are seen one by one, so it may be met again for others.
    if (isModule(item)) {
      this.#namespace(item as Readonly<Record<string, unknown>>, name, uses, depth)
      return
    }
    if (this.#service(item)) return
    if (this.#api(item, uses)) return
    if (typeof item === "function") this.findings.state.named(item, name)
    const seen = this.#seen.get(item)
    if (seen !== undefined) {
      this.findings.push(`↑${seen}`)
      return
    }
    this.#seen.set(item, this.#seen.size)
    this.findings.state.met(item)
    if (types.isProxy(item)) this.#proxy(item, name, depth)
    else if (isStandardSchema(item)) this.#standard(item, name, depth)
    else if (isSchema(item)) this.#write(item.ast, name, undefined, depth)
    else if (typeof item === "function") this.#functions.add(item, name, depth)
    else this.#object(item, name, uses, depth)
  }

  /** A service is known by its key alone: what it does is decided where the run is provided with it. */
  #service(item: object): boolean {
    if (types.isProxy(item) || !Context.isKey(item)) return false
    this.findings.push(`service ${item.key}`)
    this.findings.hide({ kind: "outside", name: item.key, what: "a service" })
    return true
  }

  /**
   * Functions of a package that are called as properties of one object. Says whether that is all
   * that is used of it.
   */
  #api(item: object, uses: ReadonlyArray<BuiltinUse> | undefined): boolean {
    if (uses === undefined || uses.length === 0 || types.isProxy(item)) return false
    const parts = uses.map(({ path: [first] }) =>
      first === undefined ? undefined : member(item, first)
    )
    const isApi =
      (typeof item === "function" || Object.getPrototypeOf(item) === Object.prototype) &&
      parts.every(
        (part) => typeof part === "function" && this.findings.originOf(part)?.from === "package"
      )
    if (isApi) parts.forEach((part, i) => this.#write(part, uses[i]!.path[0]!, undefined, 1))
    return isApi
  }

  /** A module: of what is read of it by name that alone. */
  #namespace(
    module: Readonly<Record<string, unknown>>,
    name: string,
    uses: ReadonlyArray<BuiltinUse> | undefined,
    depth: number
  ): void {
    this.findings.push("module{")
    const some = uses !== undefined && uses.length > 0 && uses.every(({ path }) => path.length > 0)
    const keys = some ? [...new Set(uses.map(({ path }) => path[0]!))] : Object.keys(module)
    for (const key of keys.toSorted()) {
      this.findings.push(`${key}:`)
      const inner = uses
        ?.filter(({ path }) => path[0] === key)
        .map((use) => ({ ...use, path: use.path.slice(1) }))
      try {
        this.#write(module[key], key, some ? inner : undefined, depth)
      } catch (thrown) {
        if (!(thrown instanceof ReferenceError)) throw thrown
        this.findings.hide({
          kind: "state",
          name: `${name}.${key}`,
          what: "which has no value yet"
        })
      }
    }
    this.findings.push("}")
  }

  #standard(schema: StandardSchemaV1, name: string, depth: number): void {
    const known = knownSchema(schema)
    if (known === undefined) {
      const { vendor } = schema["~standard"]
      this.findings.hide({ kind: "code", name, what: `a schema of ${vendor} without JSON Schema` })
      return
    }
    this.findings.push(known.text)
    // Where a function comes from is asked once for each text: libraries make thousands of few.
    const foreign = new Set<string>()
    for (const fn of known.functions) {
      const text = String(fn)
      if (foreign.has(text)) continue
      if (this.findings.originOf(fn)?.from === "project") this.#write(fn, name, undefined, depth)
      else foreign.add(text)
    }
  }

  #proxy(proxy: object, name: string, depth: number): void {
    this.findings.push("proxy")
    for (const part of this.findings.inspector?.proxyOf(proxy) ?? [])
      this.#write(part, name, undefined, depth)
  }

  #object(
    item: object,
    name: string,
    uses: ReadonlyArray<BuiltinUse> | undefined,
    depth: number
  ): void {
    if (Redacted.isRedacted(item)) {
      this.findings.push("secret")
      return
    }
    const isKnown = this.#content(item, name, depth)
    const prototype = Object.getPrototypeOf(item) as object | null
    const builtin = builtinPathOf(prototype)
    if (prototype === null) this.findings.push("null")
    else if (builtin === undefined) this.#prototype(item, prototype, name, uses)
    else if (!isKnown && builtin[0] !== "Object")
      this.findings.hide({ kind: "code", name, what: `an instance of ${builtin[0]}` })
    if (!Object.isExtensible(item)) this.findings.push(Object.isFrozen(item) ? "frozen" : "closed")
    this.#properties(ownBesides(item), depth)
  }

  /** What an object of JavaScript's own kinds holds besides its properties. Says whether it is one. */
  #content(item: object, name: string, depth: number): boolean {
    const { findings } = this
    if (types.isDate(item)) findings.push(`Date ${Date.prototype.getTime.call(item)}`)
    else if (item instanceof URL || item instanceof URLSearchParams) findings.push(String(item))
    else if (types.isRegExp(item)) this.#regExp(item, name)
    else if (ArrayBuffer.isView(item))
      findings.bytes(new Uint8Array(item.buffer, item.byteOffset, item.byteLength))
    else if (types.isAnyArrayBuffer(item)) findings.bytes(new Uint8Array(item))
    else if (types.isBoxedPrimitive(item))
      this.#write((item as { valueOf: () => unknown }).valueOf(), name, undefined, depth)
    else if (item instanceof TextDecoder || item instanceof TextEncoder)
      findings.push(`${item.encoding}${"fatal" in item ? ` ${item.fatal} ${item.ignoreBOM}` : ""}`)
    else if (isFormatter(item)) findings.push(JSON.stringify(item.resolvedOptions()))
    else if (types.isPromise(item)) this.#promise(item, name, depth)
    else if (
      types.isWeakMap(item) ||
      types.isWeakSet(item) ||
      types.isGeneratorObject(item) ||
      types.isMapIterator(item) ||
      types.isSetIterator(item)
    )
      findings.hide({ kind: "state", name, what: `a ${tagOf(item)}` })
    else if (Array.isArray(item)) this.#list(item, name, depth)
    // The order of entries shows when they are gone through.
    else if (types.isMap(item))
      this.#list([...Map.prototype.entries.call(item)].flat(), name, depth)
    else if (types.isSet(item)) this.#list([...Set.prototype.values.call(item)], name, depth)
    else return types.isNativeError(item)
    findings.push(tagOf(item))
    return true
  }

  #regExp(item: RegExp, name: string): void {
    this.findings.push(`RegExp ${String(item)} ${item.lastIndex}`)
    if (item.global || item.sticky) this.findings.goesOn(name)
  }

  #promise(item: object, name: string, depth: number): void {
    const fulfilled = this.findings.inspector?.fulfilled(item)
    this.findings.push("promise ")
    if (fulfilled === undefined)
      this.findings.hide({ kind: "state", name, what: "a promise that is not settled" })
    else this.#write(fulfilled.value, name, undefined, depth)
  }

  #list(items: ReadonlyArray<unknown>, name: string, depth: number): void {
    this.findings.push(`[${items.length} `)
    for (let i = 0; i < items.length; i++) {
      if (i in items) this.#write(items[i], name, undefined, depth)
      this.findings.push(",")
    }
    this.findings.push("]")
  }

  /** The class of an instance, and its private fields. */
  #prototype(
    item: object,
    prototype: object,
    name: string,
    uses: ReadonlyArray<BuiltinUse> = []
  ): void {
    const maker: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value
    const kind = typeof maker === "function" ? maker.name : "an object"
    this.findings.push(kind)
    const origin = typeof maker === "function" ? this.findings.originOf(maker) : ownCode
    // Syntax trees of schemas: plain data, under classes of effect.
    if (origin === effectSchemas) return
    if (
      origin === undefined ||
      origin.from === "node" ||
      (origin.from === "package" && origin.isOwn)
    ) {
      this.findings.hide({ kind: "code", name, what: `an instance of ${kind}` })
      return
    }
    for (const [key, value] of this.findings.inspector?.privatesOf(item) ?? []) {
      this.findings.push(`${key}:`)
      this.#write(value, key, undefined, 1)
    }
    if (origin.from === "package") {
      this.findings.package(
        origin,
        uses
          .map(({ path: [first] }) => (first === undefined ? undefined : member(item, first)))
          .filter((part) => typeof part === "function")
      )
      return
    }
    for (
      let at: object | null = prototype;
      at !== null && builtinPathOf(at) === undefined;
      at = Object.getPrototypeOf(at) as object | null
    ) {
      const own: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value
      if (typeof own === "function" && own.prototype === at)
        this.#write(own, own.name, undefined, 1)
      else this.#properties(propertiesOf(at), 1)
    }
  }

  #properties(found: ReadonlyArray<FoundProperty>, depth: number): void {
    if (found.length === 0) return
    this.findings.push("{")
    // What is given to a step is the same in any order, and where it is undefined it is not given. What a function sees is not.
    for (const [key, { get, set, value }] of depth === 0 ? sorted(found) : found) {
      // A secret opens doors; it is no part of what is behind them.
      if (
        (depth === 0 && value === undefined && get === undefined && set === undefined) ||
        Redacted.isRedacted(value)
      )
        continue
      const name = String(key)
      this.findings.push(`${JSON.stringify(name)}:`)
      // Getters are read, never called.
      for (const part of get === undefined && set === undefined ? [value as unknown] : [get, set]) {
        this.#write(part, part === get ? `get ${name}` : name, undefined, depth)
        this.findings.push(",")
      }
    }
    this.findings.push("}")
  }
}

/** So many numbers are looked through for properties that somebody has put on their array. */
const mostLookedThrough = 100_000

/** An object's own properties, without those that its content tells. */
const ownBesides = (item: object): ReadonlyArray<FoundProperty> => {
  if (ArrayBuffer.isView(item) && item.byteLength > mostLookedThrough) return []
  const keys = Reflect.ownKeys(item)
  // Indices come first.
  if (Array.isArray(item)) return propertiesOf(item, keys.slice(keys.indexOf("length") + 1))
  if (ArrayBuffer.isView(item))
    return propertiesOf(
      item,
      keys.filter((key) => typeof key === "symbol" || !/^\d+$/.test(key))
    )
  return propertiesOf(
    item,
    types.isNativeError(item) ? keys.filter((key) => key !== "stack") : keys
  )
}

const sorted = (found: ReadonlyArray<FoundProperty>): ReadonlyArray<FoundProperty> =>
  found.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))

/** Formatters and their like are what their options say. */
const isFormatter = (item: object): item is { readonly resolvedOptions: () => object } =>
  builtinPathOf(Object.getPrototypeOf(item))?.[0] === "Intl" && "resolvedOptions" in item

const tagOf = (item: object): string =>
  Object.prototype.toString.call(item).slice("[object ".length, -1)
