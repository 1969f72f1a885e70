/**
 * Schema numbers: within their bounds, and plausible for a field's name where the schema gives
 * none.
 */
import type { JsonSchema } from "../../models/simulated/Question.ts"
import type { Dice } from "./Dice.ts"

const usual: ReadonlyArray<readonly [name: RegExp, low: number, high: number]> = [
  [/(?:rating|score|stars|grade)s?$/i, 1, 5],
  [/(?:probability|confidence|likelihood|ratio|share)$/i, 0, 1],
  [/(?:percent|percentage)$/i, 0, 100],
  [/(?:^|_)age$/i, 18, 80],
  [/year$/i, 1950, 2030],
  [/(?:count|number|total|quantity|steps)$/i, 1, 12],
  [/(?:price|cost|amount)$/i, 5, 500]
]

/** From where to where a number may lie, and which ends are excluded. */
interface Interval {
  readonly low: number
  readonly high: number
  readonly above: number
  readonly below: number
}

const exclusive = (bound: unknown, none: number): number =>
  typeof bound === "number" ? bound : none

/**
 * Bounds beyond this are those of the number type itself, as for "any safe integer", and say
 * nothing about what is plausible.
 */
const farAway = 1e9

const intervalOf = (shape: JsonSchema, name: string, unit: number): Interval => {
  const minimum = Number(shape["minimum"] ?? -Infinity)
  const maximum = Number(shape["maximum"] ?? Infinity)
  // draft 4 and OpenAPI 3.0 say `exclusiveMinimum: true` beside the minimum
  const above =
    shape["exclusiveMinimum"] === true ? minimum : exclusive(shape["exclusiveMinimum"], -Infinity)
  const below =
    shape["exclusiveMaximum"] === true ? maximum : exclusive(shape["exclusiveMaximum"], Infinity)
  const [, usualLow, usualHigh] = usual.find(([pattern]) => pattern.test(name)) ?? [
    undefined,
    1,
    100
  ]
  const least = Math.max(minimum <= -farAway ? -Infinity : minimum, above)
  const most = Math.min(maximum >= farAway ? Infinity : maximum, below)
  const room = Math.max(10, unit * 10)
  return {
    low: least > -Infinity ? least : Math.min(usualLow, most - room),
    high: most < Infinity ? most : Math.max(usualHigh, least + room),
    above,
    below
  }
}

/** Draws a number for a field; `whole` for integers. */
export const numberFor = (dice: Dice, shape: JsonSchema, name: string, whole: boolean): number => {
  const unit = Number(shape["multipleOf"] ?? (whole ? 1 : 0))
  const { low, high, above, below } = intervalOf(shape, name, unit)
  if (unit > 0) {
    let first = Math.ceil(low / unit)
    let last = Math.floor(high / unit)
    if (first * unit <= above) first++
    if (last * unit >= below) last--
    const multiple = dice.between(first, Math.max(first, last)) * unit
    // 3 * 0.1 is 0.30000000000000004
    return whole ? Math.round(multiple) : Number(multiple.toPrecision(12))
  }
  const exact = low + (high - low) * (0.05 + 0.9 * dice.next())
  const rounded = Math.round(exact * 100) / 100
  return rounded > above && rounded < below && rounded >= low && rounded <= high ? rounded : exact
}
