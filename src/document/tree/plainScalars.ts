/**
 * Scalars without quotes, as Python's YAML reads and writes them: YAML 1.1, with a point in every
 * number that has an exponent.
 */
import { PythonTag, type Tree } from "./Tree.ts"

const truths: ReadonlySet<string> = new Set([
  "yes",
  "Yes",
  "YES",
  "true",
  "True",
  "TRUE",
  "on",
  "On",
  "ON"
])
const falsehoods: ReadonlySet<string> = new Set([
  "no",
  "No",
  "NO",
  "false",
  "False",
  "FALSE",
  "off",
  "Off",
  "OFF"
])
const nulls: ReadonlySet<string> = new Set(["", "~", "null", "Null", "NULL"])

const whole = /^[-+]?(?:0b[01_]+|0x[\da-fA-F_]+|0[0-7_]+|0|[1-9][\d_]*)$/
const sixties = /^[-+]?[1-9][\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/
const decimal = /^[-+]?(?:\d[\d_]*\.[\d_]*(?:[eE][-+]\d+)?|\.\d[\d_]*(?:[eE][-+]\d+)?)$/
const infinite = /^[-+]?\.(?:inf|Inf|INF)$/
const noNumber = /^\.(?:nan|NaN|NAN)$/
const date =
  /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)?$/

/** What a scalar without quotes and tag stands for. */
export const resolvePlain = (text: string): Tree => {
  if (!/^[-+.\d~]/.test(text))
    return truths.has(text) ? true : falsehoods.has(text) ? false : nulls.has(text) ? null : text
  if (text === "~") return null
  if (whole.test(text)) return wholeNumber(text)
  if (decimal.test(text)) return Number(text.replaceAll("_", ""))
  if (sixties.test(text)) return fromSixties(text)
  if (infinite.test(text)) return text.startsWith("-") ? -Infinity : Infinity
  if (noNumber.test(text)) return NaN
  return date.test(text) ? new PythonTag("timestamp", text) : text
}

const wholeNumber = (text: string): number | bigint => {
  const negative = text.startsWith("-")
  const digits = text.replace(/^[-+]/, "").replaceAll("_", "")
  const value =
    digits === "" || digits === "0x" || digits === "0b"
      ? 0n
      : BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  const signed = negative ? -value : value
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed
}

const fromSixties = (text: string): number => {
  const parts = text.replace(/^[-+]/, "").replaceAll("_", "").split(":").map(Number)
  const value = parts.reduce((sum, part) => sum * 60 + part, 0)
  return text.startsWith("-") ? -value : value
}

// What YAML 1.2 reads as numbers and YAML 1.1 does not, and what Python cannot read without quotes.
const elsewhere = /^(?:[-+]?(?:\d+|\d*\.\d*)(?:[eE][-+]?\d+)?|0o[0-7]+|=|<<|y|Y|n|N)$/

/** Whether a text would be read as something else without quotes, in Python or elsewhere. */
export const needsQuotes = (text: string): boolean =>
  resolvePlain(text) !== text || elsewhere.test(text)

/** A number that every reader of YAML takes for that number. */
export const writtenNumber = (value: number | bigint): string => {
  if (typeof value === "bigint") return String(value)
  if (Number.isNaN(value)) return ".nan"
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf"
  if (Object.is(value, -0)) return "-0.0"
  const text = String(value)
  const [mantissa = "", exponent] = text.split("e")
  // A whole number that a double does not hold exactly was a fraction's kin, not a count.
  const pointed =
    mantissa.includes(".") || (exponent === undefined && Number.isSafeInteger(value))
      ? mantissa
      : `${mantissa}.0`
  return exponent === undefined ? pointed : `${pointed}e${exponent}`
}
