import fc from "fast-check"
import { expect, it } from "vitest"
import { rawJson } from "../../src/columns/exactJson.ts"
import type { Row } from "../../src/columns/Row.ts"
import { faithfulText, revived, rowText } from "../../src/columns/rowText.ts"

const column = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("~types", "~~types", "a/b", "~", "~0", "0", "__proto__", "")
)
const leaf = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.boolean(),
  fc.constant(null),
  fc.double().map((number) => number + 0),
  fc.bigInt(),
  fc.date(),
  fc.uint8Array({ maxLength: 20 }),
  fc.float32Array({ maxLength: 5 }).map((floats) => floats.map((float) => float + 0)),
  fc.float64Array({ maxLength: 5 }).map((floats) => floats.map((float) => float + 0))
)
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(column, tie("value"), { maxKeys: 4 })
  )
})).value
const rows = fc.dictionary(column, value, { maxKeys: 5 })

const back = (text: string): Row => revived(JSON.parse(text) as Row)
it("rows come back from their text as they were: dates, big integers, bytes, NaN, whatever their columns are called", () => {
  fc.assert(
    fc.property(rows, (row) => {
      const text = rowText(row)
      expect(text).not.toContain("\n")
      expect(back(text)).toEqual(row)
      expect(faithfulText(row)).toBe(text)
    }),
    { numRuns: 500 }
  )
})

it("rows of JSON are the same text as JSON's, and others are read easily", () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string().filter((name) => !name.includes("types")),
        fc.jsonValue()
      ),
      (row) => {
        // A double beyond 2^53 has an exponent: no reader may take it for an exact integer.
        expect(rowText(row)).toBe(
          JSON.stringify(row, (_, value: unknown) =>
            Number.isInteger(value) && !Number.isSafeInteger(value)
              ? rawJson((value as number).toExponential())
              : value
          )
        )
      }
    )
  )
  expect(rowText({ n: 2 ** 60, list: [-(2 ** 53)] })).toBe(
    '{"n":1.152921504606847e+18,"list":[-9.007199254740992e+15]}'
  )
  expect(
    rowText({ at: new Date(0), n: 2n ** 70n, raw: new Uint8Array([1, 2]), score: Number.NaN })
  ).toBe(
    '{"at":"1970-01-01T00:00:00.000Z","n":"1180591620717411303424","raw":"AQI=","score":"NaN","~types":{"/at":"date","/n":"bigint","/raw":"bytes","/score":"number"}}'
  )
})

it("says what does not come back, and still writes it as JSON does", () => {
  class Point {
    x = 1n
  }
  const circle: Record<string, unknown> = {}
  circle["self"] = circle
  expect(faithfulText({ a: undefined })).toBeUndefined()
  expect(faithfulText({ a: new Point() })).toBeUndefined()
  expect(faithfulText({ a: () => 1 })).toBeUndefined()
  expect(rowText({ a: new Point(), at: new Date(0) })).toBe(
    '{"a":{"x":1},"at":"1970-01-01T00:00:00.000Z","~types":{"/at":"date"}}'
  )
  expect(rowText({ a: undefined, b: 1 })).toBe('{"b":1}')
  expect(() => rowText(circle)).toThrow(TypeError)
})

it("leaves columns of others that happen to be called '~types' alone", () => {
  for (const row of [
    { "~types": "x" },
    { "~types": { a: 1 } },
    { "~types": ["date"] },
    { "~types": { "/a": "toString" } }
  ])
    expect(revived(row)).toBe(row)
})
