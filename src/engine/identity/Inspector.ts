/**
 * The inspector: what the runtime shows of functions and objects that code cannot read itself, such
 * as the variables that a function closes over.
 */
import { Session } from "node:inspector"
import { types } from "node:util"

/** A scope that a function sees, the nearest first. */
export interface ScopeSeen {
  /** `Closure (name)`, `Block`, `Module`, `Script`. */
  readonly kind: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** The parts of a bound function. */
export interface Bound {
  readonly target: unknown
  readonly self: unknown
  readonly args: unknown
}

interface Remote {
  readonly type: string
  readonly value?: unknown
  readonly unserializableValue?: string
  readonly objectId?: string
}

interface Property {
  readonly name: string
  readonly value?: Remote
}

interface Looked {
  readonly internal: ReadonlyMap<string, Remote>
  readonly privates: ReadonlyArray<Property>
}

/**
 * Where values are handed over: the inspector knows objects by handles, and only code that runs on
 * them gets at the objects themselves.
 */
const handover = "Symbol.for('distilabel-ts/closure')"
const passed = globalThis as unknown as Record<symbol, unknown>
const key = Symbol.for("distilabel-ts/closure")

/** Files by the numbers of their scripts, which stay the same as long as the process lives. */
const urls = new Map<string, string>()

export class Inspector {
  readonly #session: Session
  readonly #looked = new Map<object, Looked>()
  readonly #seen = new Map<object, ReadonlyArray<ScopeSeen>>()

  /**
   * Throws where the runtime has no inspector, or one that looks at another context than that of
   * this code, as in test runners that use node:vm.
   */
  constructor() {
    this.#session = new Session()
    this.#session.connect()
    const probe = (
      (seen: number) => () =>
        seen
    )(42)
    if (variableIn(this.scopesOf(probe), "seen")?.value === 42) return
    this.close()
    throw new Error("the inspector does not see this code")
  }

  close(): void {
    delete passed[key]
    this.#session.disconnect()
  }

  /** The scopes that a function sees, but for the global one. */
  scopesOf(fn: object): ReadonlyArray<ScopeSeen> {
    return this.#scopes(fn).filter(({ kind }) => kind !== "Global")
  }

  /** Whether a function sees the globals of another context, which this code cannot look at. */
  isElsewhere(fn: object): boolean {
    return this.#scopes(fn).every(
      ({ kind, variables }) => kind !== "Global" || variables !== globalThis
    )
  }

