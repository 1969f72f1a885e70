/** Generation kwargs that many APIs have: optional keys, with the ranges that these hold to. */
import * as Schema from "effect/Schema"

const atLeast = (minimum: number) => Schema.isGreaterThanOrEqualTo(minimum)

/** A number of tokens, or of other things of which there is at least one. */
export const Count = Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))

/** A number of things of which there may be none. */
export const CountOrNone = Schema.optionalKey(Schema.Int.check(atLeast(0)))

/** A share or a probability. */
export const Share = Schema.optionalKey(
  Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
)

/** A number from 0 on. */
export const NotNegative = Schema.optionalKey(Schema.Finite.check(atLeast(0)))

/** Asks for equal answers to equal requests. */
export const Seed = Schema.optionalKey(Schema.Int)

export const Flag = Schema.optionalKey(Schema.Boolean)

export const Texts = Schema.optionalKey(Schema.Array(Schema.String))

/** Fields under the API's own names, as they are. */
export const Fields = Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
