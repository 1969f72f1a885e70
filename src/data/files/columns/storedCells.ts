/**
 * Cells back to what a typed file stores: the inverse of `cells`, for columns that keep the type of
 * the file that they came from.
 */
import { isDate, isUint8Array } from "node:util/types"
import { own } from "../../../columns/own.ts"
import type { Row } from "../../../columns/Row.ts"
import { type CellType, digitsOf, perMilli, type TimeUnit } from "../../rows/cells.ts"
import { jsonOf } from "./jsonOf.ts"

/** What stands for a value that the type cannot hold. */
export const misfit = Symbol("misfit")

/**
 * Makes of a cell what a file of the type stores: integers of 64 bits and moments as big integers,
 * decimals without their point, bytes as bytes; null for nothing.
 */
export const storedCell = (type: CellType): ((value: unknown) => unknown) => {
  const convert = converter(type)
  return (value) => (value === null || value === undefined ? null : convert(value))
}

/** Whether files that are written here can have the type. */
export const isStorable = (type: CellType): boolean => {
  switch (type.kind) {
    case "interval":
    case "any":
    case "null":
      return false
    case "decimal":
      return type.scale >= 0 && type.precision <= 38
    case "list":
      return isStorable(type.item)
    case "struct":
      return type.fields.length > 0 && type.fields.every((field) => isStorable(field.type))
    case "map":
      return (
        (type.key.kind === "text" || type.key.kind === "integer" || type.key.kind === "small") &&
        isStorable(type.value)
      )
    default:
      return true
  }
}

const converter = (type: CellType): ((value: unknown) => unknown) => {
  switch (type.kind) {
    case "text":
      return (value) => (typeof value === "string" ? value : misfit)
    case "json":
      return jsonOf
    case "boolean":
      return (value) => (typeof value === "boolean" ? value : misfit)
    case "small": {
      const { bits = 32, signed = true } = type
      const [least, most] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1]
      return (value) =>
        Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
          ? value
          : misfit
    }
    case "integer":
      return (value) => {
        const integer = integerOf(value)
        if (integer === undefined) return misfit
        return (type.signed === false
          ? BigInt.asUintN(64, integer)
          : BigInt.asIntN(64, integer)) === integer
          ? integer
          : misfit
      }
    case "float":
      return (value) =>
        typeof value === "number" && (type.bits !== 32 || Math.fround(value) === value)
          ? value
          : misfit
    case "half":
      return (value) => (typeof value === "number" && isHalf(value) ? value : misfit)
    case "bytes":
      return (value) => {
        const bytes = isUint8Array(value)
          ? value
          : typeof value === "string"
            ? Buffer.from(value, "base64")
            : undefined
        if (
          bytes === undefined ||
          (typeof value === "string" && (bytes as Buffer).toString("base64") !== value)
        )
          return misfit
        return type.length === undefined || bytes.length === type.length ? bytes : misfit
      }
    case "uuid":
      return (value) =>
        typeof value === "string" && /^[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}$/i.test(value)
          ? Buffer.from(value.replaceAll("-", ""), "hex")
          : misfit
    case "date":
      return daysOf
    case "timestamp":
      return (value) => momentOf(value, type.unit, type.utc) ?? misfit
    case "time":
      return (value) => {
        const time =
          typeof value === "string" ? momentOf(`1970-01-01T${value}`, type.unit, false) : undefined
        return time === undefined
          ? misfit
          : type.unit === "s" || type.unit === "ms"
            ? Number(time)
            : time
      }
    case "duration":
      return (value) => spanOf(value, type.unit) ?? misfit
    case "decimal":
      return (value) => unscaledOf(value, type.scale, type.precision) ?? misfit
    case "list": {
      const item = storedCell(type.item)
      const { length } = type
      return (value) =>
        Array.isArray(value) && (length === undefined || value.length === length)
          ? whole(value.map(item))
          : misfit
    }
    case "struct":
      return struct(type.fields.map((field) => [field.name, storedCell(field.type)] as const))
    case "map":
      return map(type.key, storedCell(type.key), storedCell(type.value))
    default:
      return () => misfit
  }
}

/** Whether a float of 16 bits is exactly the number: eleven digits of it, down to 2 ** -24. */
const isHalf = (value: number): boolean => {
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), -14)
  return (
    Math.abs(value) <= 65_504 && (value === 0 || Number.isInteger(value / 2 ** (exponent - 10)))
  )
}

const whole = (parts: ReadonlyArray<unknown>): unknown => (parts.includes(misfit) ? misfit : parts)

