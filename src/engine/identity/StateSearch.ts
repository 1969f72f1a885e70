/**
 * State: what functions write to that is not their own. A function that reads what it writes gives other rows on every call.
 *
 * What functions only count for somebody outside, as tests and logs do, is no state of theirs, as long as none of them reads it.
 */
import type { HandedOver, Origin } from "./changes.ts"
import { isPureGlobal } from "./builtins.ts"
import type { FunctionUse } from "./functionUse.ts"

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
  }

  sets(reached: Reached, name: string): void {
    this.#write(this.#set, reached, name)
  }

  count(reached: Reached, name: string): void {
    this.#write(this.#counted, reached, name)
  }

  /** Whether reading properties of a class's instances changes them. */
  getterChanges(maker: unknown): boolean {
    return typeof maker === "function" && this.#reached.get(maker)?.use.getterChanges === true
  }

  /** Names of variables that the functions write to and that their results depend on. */
  changed(): ReadonlyArray<string> {
    this.#spread()
    return [...[...this.#set.values()].map(({ name }) => name), ...this.readsOf(this)]
  }

  /** Names of variables that other functions write to and these ones read. */
  readsOf(others: StateSearch): ReadonlyArray<string> {
    if (others !== this) others.#spread()
    const written = others === this ? [...this.#counted.values()] : [...others.#counted.values(), ...others.#set.values()]
    return written.filter(({ value, variable }) => this.#read.has(variable) || (typeof value === "object" && value !== null && this.#met.has(value))).map(({ name }) => name)
  }

  /** Finds what is changed by handing it to a function that changes its parameters or its `this`. */
  #spread(): void {
    const changed = new Map(this.reached.map((each) => [each, new Set(each.use.changes.changed)]))
    for (let grown = true; grown;) {
      grown = false
      for (const [each, origins] of changed) {
        const before = origins.size
        for (const handed of each.use.changes.handedOver) for (const origin of this.#changedBy(handed, changed)) origins.add(origin)
        grown ||= origins.size > before
        for (const origin of origins) if (origin.startsWith("@") && this.#changesReturned(origin.slice(1), changed)) grown = true
      }
    }
    for (const [each, origins] of changed) {
      for (const origin of origins) if (origin !== "this" && !/^[#@]/.test(origin) && (each.values.has(origin) || !isPureGlobal(origin))) this.sets(each, origin)
    }
  }

  *#changedBy({ args, callee, receiver }: HandedOver, changed: ReadonlyMap<Reached, ReadonlySet<Origin>>): Generator<Origin> {
    // A function without a name may be any of them.
    for (const called of callee === undefined ? this.reached : this.#byName.get(callee) ?? []) {
      const origins = changed.get(called)!
      if (origins.has("this")) yield* receiver
      for (const [i, arg] of args.entries()) if (origins.has(`#${i}`)) yield* arg
    }
  }

  /** What a function returned was changed: so is what it returned it from. Whether that is anything new. */
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

  #name(name: string, reached: Reached): void {
    const known = this.#byName.get(name) ?? new Set()
    this.#byName.set(name, known.add(reached))
  }

  #write(into: Map<string, Written>, { script, values }: Reached, name: string): void {
    const variable = variableOf(script, name)
    into.set(variable, { name, variable, value: values.get(name) })
  }
}

const variableOf = (script: string, name: string): string => `${script} ${name}`
