/** Origins: where the objects come from that a value may be, or may hold. */

/**
 * Where an object comes from: a name of the surroundings with the properties that are read from it
 * (`config.words`), a parameter (`#0`), `this`, what a function outside returned (`@name`), the
 * function or class itself (`itself`), or what somebody calls a function with that was handed over
 * (`callback`).
 */
export type Origin = string

/** What a value may be: an object from outside, or one of the function's own that holds such. */
export interface Value {
  readonly self: ReadonlySet<Origin>
  readonly inner: ReadonlySet<Origin>
}

export const none: ReadonlySet<Origin> = new Set()
export const fresh: Value = { self: none, inner: none }

export const union = (a: Value, b: Value): Value =>
  a === fresh ? b : b === fresh ? a : { self: both(a.self, b.self), inner: both(a.inner, b.inner) }

export const both = (a: ReadonlySet<Origin>, b: ReadonlySet<Origin>): ReadonlySet<Origin> =>
  a.size === 0 ? b : b.size === 0 ? a : new Set([...a, ...b])

/** What is in an object. */
export const element = ({ inner, self }: Value): Value => {
  const all = both(self, inner)
  return all.size === 0 ? fresh : { self: all, inner: all }
}

/** A new object that holds values. */
export const holding = (values: ReadonlyArray<Value>): Value => {
  const { self } = element(values.reduce(union, fresh))
  return self.size === 0 ? fresh : { self: none, inner: self }
}