const struct =
  (fields: ReadonlyArray<readonly [string, (value: unknown) => unknown]>) =>
  (value: unknown): unknown => {
    if (!isRecord(value) || Object.keys(value).length !== fields.length) return misfit
    const stored: Array<readonly [string, unknown]> = []
    for (const [name, cell] of fields) {
      const held = Object.hasOwn(value, name) ? cell(own(value, name)) : misfit
      if (held === misfit) return misfit
      stored.push([name, held])
    }
    return Object.fromEntries(stored)
  }

/** Entries of a map: of an object, or those of a list of them. */
const map =
  (key: CellType, keyCell: (value: unknown) => unknown, valueCell: (value: unknown) => unknown) =>
  (value: unknown): unknown => {
    const entries = Array.isArray(value)
      ? (value as ReadonlyArray<Row>).map((entry) => [entry["key"], entry["value"]] as const)
      : isRecord(value)
        ? Object.entries(value).map(
            ([name, held]) => [key.kind === "small" ? Number(name) : name, held] as const
          )
        : undefined
    if (entries === undefined) return misfit
    const stored = entries.map(([name, held]) => ({ key: keyCell(name), value: valueCell(held) }))
    return stored.some((entry) => entry.key === misfit || entry.value === misfit) ? misfit : stored
  }

const isRecord = (value: unknown): value is Row =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !isDate(value) &&
  !isUint8Array(value)

const integerOf = (value: unknown): bigint | undefined =>
  typeof value === "bigint"
    ? value
    : Number.isSafeInteger(value) || (typeof value === "string" && /^-?\d+$/.test(value))
      ? BigInt(value as number | string)
      : undefined

const dayLength = 86_400_000

const daysOf = (value: unknown): unknown => {
  if (Number.isSafeInteger(value)) return value
  const time = isDate(value)
    ? value.getTime()
    : typeof value === "string" && /^[+-]?\d{4,6}-\d\d-\d\d$/.test(value)
      ? Date.parse(value)
      : Number.NaN
  return Number.isInteger(time / dayLength) ? time / dayLength : misfit
}

/** A moment in units since 1970, with all its digits. */
const momentOf = (value: unknown, unit: TimeUnit, utc: boolean): bigint | undefined => {
  if (isDate(value))
    return Number.isNaN(value.getTime())
      ? undefined
      : unit === "s"
        ? undefined
        : BigInt(value.getTime()) * perMilli[unit]
  // One that no calendar has is its number.
  if (typeof value === "number" || (typeof value === "string" && /^-?\d+$/.test(value)))
    return integerOf(value)
  const [, seconds, fraction = "", zone] =
    typeof value === "string"
      ? (/^([+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z?)$/.exec(value) ?? [])
      : []
  if (seconds === undefined || (zone === "Z") !== utc) return undefined
  const time = Date.parse(`${seconds}Z`)
  return Number.isNaN(time)
    ? undefined
    : withFraction(BigInt(time / 1000), fraction, digitsOf[unit])
}

/** A span of time in units. */
const spanOf = (value: unknown, unit: TimeUnit): bigint | undefined => {
  const [, sign, seconds, fraction = ""] =
    typeof value === "string" ? (/^(-?)PT(\d+)(?:\.(\d+))?S$/.exec(value) ?? []) : []
  const span =
    seconds === undefined ? undefined : withFraction(BigInt(seconds), fraction, digitsOf[unit])
  return span === undefined ? undefined : sign === "-" ? -span : span
}

/** A whole number with so many digits of a fraction; undefined if it has more. */
const withFraction = (integer: bigint, fraction: string, digits: number): bigint | undefined =>
  /[1-9]/.test(fraction.slice(digits))
    ? undefined
    : integer * 10n ** BigInt(digits) + BigInt(fraction.slice(0, digits).padEnd(digits, "0") || "0")

const unscaledOf = (value: unknown, scale: number, precision: number): bigint | undefined => {
  if (typeof value !== "number" && typeof value !== "string" && typeof value !== "bigint")
    return undefined
  const [, sign, integer, fraction = ""] =
    /^(-?)(\d+)(?:\.(\d+))?$/.exec(withoutExponent(String(value))) ?? []
  const unscaled =
    integer === undefined ? undefined : withFraction(BigInt(integer), fraction, scale)
  if (unscaled === undefined || unscaled >= 10n ** BigInt(precision)) return undefined
  return sign === "-" ? -unscaled : unscaled
}

/** The digits of a number that JavaScript writes with an exponent: `1.5e-7` is `0.00000015`. */
const withoutExponent = (text: string): string => {
  const [, sign, first, rest = "", exponent] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? []
  if (first === undefined) return text
  const shift = Number(exponent)
  return shift < 0
    ? `${sign}0.${"0".repeat(-shift - 1)}${first}${rest}`
    : `${sign}${first}${rest.padEnd(shift, "0")}`
}
