import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { parquetWriteFile } from "hyparquet-writer"
import { describe, expect, it } from "vitest"
import { openRowFile } from "../../src/data/files/FileFormat.ts"
import { localFile } from "../../src/data/rows/ByteSource.ts"
import { asked, folder, rowsIn, written } from "./duck.ts"

const numbers = (count: number): string =>
  `SELECT i::INTEGER AS n, 'row ' || i AS text FROM range(${count}) t(i)`
const nullable = "CASE WHEN i % 3 = 0 THEN NULL ELSE"

/** Queries whose result DuckDB writes as JSON in the same words as we do. */
const same: Readonly<Record<string, readonly [query: string, options?: string]>> = {
  "whole numbers of all sizes": [
    "SELECT i::TINYINT a, (-i)::SMALLINT b, i::INTEGER c, (i * 4000000000)::BIGINT d, i::UTINYINT e, (i * 600)::USMALLINT f, (i * 40000000)::UINTEGER g, (i * 40000000000)::UBIGINT h FROM range(100) t(i)"
  ],
  fractions: [
    "SELECT (i / 7)::DOUBLE a, (i * 0.5)::FLOAT b, (i * 1e300)::DOUBLE c, (-i / 1e10)::DOUBLE d FROM range(1, 50) t(i)"
  ],
  "texts of all letters": [
    "SELECT 'ü🥨漢' || chr(i::INT) a, '' b, repeat('x', i::INT * 100) c, chr(8232) || chr(10) || '\"' d FROM range(1, 200) t(i)"
  ],
  "truth values": [`SELECT i % 2 = 0 a, ${nullable} true END b FROM range(1000) t(i)`],
  "columns of nulls": [
    "SELECT NULL::INTEGER a, NULL::VARCHAR b, NULL::INTEGER[] c, NULL::STRUCT(x INTEGER) d FROM range(100)"
  ],
  "values with nulls between them": [
    `SELECT ${nullable} i::INTEGER END a, ${nullable} 't' || i END b, ${nullable} (i / 3)::DOUBLE END c FROM range(3000) t(i)`
  ],
  lists: [
    `SELECT range(i % 5) a, [] ::INTEGER[] b, [NULL, i::INTEGER] c, ${nullable} ['a', NULL] END d FROM range(200) t(i)`
  ],
  "lists of lists": [
    "SELECT [[i, NULL], [], NULL]::INTEGER[][] a, [[['x']], []]::VARCHAR[][][] b FROM range(50) t(i)"
  ],
  structures: [
    `SELECT {'a': i::INTEGER, 'b': 'x' || i} s, {'a': {'b': {'c': NULL::INTEGER}}} d, ${nullable} {'x': 1} END n FROM range(100) t(i)`
  ],
  chats: [
    `SELECT [{'role': 'user', 'content': 'q' || i}, {'role': 'assistant', 'content': ${nullable} 'a' END}] messages FROM range(500) t(i)`
  ],
  "structures in lists in structures": [
    "SELECT {'l': [{'m': [{'n': i::INTEGER}, NULL]}, {'m': []}, {'m': NULL}, NULL]} s FROM range(50) t(i)"
  ],
  maps: [
    "SELECT map(['a', 'b'], [i::INTEGER, NULL]) m, map([]::VARCHAR[], []::INTEGER[]) e FROM range(50) t(i)"
  ],
  "dates before and after": [
    "SELECT (DATE '1500-01-01' + (i * 100)::INTEGER)::DATE d FROM range(2000) t(i)"
  ],
  "names of any letters": [
    'SELECT 1 "a.b", 2 "ü 🥨", 3 "constructor", 4 "a""b", {\'x.y\': 5} "s.t" '
  ],
  "a single row": ["SELECT 1 AS n"],
  "no rows": ["SELECT i::INTEGER n, 'x' AS text FROM range(0) t(i)"],
  "many row groups": [numbers(10_000), "FORMAT parquet, ROW_GROUP_SIZE 2048"],
  "version 2 pages": [numbers(5000), "FORMAT parquet, PARQUET_VERSION V2"],
  "deltas of whole numbers and texts": [
    "SELECT i n, 1000000 - i m, 'prefix ' || i AS text FROM range(5000) t(i)",
    "FORMAT parquet, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1"
  ],
  dictionaries: [
    "SELECT (i % 3)::INTEGER n, ['a', 'b', NULL][i % 3 + 1] AS text, DATE '2024-01-01' + (i % 2)::INTEGER d FROM range(5000) t(i)"
  ],
  "a thousand columns": [
    `SELECT ${Array.from({ length: 1000 }, (_, i) => `${i} AS c${i}`).join(", ")} FROM range(3)`
  ],
  uncompressed: [numbers(3000), "FORMAT parquet, CODEC 'uncompressed'"],
  snappy: [numbers(3000), "FORMAT parquet, CODEC 'snappy'"],
  gzip: [numbers(3000), "FORMAT parquet, CODEC 'gzip'"],
  zstd: [numbers(3000), "FORMAT parquet, CODEC 'zstd'"],
  brotli: [numbers(3000), "FORMAT parquet, CODEC 'brotli'"],
  lz4: [numbers(3000), "FORMAT parquet, CODEC 'lz4'"],
  lz4_raw: [
    `SELECT ${nullable} 'x' || i END AS text, NULL::VARCHAR empty FROM range(3000) t(i)`,
    "FORMAT parquet, CODEC 'lz4_raw'"
  ]
}

