import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { JsonLinesWriter, readJsonLines } from "../../src/data/files/JsonLines.ts"
import { from, LoadDataFromFileSystem, Pipeline, type Row } from "../../src/index.ts"
import { rowsOf } from "../engine/rows.ts"

const rowsIn = async (chunks: AsyncIterable<ReadonlyArray<Row>>): Promise<ReadonlyArray<Row>> =>
  (await Array.fromAsync(chunks)).flat()

const folder = mkdtempSync(join(tmpdir(), "distilabel-files-"))
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const loaded = async (
  options: Omit<Parameters<typeof LoadDataFromFileSystem>[0], "name">
): Promise<ReadonlyArray<Row>> =>
  (
    await rowsOf(
      Pipeline(
        "p",
        {},
        from(LoadDataFromFileSystem({ name: "load", ...options } as never) as never)
      )
    )
  )["default"]!.rows

describe("JSON Lines", () => {
  it("come back as they were written, whatever the text", async () => {
    const path = join(folder, "round.jsonl")
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), { maxLength: 20 }),
        async (rows) => {
          const writer = new JsonLinesWriter(path)
          for (const row of rows) writer.write(row)
          writer.close()
          expect(await rowsIn(readJsonLines(path))).toEqual(JSON.parse(JSON.stringify(rows)))
        }
      ),
      { numRuns: 60 }
    )
  })

  it("may hold line separators of Unicode within their text", async () => {
    const path = join(folder, "separators.jsonl")
    const writer = new JsonLinesWriter(path)
    writer.write({ "\u2028": "a\u2029b\u0085c\rd" })
    writer.close()
    expect(await rowsIn(readJsonLines(path))).toEqual([{ "\u2028": "a\u2029b\u0085c\rd" }])
  })

  it("may have a byte-order mark, Windows line ends and empty lines", async () => {
    const path = file("windows.jsonl", '\uFEFF{"a":"ü 🥨"}\r\n\r\n{"a":2}\r\n')
    expect(await rowsIn(readJsonLines(path))).toEqual([{ a: "ü 🥨" }, { a: 2 }])
  })

  it("may have lines of any length", async () => {
    const long = "x".repeat(5_000_000)
    expect(await rowsIn(readJsonLines(file("long.jsonl", `{"a":"${long}"}\n`)))).toEqual([
      { a: long }
    ])
  })

  it("are refused with the file, the line and what is wrong", async () => {
    const broken = file("broken.jsonl", '{"a":1}\n{"a":\n')
    await expect(rowsIn(readJsonLines(broken))).rejects.toThrow(
      /broken\.jsonl', line 2: it is no JSON/
    )
    await expect(Array.fromAsync(readJsonLines(file("list.jsonl", "[1]\n")))).rejects.toThrow(
      /line 1: it is a list, not a row/
    )
    await expect(Array.fromAsync(readJsonLines(join(folder, "none.jsonl")))).rejects.toThrow(
      /none\.jsonl': there is no such file/
    )
  })
})

describe("LoadDataFromFileSystem", () => {
  it("reads CSV with quotes, commas, line breaks and a byte-order mark, values in the declared types", async () => {
    const path = file(
      "rows.csv",
      '\uFEFFtext,score,good,note\r\n"a, ""b""\nc",1.5,true,\r\nplain,2,FALSE,x\r\n'
    )
    const columns = {
      text: Schema.String,
      score: Schema.Number,
      good: Schema.Boolean,
      note: Schema.NullOr(Schema.String)
    }
    expect(await loaded({ dataFiles: path, columns })).toEqual([
      { text: 'a, "b"\nc', score: 1.5, good: true, note: "" },
      { text: "plain", score: 2, good: false, note: "x" }
    ])
  })

  it("says which line of a CSV file has too many values", async () => {
    await expect(loaded({ dataFiles: file("uneven.csv", "a,b\n1,2\n3,4,5\n") })).rejects.toThrow(
      /uneven\.csv', line 3: it has 3 values/
    )
  })

  it("reads folders and patterns in the order of the names, and stops after numExamples", async () => {
    file("part-2.jsonl", '{"n":3}\n')
    file("part-1.jsonl", '{"n":1}\n{"n":2}\n')
    expect(await loaded({ dataFiles: join(folder, "part-*.jsonl") })).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 }
    ])
    expect(await loaded({ dataFiles: join(folder, "part-*.jsonl"), numExamples: 2 })).toEqual([
      { n: 1 },
      { n: 2 }
    ])
  })

  it("tells a column that is missing or has another type before any model is asked", async () => {
    const path = file("typed.jsonl", '{"prompt":5,"other":1}\n')
    await expect(
      loaded({ dataFiles: path, columns: { prompt: Schema.String, lang: Schema.String } })
    ).rejects.toThrow(
      /column 'prompt' is 5, not string; column 'lang' is missing \(there are: prompt, other\)/
    )
  })

  it("tells a file of unknown type and a pattern that fits nothing", async () => {
    await expect(loaded({ dataFiles: file("rows.xlsx", "") })).rejects.toThrow(
      /its ending is not one of a known type/
    )
    await expect(loaded({ dataFiles: join(folder, "*.nope") })).rejects.toThrow(/no file fits/)
  })
})
