/**
 * Rows as JSON text that gives the same rows again.
 *
 * What JSON has no type for stands there as anyone would write it: dates in ISO 8601, bytes in
 * base64, great integers as digits. What it was, a last key says:
 * `{"at":"2024-02-29T12:00:00.000Z","~types":{"/at":"date"}}`. Rows of texts, numbers, lists and
 * objects have no such key.
 */
import { exactInteger } from "./exactInteger.ts"
import { doubleJson } from "./exactJson.ts"
import { own } from "./own.ts"
import type { Row } from "./Row.ts"
import { typesKey } from "./typesKey.ts"

/**
 * How much of a value its text keeps: all of it as it is, all of it with the key that says the
 * types, or less.
 */
const fidelities = { plain: 0, typed: 1, lossy: 2 } as const
type Fidelity = (typeof fidelities)[keyof typeof fidelities]

/** Deeper values, and those that hold themselves, do not come back. */
const deepest = 500

const fidelity = (value: unknown, depth: number): Fidelity => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return fidelities.plain
    case "number":
      return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
        ? fidelities.plain
        : fidelities.typed
    case "bigint":
      return fidelities.typed
    case "object":
      return value === null
        ? fidelities.plain
        : depth > deepest
          ? fidelities.lossy
          : objectFidelity(value, depth)
    default:
      return fidelities.lossy
  }
}

const objectFidelity = (value: object, depth: number): Fidelity => {
  let worst: Fidelity = fidelities.plain
  if (Array.isArray(value)) {
    for (const item of value) {
      const one = fidelity(item, depth + 1)
      if (one > worst) worst = one
    }
    return worst
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    return kindOf(value) === undefined ? fidelities.lossy : fidelities.typed
  for (const key in value) {
    const one =
      depth === 0 && key.charCodeAt(0) === tilde && ownTypesKey.test(key)
        ? fidelities.typed
        : fidelity((value as Row)[key], depth + 1)
    if (one > worst) worst = one
  }
  return "toJSON" in value ? fidelities.lossy : worst
}

const tilde = "~".charCodeAt(0)
/** A row's own column of that name gets another `~` in front. */
const ownTypesKey = /^~+types$/

/** What JSON has no type for, and how its natural text becomes it again. */
const revivers = {
  date: (text: never) => new Date(text ?? Number.NaN),
  bigint: (digits: never) => BigInt(digits),
  bytes: (text: never) => new Uint8Array(Buffer.from(text, "base64")),
  number: (text: never) => Number(text),
  float32: (numbers: never) => Float32Array.from(numbers),
  float64: (numbers: never) => Float64Array.from(numbers)
} as const satisfies Readonly<Record<string, (natural: never) => unknown>>
type Kind = keyof typeof revivers

const kinds: Readonly<Record<string, Kind>> = {
  Date: "date",
  Uint8Array: "bytes",
  Float32Array: "float32",
  Float64Array: "float64"
}

/** By its tag, which objects of other realms have too. */
const kindOf = (value: object): Kind | undefined =>
  own(kinds, Object.prototype.toString.call(value).slice("[object ".length, -1))

/**
 * The JSON text of a row, on one line. Dates, big integers, bytes, lists of floats, NaN and
 * infinities come back from it as they were; other objects of classes as JSON writes them. Throws a
 * TypeError where there is no such text.
 */
export const rowText = (row: Row): string => {
  const kept = fidelity(row, 0)
  return kept === fidelities.plain ? JSON.stringify(row) : typedText(row, kept)
}

/** The JSON text of a row, if the very same row comes back from it; else undefined. */
export const faithfulText = (row: Row): string | undefined => {
  const kept = fidelity(row, 0)
  return kept === fidelities.plain
    ? JSON.stringify(row)
    : kept === fidelities.typed
      ? typedText(row, kept)
      : undefined
}

const typedText = (row: Row, kept: Fidelity): string => {
  const types: Record<string, Kind> = {}
  const natural = Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      ownTypesKey.test(column) ? `~${column}` : column,
      naturalOf(value, `/${escaped(column)}`, types, 1)
    ])
  )
  const escapes = Object.keys(row).some((column) => ownTypesKey.test(column))
  const whole =
    Object.keys(types).length > 0 || escapes ? { ...natural, [typesKey]: types } : natural
  // Within objects of classes there may still be big integers.
  return kept === fidelities.lossy
    ? JSON.stringify(whole, (_, held: unknown) =>
        typeof held === "bigint" ? exactInteger(held) : held
      )
    : JSON.stringify(whole)
}

const naturalOf = (
  value: unknown,
  at: string,
  types: Record<string, Kind>,
  depth: number
): unknown => {
  if (typeof value === "bigint") {
    types[at] = "bigint"
    return exactInteger(value)
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    types[at] = "number"
    return String(value)
  }
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value))
    return doubleJson(value)
  // Deeper down, or round in a circle, JSON says itself what it thinks of it.
  if (typeof value !== "object" || value === null || depth > deepest) return value
  if (Array.isArray(value))
    return value.map((item, i) => naturalOf(item, `${at}/${i}`, types, depth + 1))
  const kind = kindOf(value)
  if (kind !== undefined) {
    types[at] = kind
    return kind === "date"
      ? (value as Date).toJSON()
      : kind === "bytes"
        ? base64(value as Uint8Array)
        : naturalOf([...(value as Float32Array)], at, types, depth + 1)
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if ((prototype !== Object.prototype && prototype !== null) || "toJSON" in value) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [
      key,
      naturalOf(held, `${at}/${escaped(key)}`, types, depth + 1)
    ])
  )
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")

/** As in JSON pointers. */
const escaped = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1")
const unescaped = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~")

/**
 * The row that parsed JSON stands for: what its last key says of types is done, and the key gone.
 * Any other object stays as it is.
 */
export const revived = (json: Row): Row => {
  if (!(typesKey in json)) return json
  const { [typesKey]: types, ...row } = json
  if (!isTypes(types)) return json
  const restored = Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      ownTypesKey.test(column) ? column.slice(1) : column,
      value
    ])
  )
  // Floats within a list of floats come before the list.
  for (const [pointer, kind] of Object.entries(types).reverse()) {
    const path = pointer.slice(1).split("/").map(unescaped)
    const last = path.pop()!
    const holder = path.reduce<unknown>(
      (value, key) => (isHolder(value) ? value[key] : undefined),
      restored
    )
    if (isHolder(holder) && Object.hasOwn(holder, last))
      holder[last] = revivers[kind](holder[last] as never)
  }
  return restored
}

const isHolder = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null

const isTypes = (value: unknown): value is Readonly<Record<string, Kind>> =>
  isHolder(value) &&
  !Array.isArray(value) &&
  Object.entries(value).every(
    ([pointer, kind]) =>
      pointer.startsWith("/") && typeof kind === "string" && Object.hasOwn(revivers, kind)
  )