describe("Parquet files of another writer", () => {
  for (const [title, [query, options]] of Object.entries(same)) {
    it(`hold ${title}`, async () => {
      const path = await written(`${title.replaceAll(" ", "-")}.parquet`, query, options)
      expect(await rowsIn(path)).toEqual(await asked(query))
    })
  }

  it("hold whole numbers that no number says, as their digits", async () => {
    const path = await written(
      "big.parquet",
      "SELECT unnest([9007199254740991, 9007199254740992, -9007199254740993, 9223372036854775807])::BIGINT a, 18446744073709551615::UBIGINT b"
    )
    expect(await rowsIn(path)).toEqual(
      [9_007_199_254_740_991, "9007199254740992", "-9007199254740993", "9223372036854775807"].map(
        (a) => ({ a, b: "18446744073709551615" })
      )
    )
  })

  it("hold decimals to the last digit: as numbers where a number says the same, else as text", async () => {
    const path = await written(
      "decimals.parquet",
      "SELECT 0.3::DECIMAL(4,1) a, -12345.67::DECIMAL(9,2) b, 1234567890123.45::DECIMAL(18,2) c, 12345678901234567890.123456789::DECIMAL(38,9) d, -0.000000000000000001::DECIMAL(38,18) e, 99999999999999999::DECIMAL(18,0) f"
    )
    expect(await rowsIn(path)).toEqual([
      {
        a: 0.3,
        b: -12_345.67,
        c: 1_234_567_890_123.45,
        d: "12345678901234567890.123456789",
        e: -1e-18,
        f: "99999999999999999"
      }
    ])
  })

  it("hold moments and times with all their digits", async () => {
    const path = await written(
      "times.parquet",
      "SELECT TIMESTAMP '2024-02-29 12:34:56.123456' us, TIMESTAMP_MS '1969-12-31 23:59:59.999' ms, TIMESTAMP_NS '2024-02-29 12:34:56.123456789' ns, TIMESTAMPTZ '2024-02-29 12:34:56.5+02' tz, TIME '01:02:03.000004' t, INTERVAL '14 months 3 days 1500 milliseconds' i, TIMESTAMP '0001-01-01 00:00:00' early"
    )
    expect(await rowsIn(path)).toEqual([
      {
        us: "2024-02-29T12:34:56.123456",
        ms: "1969-12-31T23:59:59.999",
        ns: "2024-02-29T12:34:56.123456789",
        tz: "2024-02-29T10:34:56.500000Z",
        t: "01:02:03.000004",
        i: "P14M3DT1.5S",
        early: "0001-01-01T00:00:00.000000"
      }
    ])
  })

  it("hold bytes, as base64, UUIDs and JSON as it was written, and numbers that JSON does not know, as null", async () => {
    const path = await written(
      "others.parquet",
      "SELECT '\\x00\\xFF\\x10'::BLOB b, uuid '123e4567-e89b-12d3-a456-426614174000' u, '{\"a\": [1,2]}'::JSON j, 'nan'::DOUBLE n, '-inf'::FLOAT i, {'image': {'bytes': '\\x89PNG'::BLOB, 'path': NULL::VARCHAR}} s, 'b'::ENUM('a', 'b') e, '-0'::DOUBLE z"
    )
    expect(await rowsIn(path)).toEqual([
      {
        b: "AP8Q",
        u: "123e4567-e89b-12d3-a456-426614174000",
        j: '{"a": [1,2]}',
        n: null,
        i: null,
        s: { image: { bytes: "iVBORw==", path: null } },
        e: "b",
        z: 0
      }
    ])
  })

  it("are read from any row on, with any of their columns, whatever their row groups", async () => {
    const path = await written(
      "some.parquet",
      "SELECT i::INTEGER n, 'row ' || i AS text, [i] list FROM range(7000) t(i)",
      "FORMAT parquet, ROW_GROUP_SIZE 2048"
    )
    for (const offset of [0, 1, 2047, 2048, 2049, 6999, 7000, 9000]) {
      const rows = await rowsIn(path, { offset, columns: ["text"] })
      expect(rows).toHaveLength(Math.max(0, 7000 - offset))
      expect(rows[0]).toEqual(offset < 7000 ? { text: `row ${offset}` } : undefined)
    }
    expect(await rowsIn(path, { offset: 6998, columns: [] })).toEqual([{}, {}])
    expect(await rowsIn(path, { offset: 6999, columns: ["list", "none", "n"] })).toEqual([
      { n: 6999, list: [6999] }
    ])
  })

  it("are read in slices where a row group is great, flat and nested columns alike", async () => {
    const path = await written(
      "great.parquet",
      "SELECT i::INTEGER n, repeat(md5(i::VARCHAR), 20) AS text, [repeat(md5((i + 1)::VARCHAR), 10)] list FROM range(100000) t(i)",
      "FORMAT parquet, CODEC 'zstd'"
    )
    const file = await openRowFile(localFile(path), { type: "parquet", compression: undefined })
    let position = 0
    let chunks = 0
    for await (const rows of file.chunks()) {
      chunks++
      for (const { list, n, text } of rows as ReadonlyArray<{
        readonly n: number
        readonly text: string
        readonly list: ReadonlyArray<string>
      }>) {
        if (n !== position || text.length !== 640 || list[0]!.length !== 320)
          throw new Error(`row ${position} is wrong`)
        position++
      }
    }
    await file.close()
    expect(position).toBe(100_000)
    expect(chunks).toBeGreaterThan(2)
  })
})

