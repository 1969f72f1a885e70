import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { inspectSource } from "../../src/codegen/read/inspectSource.ts"
import { columnsSource, schemaSource } from "../../src/codegen/types/columnsSource.ts"
import { typeOfSchema } from "../../src/codegen/types/typeOfSchema.ts"
import { typesFromRows, type TypesFromRowsOptions } from "../../src/codegen/types/typesFromRows.ts"
import type { Columns } from "../../src/columns/Columns.ts"
import type { Row } from "../../src/columns/Row.ts"
import { typeName } from "../../src/columns/typeNames.ts"
import { from, LoadDataFromFileSystem, Pipeline, runPromise } from "../../src/index.ts"
import { sourceFolder } from "./sources.ts"

const write = sourceFolder()

/** The record that a module's text exports. */
const evaluated = (source: string): Columns => {
  const code = source
    .replaceAll(/^import .*$/gm, "")
    .replaceAll(/^export type .*$/gm, "")
    .replace("export const columns =", "return ")
  // oxlint-disable-next-line no-implied-eval typescript/no-implied-eval -- the text is ours, made a line before
  return new Function("Schema", code)(Schema) as Columns
}
const sourceOf = async (
  rows: ReadonlyArray<Row>,
  options?: TypesFromRowsOptions
): Promise<string> =>
  columnsSource((await typesFromRows(rows, options)).fields, "Columns of a test")
const columnsOf = async (
  rows: ReadonlyArray<Row>,
  options?: TypesFromRowsOptions
): Promise<Columns> => evaluated(await sourceOf(rows, options))
const named = (columns: Columns) =>
  Object.fromEntries(Object.entries(columns).map(([name, schema]) => [name, typeName(schema)]))

const key = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "two words",
    "class",
    "1st",
    "ключ",
    "__proto__",
    "constructor",
    "*/",
    '"',
    "\\",
    "\n",
    "${x}",
    ""
  ),
  fc.string({ unit: "grapheme", maxLength: 8 })
)
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      null,
      true,
      false,
      0,
      1.5,
      "a",
      "b",
      "2024-01-02",
      "x".repeat(50),
      '`${a}` "*/'
    ),
    fc.string(),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(key, tie("any"), { maxKeys: 4 })
  )
})).any
// As JSON text gives them: objects with keys of their own only, -0 as 0.
const rows = fc
  .array(fc.dictionary(key, value, { maxKeys: 6 }), { minLength: 1, maxLength: 40 })
  .map((all) => JSON.parse(JSON.stringify(all)) as ReadonlyArray<Row>)

