import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { assignable } from "../../src/columns/assignable.ts"
import { isOptional } from "../../src/columns/Columns.ts"
import { inferColumns } from "../../src/columns/infer.ts"
import { own } from "../../src/columns/own.ts"
import type { Row } from "../../src/columns/Row.ts"
import { clashing, missing } from "../../src/columns/Shape.ts"
import { typeName } from "../../src/columns/typeNames.ts"

/** Schemas of all kinds, with values that each accepts. */
const kinds: ReadonlyArray<readonly [Schema.Codec<unknown>, ReadonlyArray<unknown>]> = [
  [Schema.String, ["", "a"]],
  [Schema.Number, [0, -1.5]],
  [Schema.Boolean, [true, false]],
  [Schema.Null, [null]],
  [Schema.Unknown, [1, "a", null, {}]],
  [Schema.Literals(["a", "b"]), ["a", "b"]],
  [Schema.Literal(0), [0]],
  [Schema.NullOr(Schema.String), ["a", null]],
  [Schema.Union([Schema.String, Schema.Number]), ["a", 0]],
  [Schema.Array(Schema.String), [[], ["a"]]],
  [Schema.Array(Schema.NullOr(Schema.Number)), [[null, 1]]],
  [Schema.Tuple([Schema.String, Schema.Number]), [["a", 1]]],
  [Schema.Struct({ a: Schema.String }), [{ a: "x" }]],
  [Schema.Struct({ a: Schema.optionalKey(Schema.String) }), [{}, { a: "x" }]],
  [Schema.Struct({ a: Schema.String, b: Schema.Number }), [{ a: "x", b: 1 }]],
  [Schema.Record(Schema.String, Schema.Number), [{}, { a: 1 }]]
]

describe("a column type", () => {
  it("that fits another has no value that the other does not take", () => {
    const kind = fc.constantFrom(...kinds)
    fc.assert(
      fc.property(kind, kind, ([have, values], [want]) => {
        if (assignable(have, want))
          for (const value of values) expect(Schema.is(want)(value)).toBe(true)
      }),
      { numRuns: 2000 }
    )
  })

  it("fits itself, unknown, and a union that has it", () => {
    for (const [schema] of kinds) {
      expect(assignable(schema, schema)).toBe(true)
      expect(assignable(schema, Schema.Unknown)).toBe(true)
      expect(assignable(schema, Schema.Union([Schema.Symbol, schema]))).toBe(true)
    }
  })

  it("does not fit where the compiler would not let it", () => {
    const pairs = [
      [Schema.NullOr(Schema.String), Schema.String],
      [Schema.Unknown, Schema.String],
      [Schema.Number, Schema.String],
      [Schema.Array(Schema.Number), Schema.Array(Schema.String)],
      [Schema.Struct({}), Schema.Struct({ a: Schema.String })],
      [
        Schema.Struct({ a: Schema.optionalKey(Schema.String) }),
        Schema.Struct({ a: Schema.String })
      ],
      [Schema.String, Schema.Literals(["a", "b"])]
    ] as const
    for (const [have, want] of pairs)
      expect(assignable(have, want), `${typeName(have)} → ${typeName(want)}`).toBe(false)
  })

  it("is named in the words of TypeScript", () => {
    expect(typeName(Schema.NullOr(Schema.String))).toBe("string | null")
    expect(typeName(Schema.Array(Schema.Struct({ a: Schema.optionalKey(Schema.Number) })))).toBe(
      "ReadonlyArray<{ a?: number }>"
    )
    expect(typeName(Schema.Literals(["a", "b"]))).toBe('"a" | "b"')
    expect(typeName(Schema.Record(Schema.String, Schema.Unknown))).toBe(
      "{ [key: string]: unknown }"
    )
  })
})

describe("columns", () => {
  it("are missing if they are not there or may be absent, but for optional ones and open shapes", () => {
    const have = {
      columns: { a: Schema.String, b: Schema.optionalKey(Schema.String) },
      open: false
    }
    const need = {
      a: Schema.String,
      b: Schema.String,
      c: Schema.String,
      d: Schema.optionalKey(Schema.String)
    }
    expect(missing(need, have)).toEqual(["b", "c"])
    expect(missing(need, { ...have, open: true })).toEqual(["b"])
    expect(clashing({ a: Schema.Number, c: Schema.Number }, have)).toEqual(["a"])
  })

  it("read off rows take those rows", () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.constantFrom("a", "b", "c"), fc.jsonValue()), {
          minLength: 1,
          maxLength: 6
        }),
        (rows) => {
          const schema = Schema.Struct(inferColumns(rows) as Record<string, Schema.Codec<unknown>>)
          for (const row of rows) expect(Schema.is(schema)(row)).toBe(true)
        }
      )
    )
  })

  it("are those that rows hold themselves, whatever every object inherits", () => {
    const rows = JSON.parse(
      '[{ "toString": "b", "cell": { "__proto__": true } }, { "cell": {} }]'
    ) as ReadonlyArray<Row>
    const columns = inferColumns(rows)
    expect(isOptional(own(columns, "toString")!)).toBe(true)
    expect(
      rows.map((row) => Schema.is(columns["cell"] as Schema.Codec<unknown>)(row.cell))
    ).toEqual([true, true])
  })
})
