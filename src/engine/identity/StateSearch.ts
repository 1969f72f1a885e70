/**
 * State: what functions write to that is not their own. A function that reads what it writes gives
 * other rows on every call.
 *
 * What functions only count for somebody outside, as tests and logs do, is no state of theirs, as
 * long as none of them reads it.
 */
import { types } from "node:util"
import { isPureGlobal } from "./builtins.ts"
import type { FunctionUse } from "./functionUse.ts"
import type { HandedOver } from "./HandedOver.ts"
import type { Origin } from "./origins.ts"

/** A function that a step reaches. */
export interface Reached {
  /** The script that it stands in. */
  readonly script: string
  readonly use: FunctionUse
  /** What its names stand for. */
  readonly values: Map<string, unknown>
}

/** A variable that is written to. */
interface Written {
  readonly name: string
  /** The variable, as far as it can be told apart from others of its name. */
  readonly variable: string
  readonly value: unknown
}

export class StateSearch {
  readonly #reached = new Map<object, Reached>()
  readonly #byName = new Map<string, Set<Reached>>()
  readonly #read = new Set<string>()
  /** Names of what is read. */
  readonly #names = new Set<string>()
  readonly #met = new WeakSet()
  readonly #set = new Map<string, Written>()
  readonly #counted = new Map<string, Written>()

  /** All functions. */
  get reached(): ReadonlyArray<Reached> {
    return [...this.#reached.values()]
  }

  /** A function was found. */
  reach(fn: object, name: string, reached: Reached): void {
    this.#reached.set(fn, reached)
    for (const each of [name, ...reached.use.methods]) this.#name(each, reached)
  }

  /** A function is called by a name. */
  named(fn: object, name: string): void {
    const reached = this.#reached.get(fn)
    if (reached !== undefined) this.#name(name, reached)
  }

  /** An object was described. */
  met(object: object): void {
    this.#met.add(object)
  }

  reads({ script }: Reached, name: string): void {
    this.#read.add(variableOf(script, name))
    this.#names.add(name)
  }

  sets(reached: Reached, name: string): void {
    this.#write(this.#set, reached, name)
  }

  count(reached: Reached, name: string): void {
    this.#write(this.#counted, reached, name)
  }

  /** Names of variables that the functions write to and that their results depend on. */
  changed(): ReadonlyArray<string> {
    this.#spread()
    return [...[...this.#set.values()].map(({ name }) => name), ...this.readsOf(this)]
  }

  /** Names of variables that other functions write to and these ones read. */
  readsOf(others: StateSearch): ReadonlyArray<string> {
    if (others !== this) others.#spread()
    const isRead = ({ value, variable }: Written): boolean =>
      this.#read.has(variable) ||
      (typeof value === "object" && value !== null && this.#met.has(value))
    const counted = [...others.#counted.values()].filter(isRead)
    // A variable has another script where it is imported, so its name must do.
    const set =
      others === this
        ? []
        : [...others.#set.values()].filter(
            (written) => this.#names.has(written.name) || isRead(written)
          )
    return [...counted, ...set].map(({ name }) => name)
  }

  /** Finds what is changed by handing it to a function that changes its parameters or its `this`. */
  #spread(): void {
    const changed = new Map(this.reached.map((each) => [each, new Set(each.use.changes.changed)]))
    for (let grown = true; grown;) {
      grown = false
      for (const [each, origins] of changed) {
        const before = origins.size
        for (const handed of each.use.changes.handedOver)
          for (const origin of this.#changedBy(handed, changed)) origins.add(origin)
        grown ||= origins.size > before
        for (const origin of origins)
          if (origin.startsWith("@") && this.#changesReturned(origin.slice(1), changed))
            grown = true
      }
    }
    for (const [each, origins] of changed) {
      if (origins.has("itself") || (origins.has("this") && this.#isCalledUnseen(each)))
        this.sets(each, this.#nameOf(each))
      for (const origin of origins) {
        const [name = "", ...path] = origin.split(".")
        const isName = !["this", "itself", "callback"].includes(name) && !/^[#@]/.test(name)
        if (
          isName &&
          (each.values.has(name) ? isObject(each.values.get(name), path) : !isPureGlobal(name))
        )
          this.sets(each, name)
      }
    }
  }

  *#changedBy(
    { args, callee, receiver }: HandedOver,
    changed: ReadonlyMap<Reached, ReadonlySet<Origin>>
  ): Generator<Origin> {
    // A function without a name may be any of them.
    for (const called of callee === undefined ? this.reached : (this.#byName.get(callee) ?? [])) {
      const origins = changed.get(called)!
      if (origins.has("this")) yield* receiver
      if (callee === undefined && origins.has("callback")) for (const arg of args) yield* arg
      for (const [i, arg] of args.entries()) if (origins.has(`#${i}`)) yield* arg
    }
  }

  /**
   * What a function returned was changed: so is what it returned it from. Whether that is anything
   * new.
   */
  #changesReturned(callee: string, changed: ReadonlyMap<Reached, Set<Origin>>): boolean {
    let grown = false
    for (const called of this.#byName.get(callee) ?? []) {
      const origins = changed.get(called)!
      const before = origins.size
      for (const origin of called.use.changes.returned) origins.add(origin)
      grown ||= origins.size > before
    }
    return grown
  }

  /** Whether it is a getter, or a method that JavaScript itself calls. */
  #isCalledUnseen(reached: Reached): boolean {
    return [...this.#byName].some(
      ([name, all]) => all.has(reached) && (name.startsWith("get ") || calledUnseen.has(name))
    )
  }

  #nameOf(reached: Reached): string {
    return [...this.#byName].find(([name, all]) => name !== "" && all.has(reached))?.[0] ?? "this"
  }

  #name(name: string, reached: Reached): void {
    const known = this.#byName.get(name) ?? new Set()
    this.#byName.set(name, known.add(reached))
  }

  #write(into: Map<string, Written>, { script, values }: Reached, name: string): void {
    const variable = variableOf(script, name)
    into.set(variable, { name, variable, value: values.get(name) })
  }
}

/** Whether a path may lead to an object: only objects can be changed. */
const isObject = (value: unknown, [first, ...path]: ReadonlyArray<string>): boolean => {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false
  if (first === undefined || types.isProxy(value)) return true
  const descriptor = Object.getOwnPropertyDescriptor(value, first)
  return descriptor === undefined || !("value" in descriptor) || isObject(descriptor.value, path)
}

const calledUnseen = new Set(["toString", "valueOf", "toJSON", "then", "[]"])

const variableOf = (script: string, name: string): string => `${script} ${name}`