describe("types from rows", () => {
  it("take every row that they come from", async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async (all, enums) => {
        const row = Schema.Struct(
          (await columnsOf(all, { enums })) as Record<string, Schema.Codec<unknown>>
        )
        for (const each of all) expect(Schema.is(row)(each)).toBe(true)
      }),
      { numRuns: 300 }
    )
  })

  it("are the same whether objects come one by one or by the thousand, and stay small where keys are data", async () => {
    const dictionary = Array.from({ length: 3000 }, (_, i) => ({
      counts: { [`word_${i}`]: i, the: 1 }
    }))
    expect(named(await columnsOf(dictionary))).toEqual({ counts: "{ [key: string]: number }" })
    const few = Array.from({ length: 200 }, (_, i) => ({ scores: { [`judge_${i % 40}`]: 1 } }))
    expect(named(await columnsOf(few))).toEqual({ scores: "{ [key: string]: number }" })
    expect(named(await columnsOf([{ meta: { a: 1, b: 2 } }, { meta: { a: 1 } }]))).toEqual({
      meta: "{ a: number; b?: number }"
    })
  })

  it("tell nullable and optional columns, lists, unions, enums of few texts, and leave dates texts", async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({
      id: i,
      level: ["easy", "hard"][i % 2],
      when: "2024-01-02T03:04:05Z",
      score: i === 0 ? null : i === 1 ? "none" : i,
      tags: i % 2 === 0 ? [] : ["a", null],
      nothing: null,
      ...(i === 0 ? {} : { extra: true })
    }))
    const source = await sourceOf(many)
    expect(source).toContain(`level: Schema.Literals(["easy", "hard"])`)
    expect(source).toContain("  /** Dates as text. */\n  when: Schema.String,\n")
    expect(source).toContain("score: Schema.NullOr(Schema.Union([Schema.String, Schema.Number]))")
    expect(source).toContain("tags: Schema.Array(Schema.NullOr(Schema.String))")
    expect(source).toContain("nothing: Schema.Unknown")
    expect(source).toContain("extra: Schema.optionalKey(Schema.Boolean)")
    expect(await sourceOf(many, { enums: false })).toContain("level: Schema.String")
    expect(await sourceOf(many.slice(0, 10))).toContain("level: Schema.String")
  })

  it("of a CSV file are numbers and booleans where all texts are, and are what loading it gives", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "distilabel-types-")), "rows.csv")
    writeFileSync(file, "id,score,sure,zip,note\n1,0.5,true,007,\n2,,FALSE,12,a\n")
    const texts = [
      { id: "1", score: "0.5", sure: "true", zip: "007", note: "" },
      { id: "2", score: "", sure: "FALSE", zip: "12", note: "a" }
    ]
    const columns = await columnsOf(texts, { texts: true })
    expect(named(columns)).toEqual({
      id: "number",
      score: "number | null",
      sure: "boolean",
      zip: "string",
      note: "string"
    })
    const distiset = await runPromise(
      Pipeline("csv", {}, from(LoadDataFromFileSystem({ name: "load", dataFiles: file, columns }))),
      { progress: "none", outputDir: join(file, "..", "out") }
    )
    expect(await distiset.default.toArray()).toEqual([
      { id: 1, score: 0.5, sure: true, zip: "007", note: "" },
      { id: 2, score: null, sure: false, zip: "12", note: "a" }
    ])
  })

  it("take what the format tells of its columns as it is, and read no more rows than they are told to", async () => {
    const features = {
      label: Schema.Literals(["pos", "neg"]),
      big: Schema.optionalKey(Schema.BigInt)
    }
    const { fields, rows: count } = await typesFromRows(
      Array.from({ length: 9 }, (_, i) => ({ label: "pos", other: i < 3 ? i : "x" })),
      { features, rows: 3 }
    )
    expect(count).toBe(3)
    expect(columnsSource(fields, "x")).toContain(
      '  label: Schema.Literals(["pos", "neg"]),\n  big: Schema.optionalKey(Schema.BigInt),\n  other: Schema.Number\n'
    )
  })

  it("are written so that TypeScript compiles them, and takes the rows as rows of the type", () => {
    const samples = fc.sample(rows, { numRuns: 40, seed: 7 }).map((all) => all.slice(0, 6))
    return Promise.all(
      samples.map(async (all, i) => {
        const text = await sourceOf(all)
        write(`columns/sample${i}.ts`, text)
        // A literal with the key __proto__ would set a prototype, which JSON does not.
        return JSON.stringify(all).includes("__proto__")
          ? ""
          : `import { type Row as Row${i} } from "./sample${i}.ts"\nexport const rows${i}: ReadonlyArray<Row${i}> = ${JSON.stringify(all)}\n`
      })
    ).then(async (uses) => {
      const main = write(
        "columns/main.ts",
        [
          ...samples.map((_, i) => `import { columns as columns${i} } from "./sample${i}.ts"`),
          ...uses,
          `import { from, LoadDataFromFileSystem, Pipeline } from "distilabel-ts"`,
          ...samples.map(
            (_, i) =>
              `export const load${i} = LoadDataFromFileSystem({ name: "load${i}", dataFiles: "rows.jsonl", columns: columns${i} })`
          ),
          'export default Pipeline("typed", {}, from(load0))'
        ].join("\n")
      )
      const { problems } = await inspectSource(main)
      expect(problems.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([])
    })
  })
})

describe("a schema's type", () => {
  it("written out is the schema again", () => {
    const Node = Schema.Struct({
      name: Schema.String,
      size: Schema.optionalKey(Schema.NullOr(Schema.Number)),
      kinds: Schema.Array(Schema.Literals(["a", "b"])),
      counts: Schema.Record(Schema.String, Schema.Number)
    })
    const schemas: ReadonlyArray<Schema.Constraint> = [
      Schema.String,
      Schema.NullOr(Schema.Boolean),
      Schema.Literal("x"),
      Schema.Union([Schema.String, Node]),
      Schema.Array(Schema.Array(Schema.Unknown)),
      Schema.Literals([1, 2]),
      Node
    ]
    for (const schema of schemas) {
      const again = evaluated(`return { it: ${schemaSource(typeOfSchema(schema))} }`)["it"]!
      expect(typeName(again)).toBe(typeName(schema))
    }
    expect(schemaSource(typeOfSchema(Schema.Date))).toBe("Schema.Unknown")
  })
})
