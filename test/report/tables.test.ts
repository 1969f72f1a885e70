import { writeFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { parquetWriteFile } from "hyparquet-writer"
import { describe, expect, it } from "vitest"
import type { Row } from "../../src/columns/Row.ts"
import { openRowFile } from "../../src/data/files/FileFormat.ts"
import { localFile } from "../../src/data/rows/ByteSource.ts"
import { type Bytes, bytesOfBlob, readTogether } from "../../src/report/tables/Bytes.ts"
import { linesTable } from "../../src/report/tables/linesTable.ts"
import { parquetTable } from "../../src/report/tables/parquetTable.ts"
import { type Condition, matcher } from "../../src/report/tables/Query.ts"
import { joinedTable, listTable, type Table } from "../../src/report/tables/Table.ts"
import { type TableProgress, TableService } from "../../src/report/tables/TableService.ts"
import { folder } from "./runs.ts"

const quiet = new AbortController().signal

const lines = (rows: ReadonlyArray<Row>, between = "\n"): string =>
  rows.map((row) => `${JSON.stringify(row)}${between}`).join("")

/** The bytes of a text, and how many of them were read. */
const watched = (text: string): Bytes & { readonly read: () => number } => {
  const bytes = bytesOfBlob(new Blob([text]))
  let read = 0
  return {
    size: bytes.size,
    slice: (start, end) => ((read += Math.min(end, bytes.size) - start), bytes.slice(start, end)),
    read: () => read
  }
}

const numbered = (count: number): ReadonlyArray<Row> =>
  Array.from({ length: count }, (_, n) => ({ n, text: `row ${n} ${"ü".repeat(n % 90)}` }))

/** A table gives the same rows whichever way they are asked for. */
const holds = async (table: Table, rows: ReadonlyArray<Row>): Promise<void> => {
  expect(await table.countRows(() => {}, quiet)).toBe(rows.length)
  expect(table.count).toBe(rows.length)
  expect(await table.rows(0, rows.length)).toEqual(rows)
  for (const [from, to] of [
    [0, 1],
    [rows.length - 1, rows.length + 5],
    [Math.floor(rows.length / 2), Math.floor(rows.length / 2) + 50],
    [rows.length, rows.length + 1]
  ] as const) {
    if (from >= 0) expect(await table.rows(from, to)).toEqual(rows.slice(from, to))
  }
  const seen: Array<Row> = []
  for await (const { count, first, rows: block } of table.blocks()) {
    expect([first, count]).toEqual([seen.length, block.length])
    expect(block.map(([number]) => number)).toEqual(block.map((_, i) => first + i))
    seen.push(...block.map(([, row]) => row))
  }
  expect(seen).toEqual(rows)
}

describe("bytes that are read together", () => {
  it("are the same bytes, by fewer requests", async () => {
    const all = Buffer.from(Array.from({ length: 3_500_000 }, (_, i) => (i * 7) % 256))
    let requests = 0
    const bytes = readTogether({
      size: all.length,
      slice: async (start, end) => (requests++, new Uint8Array(all.subarray(start, end)))
    })
    await fc.assert(
      fc.asyncProperty(fc.nat(all.length), fc.nat(1_400_000), async (start, length) => {
        const piece = await bytes.slice(start, start + length)
        expect(Buffer.compare(piece, all.subarray(start, start + length))).toBe(0)
      }),
      { numRuns: 60 }
    )
    requests = 0
    for (let at = 0; at < 1_000_000; at += 10_000) await bytes.slice(at, at + 10_000)
    expect(requests).toBeLessThanOrEqual(1)
  })
})

describe("a table of JSON Lines", () => {
  it("gives rows by their numbers, counted before or not", async () => {
    const rows = numbered(5000)
    await holds(linesTable(watched(lines(rows))), rows)
    expect(await linesTable(watched(lines(rows))).rows(4990, 4993)).toEqual(rows.slice(4990, 4993))
  })

  it("reads little once it knows where lines are", async () => {
    const rows = Array.from({ length: 40_000 }, (_, n) => ({ n, text: "x".repeat(400) }))
    const bytes = watched(lines(rows))
    const table = linesTable(bytes)
    await table.countRows(() => {}, quiet)
    const before = bytes.read()
    expect(before).toBeLessThan(bytes.size * 1.01)
    expect(await table.rows(31_234, 31_284)).toEqual(rows.slice(31_234, 31_284))
    expect(bytes.read() - before).toBeLessThanOrEqual(4 << 20)
  })

  it("takes blank lines, carriage returns, a missing last newline and lines longer than what is read at once", async () => {
    const rows = [{ a: 1 }, { long: "é".repeat(3 << 20) }, { b: "x" }, { c: null }]
    await holds(
      linesTable(
        watched(`\n  \n${lines(rows.slice(0, 2), "\r\n\n")}${lines(rows.slice(2)).trimEnd()}`)
      ),
      rows
    )
    await holds(linesTable(watched("")), [])
    await holds(linesTable(watched("\n\n")), [])
  })

  it("shows a line that is no row as what it is", async () => {
    expect(await linesTable(watched(`{"a":1}\n{"torn": \n[1]\n`)).rows(0, 9)).toEqual([
      { a: 1 },
      { "(no JSON)": '{"torn": ' },
      { "(no row)": [1] }
    ])
  })

  it("leaves out lines that cannot hold a text, and no others", async () => {
    const rows = numbered(3000)
    for (const [holding, expected] of [
      ["row 2999", 1],
      ["no such row", 0],
      ["299", 3000],
      ["ü", 3000],
      ["1e3", 3000],
      ['"', 3000]
    ] as const) {
      const found: Array<Row> = []
      let counted = 0
      for await (const { count, rows: left } of linesTable(watched(lines(rows))).blocks(holding)) {
        counted += count
        found.push(...left.map(([, row]) => row))
      }
      expect([holding, found.length, counted]).toEqual([holding, expected, 3000])
    }
  })

  it("stops counting when it is told to, and goes on there", async () => {
    const rows = Array.from({ length: 30_000 }, (_, n) => ({ n, text: "y".repeat(300) }))
    const bytes = watched(lines(rows))
    const table = linesTable(bytes)
    const stop = new AbortController()
    expect(await table.countRows(() => stop.abort(), stop.signal)).toBeLessThan(rows.length)
    expect(table.count).toBeUndefined()
    expect(await table.countRows(() => {}, quiet)).toBe(rows.length)
    expect(bytes.read()).toBeLessThan(bytes.size + (6 << 20))
  })
})

describe("a table of Parquet", () => {
  it("gives the rows that the library reads, from any row group, by reading little of it", async () => {
    const path = join(folder(), "rows.parquet")
    const count = 20_000
    parquetWriteFile({
      filename: path,
      rowGroupSize: 2000,
      columnData: [
        { name: "n", data: Array.from({ length: count }, (_, n) => n), type: "INT32" },
        {
          name: "big",
          data: Array.from({ length: count }, (_, n) => 2n ** 60n + BigInt(n)),
          type: "INT64"
        },
        {
          name: "text",
          data: Array.from({ length: count }, (_, n) => (n % 7 === 0 ? null : `text ${n} é`)),
          type: "STRING"
        },
        {
          name: "at",
          data: Array.from({ length: count }, (_, n) => new Date(n * 1000)),
          type: "TIMESTAMP"
        },
        {
          name: "json",
          data: Array.from({ length: count }, (_, n) => ({ n, list: [n] })),
          type: "JSON"
        }
      ]
    })
    const file = await openRowFile(localFile(path), { type: "parquet", compression: undefined })
    const rows = (await Array.fromAsync(file.chunks())).flat()
    await file.close()
    const pieces = await localFile(path).pieces()
    let read = 0
    const table = await parquetTable({
      size: pieces.size,
      slice: (start, end) => ((read += end - start), pieces.slice(start, end))
    })
    expect(await table.rows(11_990, 12_010)).toEqual(rows.slice(11_990, 12_010))
    expect(read).toBeLessThan(pieces.size / 2)
    await holds(table, rows)
    await pieces.close()
  })

  it("says what is wrong with a file that is none", async () => {
    await expect(parquetTable(watched("PAR1 but not really"))).rejects.toThrow()
  })
})

describe("tables one after the other", () => {
  it("are one table", async () => {
    const rows = numbered(300)
    await holds(
      joinedTable([
        linesTable(watched(lines(rows.slice(0, 100)))),
        listTable(rows.slice(100, 100)),
        linesTable(watched(lines(rows.slice(100, 101)))),
        listTable(rows.slice(101))
      ]),
      rows
    )
    const fresh = joinedTable([
      linesTable(watched(lines(rows.slice(0, 100)))),
      linesTable(watched(lines(rows.slice(100))))
    ])
    expect(await fresh.rows(95, 105)).toEqual(rows.slice(95, 105))
  })
})

describe("a query", () => {
  const finds = (row: Row, text: string, ...conditions: ReadonlyArray<Condition>): boolean =>
    matcher({ text, conditions })(row)

  it("finds a text in any column, however deep, great or small", () => {
    const row = { a: "Ünïcode", list: [{ deep: { er: "the Needle" } }], n: 42, flag: false }
    for (const text of [
      "needle",
      "NEEDLE",
      " needle ",
      "ünïc",
      "U\u0308ni\u0308",
      "42",
      "false",
      ""
    ])
      expect([text, finds(row, text)]).toEqual([text, true])
    for (const text of ["deep", "haystack", "list"])
      expect([text, finds(row, text)]).toEqual([text, false])
    let nested: unknown = "bottom"
    for (let i = 0; i < 100_000; i++) nested = [nested]
    expect(finds({ nested }, "bottom")).toBe(true)
  })

  it("compares columns", () => {
    const row = { n: 10, text: "Lima", nothing: null, list: [], made: "2026-02-01" }
    const holds = (column: string, comparison: Condition["comparison"], value = ""): boolean =>
      finds(row, "", { column, comparison, value })
    expect([
      holds("n", "above", "9"),
      holds("n", "above", "10"),
      holds("n", "below", "10.5"),
      holds("n", "below", "10"),
      holds("n", "is", "10")
    ]).toEqual([true, false, true, false, true])
    expect([
      holds("text", "contains", "IM"),
      holds("text", "is", "lima"),
      holds("text", "is not", "lima"),
      holds("made", "above", "2026-01-31"),
      holds("made", "below", "2026-01-31")
    ]).toEqual([true, true, false, true, false])
    expect([
      holds("nothing", "is empty"),
      holds("list", "is empty"),
      holds("absent", "is empty"),
      holds("text", "is empty"),
      holds("text", "is there"),
      holds("nothing", "is there")
    ]).toEqual([true, true, true, false, true, false])
    expect([
      holds("nothing", "above", "1"),
      holds("nothing", "below", "1"),
      holds("absent", "contains", "")
    ]).toEqual([false, false, false])
  })

  it("reads the columns of the row that failed too, after what is told of the failure", () => {
    const failed = {
      row: { instruction: "Why?", step: "own" },
      step: "grade",
      reason: "ParseFailed",
      detail: "no number"
    }
    expect(finds(failed, "", { column: "instruction", comparison: "is", value: "why?" })).toBe(true)
    expect(finds(failed, "", { column: "step", comparison: "is", value: "grade" })).toBe(true)
  })
})

describe("the service of tables", () => {
  it("finds the same rows as looking at each, tells them as it goes, and can be stopped", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            a: fc.oneof(fc.string(), fc.constantFrom("Lima", "a LIMA b", "l\u0131ma")),
            n: fc.oneof(fc.integer(), fc.double())
          }),
          { maxLength: 60 }
        ),
        fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom("lima", "im", "LI")),
        async (rows, text) => {
          const service = new TableService()
          const query = { text, conditions: [] }
          await service.answer(
            {
              what: "open",
              table: "t",
              source: { files: [{ type: "jsonl", blob: new Blob([lines(rows)]), bytes: 0 }] }
            },
            () => {},
            quiet
          )
          const found: Array<number> = []
          const count = await service.answer(
            { what: "search", table: "t", query },
            (progress) => found.push(...(progress.found ?? [])),
            quiet
          )
          const expected = (
            JSON.parse(`[${rows.map((row) => JSON.stringify(row)).join()}]`) as ReadonlyArray<Row>
          ).flatMap((row, i) => (matcher(query)(row) ? [i] : []))
          expect(found).toEqual(expected)
          expect(count).toBe(expected.length)
          expect(
            await service.answer({ what: "rows", table: "t", numbers: expected }, () => {}, quiet)
          ).toEqual(expected.map((i) => JSON.parse(JSON.stringify(rows[i]))))
        }
      ),
      { numRuns: 40 }
    )
    const many = Array.from({ length: 60_000 }, (_, n) => ({ n, text: "z".repeat(200) }))
    const path = join(folder(), "many.jsonl")
    writeFileSync(path, lines(many))
    const service = new TableService()
    const stop = new AbortController()
    await service.answer(
      {
        what: "open",
        table: "t",
        source: { files: [{ type: "jsonl", blob: new Blob([lines(many)]), bytes: 0 }] }
      },
      () => {},
      quiet
    )
    const told: Array<TableProgress> = []
    await service.answer(
      { what: "search", table: "t", query: { text: "z", conditions: [] } },
      (progress) => {
        told.push(progress)
        stop.abort()
      },
      stop.signal
    )
    expect(told).toHaveLength(1)
    expect(told[0]!.progress).toBeLessThan(0.5)
  })
})