  #scopes(fn: object): ReadonlyArray<ScopeSeen> {
    const known = this.#seen.get(fn)
    if (known !== undefined) return known
    const seen = this.#scopesNow(fn)
    this.#seen.set(fn, seen)
    return seen
  }

  #scopesNow(fn: object): ReadonlyArray<ScopeSeen> {
    const scopes = this.#valueOf(this.#look(fn).internal.get("[[Scopes]]"))
    if (typeof scopes !== "object" || scopes === null) return []
    const list = Array.from(
      scopes as ArrayLike<{
        readonly description?: string
        readonly object?: Readonly<Record<string, unknown>>
      }>
    )
    return list.flatMap(({ description = "", object }) =>
      object === undefined ? [] : [{ kind: description, variables: object }]
    )
  }

  /** The number of the script that a function stands in; undefined for native functions. */
  scriptOf(fn: object): string | undefined {
    return (
      this.#look(fn).internal.get("[[FunctionLocation]]")?.value as
        | { readonly scriptId?: string }
        | undefined
    )?.scriptId
  }

  /** What a bound function calls, and with what; undefined if it is not bound. */
  boundOf(fn: object): Bound | undefined {
    const { internal } = this.#look(fn)
    const target = internal.get("[[TargetFunction]]")
    return target === undefined
      ? undefined
      : {
          target: this.#valueOf(target),
          self: this.#valueOf(internal.get("[[BoundThis]]")),
          args: this.#valueOf(internal.get("[[BoundArgs]]"))
        }
  }

  /** The target and the handler of a proxy. */
  proxyOf(proxy: object): ReadonlyArray<unknown> {
    const { internal } = this.#look(proxy)
    return [this.#valueOf(internal.get("[[Target]]")), this.#valueOf(internal.get("[[Handler]]"))]
  }

  /** What a promise was fulfilled with; undefined as long as it is not. */
  fulfilled(promise: object): { readonly value: unknown } | undefined {
    const { internal } = this.#look(promise)
    return internal.get("[[PromiseState]]")?.value === "fulfilled"
      ? { value: this.#valueOf(internal.get("[[PromiseResult]]")) }
      : undefined
  }

  /** The private fields of an object, methods excluded. */
  privatesOf(object: object): ReadonlyArray<readonly [name: string, value: unknown]> {
    return this.#look(object).privates.flatMap(({ name, value }) =>
      value === undefined ? [] : [[name, this.#valueOf(value)] as const]
    )
  }

  /** The address of a script: `file:///…`, `node:fs`; empty if it has none. */
  urlOf(script: string): string {
    if (!urls.has(script)) {
      this.#session.post("Profiler.enable")
      const { result = [] } = this.#post<{
        readonly result?: ReadonlyArray<{ readonly scriptId: string; readonly url: string }>
      }>("Profiler.getBestEffortCoverage")
      this.#session.post("Profiler.disable")
      for (const { scriptId, url } of result) urls.set(scriptId, url)
    }
    if (!urls.has(script)) {
      // The profiler leaves out scripts whose functions were never called. The debugger knows all, at five times the cost.
      const known = (message: {
        readonly params: { readonly scriptId: string; readonly url: string }
      }): void => void urls.set(message.params.scriptId, message.params.url)
      this.#session.on("Debugger.scriptParsed", known)
      this.#session.post("Debugger.enable")
      this.#session.post("Debugger.disable")
      this.#session.off("Debugger.scriptParsed", known)
    }
    return urls.get(script) ?? ""
  }

  #look(object: object): Looked {
    const known = this.#looked.get(object)
    if (known !== undefined) return known
    passed[key] = object
    const {
      result: { objectId }
    } = this.#post<{ readonly result: Remote }>("Runtime.evaluate", {
      expression: `globalThis[${handover}]`
    })
    const { internalProperties = [], privateProperties = [] } = this.#post<{
      readonly internalProperties?: ReadonlyArray<Property>
      readonly privateProperties?: ReadonlyArray<Property>
    }>("Runtime.getProperties", { objectId, ownProperties: true })
    const internal = new Map(
      internalProperties.flatMap(({ name, value }) =>
        value === undefined ? [] : [[name, value] as const]
      )
    )
    const looked = { internal, privates: privateProperties }
    this.#looked.set(object, looked)
    return looked
  }

  #valueOf(remote: Remote | undefined): unknown {
    if (remote === undefined) return undefined
    const { objectId, unserializableValue, value } = remote
    if (objectId === undefined)
      return unserializableValue === undefined ? value : unserializable(unserializableValue)
    // Sloppy, as functions are that the inspector makes: `this` would be wrapped if it were no object.
    this.#post("Runtime.callFunctionOn", {
      objectId,
      functionDeclaration: `function () { globalThis[${handover}] = this }`
    })
    return passed[key]
  }

  /** Asks the inspector, which answers at once within the same thread. */
  #post<A>(method: string, parameters: object = {}): A {
    let answer: unknown
    this.#session.post(method, parameters, (error, result) => {
      answer = error === null ? result : { result: {} }
    })
    return answer as A
  }
}

/** A variable that a function sees. One that is declared and not set yet is `unset`. */
export const variableIn = (
  scopes: ReadonlyArray<ScopeSeen>,
  name: string
): { readonly value: unknown; readonly unset: boolean } | undefined => {
  const scope = scopes.find(({ variables }) => name in variables)
  if (scope === undefined) return undefined
  try {
    return { value: scope.variables[name], unset: false }
  } catch {
    return { value: undefined, unset: true }
  }
}

/**
 * Whether an object is the namespace of a module. Tools that load modules themselves make objects
 * of the same kind.
 */
export const isModule = (item: object): boolean =>
  types.isModuleNamespaceObject(item) ||
  (!types.isProxy(item) &&
    Object.getOwnPropertyDescriptor(item, Symbol.toStringTag)?.value === "Module")

const unserializable = (text: string): unknown =>
  text.endsWith("n") ? BigInt(text.slice(0, -1)) : Number(text)
