import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Columns } from "../../src/columns/Columns.ts"
import { ColumnProblem, rowDecoder } from "../../src/columns/declaredValues.ts"
import type { Row } from "../../src/columns/Row.ts"

const Card = Schema.Struct({ title: Schema.String, year: Schema.optionalKey(Schema.Int) })

/** What is wrong with a row. */
const rowCheck = (columns: Columns) => {
  const decode = rowDecoder(columns)
  return (row: Row): ColumnProblem | undefined => {
    const decoded = decode(row)
    return decoded instanceof ColumnProblem ? decoded : undefined
  }
}

describe("a declared column", () => {
  const check = rowCheck({
    text: Schema.String,
    score: Schema.Number,
    count: Schema.Int,
    label: Schema.NullOr(Schema.Literals(["a", "b"])),
    card: Schema.Array(Card),
    note: Schema.optionalKey(Schema.String)
  })
  const good = { text: "x", score: 1.5, count: 2, label: null, card: [{ title: "t", year: 3 }] }

  it("takes what is declared, other columns, and nothing for an optional column", () => {
    expect(check(good)).toBeUndefined()
    expect(check({ ...good, note: "n", more: 1, label: "b" })).toBeUndefined()
    expect(check({ ...good, card: [{ title: "t", more: true }] })).toBeUndefined()
  })

  it.each<[string, object, string]>([
    ["another type", { text: 3 }, "column 'text' is declared as string, and got 3"],
    ["NaN", { score: Number.NaN }, "column 'score' is declared as number, and got NaN"],
    [
      "a fraction for a whole number",
      { count: 1.5 },
      "column 'count' is declared as number, and got 1.5 (Expected an integer)"
    ],
    [
      "a literal that is not listed",
      { label: "c" },
      `column 'label' is declared as "a" | "b" | null, and got "c"`
    ],
    ["undefined", { text: undefined }, "column 'text' is declared as string, and got nothing"],
    [
      "a wrong value far inside",
      { card: [{ title: "t" }, { title: null }] },
      "column 'card' is declared as ReadonlyArray<{ title: string; year?: number }>, and at card[1].title got null"
    ],
    [
      "a wrong type of an optional column",
      { note: 1 },
      "column 'note' is declared as string, and got 1"
    ]
  ])("refuses %s, and says what it expected and what it got", (_, wrong, sentence) => {
    expect(check({ ...good, ...wrong })?.detail).toContain(sentence)
  })

  it("names a column that is missing", () => {
    const { text: _, ...rest } = good
    expect(check(rest)).toEqual({
      column: "text",
      detail: "column 'text' is missing: it is declared as string"
    })
  })

  it("finds a NaN inside of lists and objects", () => {
    const nested = rowCheck({ at: Schema.Array(Schema.Struct({ x: Schema.Number })) })
    expect(nested({ at: [{ x: 1 }, { x: Number.NaN }] })?.detail).toContain("at at[1].x got NaN")
  })
})

it("agrees with effect's parser on every value but NaN", () => {
  const schemas = [
    Schema.String,
    Schema.Number,
    Schema.Int,
    Schema.Boolean,
    Schema.NullOr(Schema.String),
    Schema.Literals(["a", 1, true]),
    Schema.Array(Schema.Union([Schema.String, Schema.Number])),
    Schema.Struct({ a: Schema.optionalKey(Schema.Number), b: Schema.String }),
    Schema.Record(Schema.String, Schema.Number),
    Schema.Date,
    Schema.Uint8Array,
    Schema.Option(Schema.String),
    Schema.NonEmptyString,
    Schema.Unknown
  ] as ReadonlyArray<Schema.Codec<unknown>>
  const value = fc.oneof(
    fc.anything({ withDate: true, withBigInt: true }),
    fc.constantFrom(
      "a",
      1,
      true,
      null,
      {},
      [],
      ["x", 2],
      { a: 1, b: "b" },
      { b: "b" },
      Option.some("s")
    )
  )
  fc.assert(
    fc.property(fc.constantFrom(...schemas), value, (schema, given) => {
      fc.pre(!holdsNaN(given))
      expect(rowCheck({ c: schema })({ c: given }) === undefined).toBe(
        Schema.is(Schema.toType(schema))(given)
      )
    }),
    { numRuns: 2000 }
  )
})

const holdsNaN = (value: unknown): boolean =>
  Number.isNaN(value) ||
  (typeof value === "object" && value !== null && Object.values(value).some(holdsNaN))
