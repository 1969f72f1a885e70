import * as Schema from "effect/Schema"
import fc from "fast-check"
import * as events from "js-yaml"
import { describe, expect, it } from "vitest"
import * as yaml from "yaml"
import { typeName } from "../../src/columns/typeNames.ts"
import {
  columnsOfJson,
  columnsToJson,
  schemaFromJson,
  schemaToJson
} from "../../src/document/classes/schemaJson.ts"
import { defaultLimits } from "../../src/document/tree/limits.ts"
import { needsQuotes, resolvePlain, writtenNumber } from "../../src/document/tree/plainScalars.ts"
import { PythonTag, type Tree } from "../../src/document/tree/Tree.ts"
import { readYaml } from "../../src/document/yaml/readYaml.ts"
import { writeYaml } from "../../src/document/yaml/writeYaml.ts"

const read = (text: string): Tree => readYaml(events, text, defaultLimits).document.value

describe("scalars without quotes are what Python takes them for", () => {
  it.each<[string, Tree]>([
    ["yes", true],
    ["Off", false],
    ["y", "y"],
    ["~", null],
    ["NULL", null],
    ["", null],
    ["1e5", "1e5"],
    ["1.0e+5", 100_000],
    ["1.0e5", "1.0e5"],
    [".5", 0.5],
    ["1_000", 1000],
    ["017", 15],
    ["0o17", "0o17"],
    ["08", "08"],
    ["0x1F", 31],
    ["0b101", 5],
    ["-0x1", -1],
    ["1:30", 90],
    ["1:30.5", 90.5],
    [".inf", Infinity],
    ["-.INF", -Infinity],
    [".nan", NaN],
    ["9007199254740993", 9007199254740993n],
    ["2024-01-01", new PythonTag("timestamp", "2024-01-01")],
    ["1.5.3", "1.5.3"],
    ["-", "-"],
    ["+", "+"],
    [".", "."]
  ])("%s", (text, value) => {
    expect(resolvePlain(text)).toEqual(value)
    expect(needsQuotes(text)).toBe(
      typeof value !== "string" || ["1e5", "1.0e5", "0o17", "08", "y", "."].includes(text)
    )
  })

  it.each([
    [1, "1"],
    [0.1, "0.1"],
    [1e21, "1.0e+21"],
    [1e-7, "1.0e-7"],
    [-0, "-0.0"],
    [2 ** 53, "9007199254740992.0"],
    [12n, "12"]
  ])("%s is written as %s", (value, text) => {
    expect(writtenNumber(value)).toBe(text)
  })
})

it("every tree is the same after it was written and read", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.stringMatching(/^[ \n\t:#\-[\]{}'"|>%@&*!,?a-z0-9.eE+_=<~]{0,15}$/),
    fc.constantFrom(
      "yes",
      "\u2028x",
      "x\ufeff",
      "a\u0085b",
      "a\r\nb",
      "---\na",
      " x\ny",
      "\n",
      "x\n\n"
    )
  )
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      text,
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.bigInt({ min: 2n ** 60n, max: 2n ** 80n }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(text, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
      fc.array(tie("tree"), { maxLength: 2 }).map((items) => new PythonTag("python/tuple", items))
    )
  }))
  fc.assert(
    fc.property(tree, (value) => {
      expect(read(writeYaml(yaml, { value }))).toEqual({ value })
    }),
    { numRuns: 1000 }
  )
})

describe("YAML as people write it", () => {
  it.each<[string, Tree]>([
    ["{a: &x [1], b: *x}", { a: [1], b: [1] }],
    ["a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", { a: { p: 1, q: 2 }, b: { p: 1, q: 3 } }],
    ['b: {"<<": 1}', { b: { "<<": 1 } }],
    [
      'a: !!str 1\nb: !!int "2"\nc: !!python/tuple [1]',
      { a: "1", b: 2, c: new PythonTag("python/tuple", [1]) }
    ],
    [
      "1: one\n~: none",
      new Map<Tree, Tree>([
        [1, "one"],
        [null, "none"]
      ])
    ],
    ["%YAML 1.1\n---\na: 1\n...\n", { a: 1 }],
    ["# nothing\n", null],
    ["a: |\n  x\n  y\nb: >-\n  x\n  y\n", { a: "x\ny\n", b: "x y" }]
  ])("%s", (text, value) => {
    expect(read(text)).toEqual(value)
  })
})

describe("types as JSON Schema and back", () => {
  it.each([
    Schema.String,
    Schema.Number,
    Schema.Finite,
    Schema.Int,
    Schema.Boolean,
    Schema.Null,
    Schema.Unknown,
    Schema.Any,
    Schema.NullOr(Schema.String),
    Schema.Literal("a"),
    Schema.Literals(["a", "b"]),
    Schema.Array(Schema.Number),
    Schema.Tuple([Schema.String, Schema.Number]),
    Schema.Tuple([]),
    Schema.Struct({ a: Schema.String, b: Schema.optionalKey(Schema.Array(Schema.Any)) }),
    Schema.Record(Schema.String, Schema.Number),
    Schema.Union([Schema.String, Schema.Number, Schema.Null]),
    Schema.StructWithRest(Schema.Struct({ a: Schema.String }), [
      Schema.Record(Schema.String, Schema.Unknown)
    ])
  ])("%#", (schema) => {
    const json = schemaToJson(schema)
    expect(typeName(schemaFromJson(json))).toBe(typeName(schema))
    expect(schemaToJson(schemaFromJson(json))).toEqual(json)
  })

  it("checks and descriptions stay", () => {
    const json = schemaToJson(
      Schema.Struct({
        n: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5 })).annotate({
          description: "From 1 to 5"
        }),
        s: Schema.String.check(Schema.isMaxLength(2))
      })
    )
    expect(json).toEqual({
      type: "object",
      properties: {
        n: { description: "From 1 to 5", type: "integer", minimum: 1, maximum: 5 },
        s: { type: "string", maxLength: 2 }
      },
      required: ["n", "s"]
    })
    const back = schemaFromJson(json) as Schema.Codec<unknown>
    expect(Schema.is(back)({ n: 5, s: "ab" })).toBe(true)
    expect(Schema.is(back)({ n: 6, s: "ab" })).toBe(false)
    expect(schemaToJson(back)).toEqual(json)
  })

  it("what JSON Schema has no word for is told", () => {
    const lost: Array<string> = []
    expect(
      columnsToJson(
        { day: Schema.Date, big: Schema.BigInt, code: Schema.String.check(Schema.isPattern(/^a/)) },
        false,
        (type) => lost.push(type)
      )
    ).toEqual({
      type: "object",
      properties: { day: { $comment: "any" }, big: { $comment: "any" }, code: { type: "string" } },
      required: ["day", "big", "code"]
    })
    expect(lost).toEqual(["a type of its own", "bigint", "a string that is checked"])
  })

  it("pydantic's schemas with definitions are read", () => {
    const { columns } = columnsOfJson({
      properties: {
        q: {
          $defs: { Q: { type: "object", properties: { a: { type: "string" } }, required: ["a"] } },
          $ref: "#/$defs/Q"
        }
      },
      required: ["q"]
    })
    expect(typeName(columns["q"]!)).toContain("a: string")
    expect(() => columnsOfJson({ properties: 3 })).toThrow(
      "columns are a JSON Schema of an object with 'properties'"
    )
  })
})