const Cell = fc.oneof(fc.string({ unit: "grapheme", maxLength: 30 }), fc.constant(null))
const Rows = fc.array(
  fc.record({
    text: Cell,
    int: fc.option(fc.integer()),
    big: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    real: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    flag: fc.option(fc.boolean()),
    list: fc.option(fc.array(fc.option(fc.integer()), { maxLength: 5 })),
    chat: fc.option(fc.array(fc.record({ role: Cell, content: Cell }), { maxLength: 4 }))
  }),
  { maxLength: 60 }
)
type AnyRow = Readonly<Record<string, unknown>>
const codecs = ["UNCOMPRESSED", "SNAPPY", "ZSTD", "GZIP"] as const

describe("Parquet files", () => {
  it("give back what was written, for every type, codec and size of row groups", async () => {
    const { gzipSync, zstdCompressSync } = await import("node:zlib")
    const path = join(folder, "property.parquet")
    await fc.assert(
      fc.asyncProperty(
        Rows,
        fc.constantFrom(...codecs),
        fc.integer({ min: 1, max: 50 }),
        async (rows, codec, rowGroupSize) => {
          const column = (name: string): Array<unknown> =>
            (rows as ReadonlyArray<AnyRow>).map((row) => row[name])
          parquetWriteFile({
            filename: path,
            codec,
            compressors: {
              ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes),
              GZIP: (bytes: Uint8Array) => gzipSync(bytes)
            },
            rowGroupSize,
            columnData: ["text", "int", "big", "real", "flag", "list", "chat"].map((name) => ({
              name,
              data: column(name) as Array<never>
            })),
            schema: [
              { name: "root", num_children: 7 },
              {
                name: "text",
                type: "BYTE_ARRAY",
                converted_type: "UTF8",
                repetition_type: "OPTIONAL"
              },
              { name: "int", type: "INT32", repetition_type: "OPTIONAL" },
              { name: "big", type: "INT64", repetition_type: "OPTIONAL" },
              { name: "real", type: "DOUBLE", repetition_type: "OPTIONAL" },
              { name: "flag", type: "BOOLEAN", repetition_type: "OPTIONAL" },
              {
                name: "list",
                converted_type: "LIST",
                repetition_type: "OPTIONAL",
                num_children: 1
              },
              { name: "list", repetition_type: "REPEATED", num_children: 1 },
              { name: "element", type: "INT32", repetition_type: "OPTIONAL" },
              {
                name: "chat",
                converted_type: "LIST",
                repetition_type: "OPTIONAL",
                num_children: 1
              },
              { name: "list", repetition_type: "REPEATED", num_children: 1 },
              { name: "element", repetition_type: "OPTIONAL", num_children: 2 },
              {
                name: "role",
                type: "BYTE_ARRAY",
                converted_type: "UTF8",
                repetition_type: "OPTIONAL"
              },
              {
                name: "content",
                type: "BYTE_ARRAY",
                converted_type: "UTF8",
                repetition_type: "OPTIONAL"
              }
            ]
          })
          const expected = rows.map((row) => ({
            ...row,
            real: row.real === null ? null : row.real + 0,
            big:
              row.big === null
                ? null
                : Number.isSafeInteger(Number(row.big))
                  ? Number(row.big)
                  : String(row.big)
          }))
          expect(await rowsIn(path)).toEqual(expected)
        }
      ),
      { numRuns: 80 }
    )
  })
})

