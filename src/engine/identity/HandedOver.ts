/** Objects from outside that a function hands to another function. */
import type { CallExpression, NewExpression } from "acorn"
import { both, element, none, type Origin, type Value } from "./origins.ts"

/** A function that gets objects whose origin is outside. */
export interface HandedOver {
  /** The name that the function is called by; undefined where it has none. */
  readonly callee: string | undefined
  /** Origins of its `this` and of its arguments. A spread argument stands for all from there on. */
  readonly receiver: ReadonlySet<Origin>
  readonly args: ReadonlyArray<ReadonlySet<Origin>>
}

/** Origins of each argument of a call. */
export const argumentOrigins = (
  { arguments: args }: CallExpression | NewExpression,
  values: ReadonlyArray<Value>
): ReadonlyArray<ReadonlySet<Origin>> => {
  const first = args.findIndex(({ type }) => type === "SpreadElement")
  if (first < 0) return values.map(({ self }) => self)
  const rest = values
    .slice(first)
    .map((value) => element(value).self)
    .reduce(both, none)
  return [
    ...values.slice(0, first).map(({ self }) => self),
    ...Array.from({ length: 8 }, () => rest)
  ]
}