describe("bad Parquet files", () => {
  it("are told in one sentence: empty, cut off, something else, damaged, encrypted", async () => {
    const good = readFileSync(
      await written("good.parquet", "SELECT i n, md5(i::VARCHAR) AS text FROM range(1000) t(i)")
    )
    const bad = async (name: string, bytes: Uint8Array | string): Promise<string> => {
      const path = join(folder, name)
      writeFileSync(path, bytes)
      return rowsIn(path).then(
        () => "",
        (thrown: Error) => thrown.message
      )
    }
    expect(await bad("empty.parquet", "")).toMatch(
      /empty\.parquet': it is no Parquet file: it is too short/
    )
    expect(await bad("cut.parquet", good.subarray(0, good.length - 100))).toMatch(
      /the end of the Parquet file is missing: it is cut off\. Get the file again/
    )
    expect(await bad("csv.parquet", "a,b\n1,2\n".repeat(100))).toMatch(
      /it is no Parquet file\. Give it the ending that says what it is/
    )
    expect(
      await bad(
        "encrypted.parquet",
        Buffer.concat([Buffer.from("PARE"), good.subarray(4, -4), Buffer.from("PARE")])
      )
    ).toMatch(/encrypted/)
    const holed = Buffer.from(good)
    holed.fill(0xa5, 200, 4000)
    expect(await bad("holed.parquet", holed)).toMatch(
      /holed\.parquet': the Parquet file is damaged: .+\. Get the file again/
    )
    const footer = Buffer.from(good)
    footer.fill(0xff, footer.length - 60, footer.length - 8)
    expect(await bad("footer.parquet", footer)).toMatch(/the Parquet file is damaged|cut off/)
    expect(await bad("whole.parquet.gz", good)).toMatch(
      /a parquet file is compressed inside, never as a whole/
    )
  })
})
