import {
  closeSync,
  createWriteStream,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { finished } from "node:stream/promises"
import { constants, gzipSync, zstdCompressSync } from "node:zlib"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseExactly } from "../../src/columns/exactJson.ts"
import { JsonLinesWriter } from "../../src/data/files/JsonLines.ts"
import {
  DataSampler,
  from,
  LoadDataFromFileSystem,
  open,
  Pipeline,
  type Row
} from "../../src/index.ts"
import { rowsOf } from "../engine/rows.ts"
import { folder, rowsIn, written } from "./duck.ts"

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
type Options = Omit<Parameters<typeof LoadDataFromFileSystem>[0], "name">
const subset = async (
  options: Options
): Promise<{ readonly rows: ReadonlyArray<Row>; readonly errors: ReadonlyArray<Row> }> =>
  (
    await rowsOf(
      Pipeline(
        "p",
        {},
        from(LoadDataFromFileSystem({ name: "load", ...options } as never) as never)
      )
    )
  )["default"]!
const loaded = async (options: Options): Promise<ReadonlyArray<Row>> => (await subset(options)).rows
const message = (name: string, content: string | Uint8Array): Promise<string> =>
  rowsIn(file(name, content)).then(
    () => "",
    (thrown: Error) => thrown.message
  )
const Rows = fc.array(
  fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ noUnicodeString: false })),
  { maxLength: 30 }
)
/** Integers beyond 2^53 are read as their digits. */
const asJson = (rows: unknown): ReadonlyArray<Row> =>
  parseExactly(JSON.stringify(rows)) as ReadonlyArray<Row>

describe("JSON documents", () => {
  it("give the items of a list, or objects one after the other, however they are spaced", async () => {
    await fc.assert(
      fc.asyncProperty(
        Rows,
        fc.constantFrom("list", "spaced list", "lines", "spaced objects"),
        async (rows, form) => {
          const text =
            form === "list"
              ? JSON.stringify(rows)
              : form === "spaced list"
                ? `\n ${JSON.stringify(rows, undefined, 2)}\r\n`
                : rows
                    .map((row) =>
                      form === "lines" ? JSON.stringify(row) : JSON.stringify(row, undefined, "\t")
                    )
                    .join("\n")
          expect(await rowsIn(file("document.json", text))).toEqual(asJson(rows))
        }
      ),
      { numRuns: 100 }
    )
  })

  it("may be longer than what is read at once, and cut anywhere by that", async () => {
    const rows = Array.from({ length: 3000 }, (_, n) => ({
      n,
      text: `ü"\\{[🥨${"x".repeat(n % 700)}`
    }))
    expect(await rowsIn(file("long.json", JSON.stringify(rows)))).toEqual(rows)
    expect(
      (await rowsIn(file("long.json", JSON.stringify(rows)), { offset: 2990, columns: ["n"] })).map(
        ({ n }) => n
      )
    ).toEqual(rows.slice(2990).map(({ n }) => n))
  })

  it("are refused with the item and what is wrong", async () => {
    expect(await message("cut.json", '[{"a":1},{"a":')).toMatch(
      /cut\.json': the file ends in item 2: it is cut off/
    )
    expect(await message("open.json", '[{"a":1}')).toMatch(/the file ends in item 2: it is cut off/)
    expect(await message("texts.json", '["a","b"]')).toMatch(
      /item 1 begins with "\\"", so it is no row\. Each item must be an object/
    )
    expect(await message("number.json", "5")).toMatch(/item 1 begins with "5"/)
    expect(await message("lists.json", "[[1],[2]]")).toMatch(/item 1 is a list, not a row/)
    expect(await message("comma.json", '[{"a":1} {"a":2}]')).toMatch(
      /a comma or the end of the list must follow item 1/
    )
    expect(await message("more.json", '[{"a":1}] x')).toMatch(
      /something follows the end of the list/
    )
    expect(await message("bad.json", '[{"a":1},{a:2}]')).toMatch(/item 2 is no JSON: /)
    expect(await rowsIn(file("empty.json", ""))).toEqual([])
    expect(await rowsIn(file("none.json", "\uFEFF[ ]"))).toEqual([])
  })
})

describe("JSON Lines", () => {
  it("hold a line of 100 MB, but none that is no text", async () => {
    const path = join(folder, "huge.jsonl")
    const stream = createWriteStream(path)
    const part = Buffer.alloc(1 << 20, "y")
    stream.write('{"n":1}\n{"long":"')
    for (let i = 0; i < 100; i++) stream.write(part)
    stream.end('"}\n{"n":3}')
    await finished(stream)
    const [first, second, third] = await rowsIn(path)
    expect([first, (second!["long"] as string).length, third]).toEqual([
      { n: 1 },
      100 << 20,
      { n: 3 }
    ])
    const sparse = openSync(join(folder, "sparse.jsonl"), "w")
    writeSync(sparse, '{"a":"', 0)
    writeSync(sparse, '"}\n', 600 << 20)
    closeSync(sparse)
    await expect(rowsIn(join(folder, "sparse.jsonl"))).rejects.toThrow(
      /line 1: it is more than 536 MB long, which no text may be/
    )
  }, 60_000)

  it("must be UTF-8", async () => {
    expect(await message("latin.jsonl", Buffer.from('{"a":"\xfc"}\n', "latin1"))).toMatch(
      /latin\.jsonl', line 1: byte 7 of the line \(0xfc\) is not UTF-8/
    )
    expect(await message("utf16.jsonl", Buffer.from('\uFEFF{"a":1}\n', "utf16le"))).toMatch(
      /line 1: byte 1 of the line \(0xff\) is not UTF-8.*'utf-16'/
    )
  })

  it("are written until the disk is full, and that is told", () => {
    const path = join(folder, "full.jsonl")
    symlinkSync("/dev/full", `${path}.partial`)
    const writer = new JsonLinesWriter(path)
    writer.write({ a: 1 })
    expect(() => writer.mark()).toThrow(
      /Cannot write '.*full\.jsonl\.partial': the disk is full\. Make room and run again/
    )
    writer.write({ a: 2 })
    expect(() => writer.abandon()).not.toThrow()
  })
})

describe("compressed files", () => {
  const lines = Array.from({ length: 5000 }, (_, n) => ({ n, text: `row ${n % 10}` }))
  const text = lines.map((row) => `${JSON.stringify(row)}\n`).join("")

  it("are read as what is in them, of one part or several", async () => {
    const half = text.indexOf("\n", text.length >> 1) + 1
    for (const [name, compress] of [
      ["gz", gzipSync],
      ["zst", zstdCompressSync]
    ] as const) {
      expect(await rowsIn(file(`one.jsonl.${name}`, compress(text)))).toEqual(lines)
      expect(
        await rowsIn(
          file(
            `two.jsonl.${name}`,
            Buffer.concat([compress(text.slice(0, half)), compress(text.slice(half))])
          )
        )
      ).toEqual(lines)
    }
    expect(await rowsIn(file("rows.csv.gz", gzipSync("n,text\n1,a\n")))).toEqual([
      { n: "1", text: "a" }
    ])
    expect(await rowsIn(file("rows.json.zst", zstdCompressSync('[{"n":1}]')))).toEqual([{ n: 1 }])
  })

  it("of zstd may have any number of frames, cut anywhere by what is read at once", async () => {
    const { frameByFrame } = await import("../../src/data/files/zstdFrames.ts")
    const skipped = Buffer.concat([
      Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0]),
      Buffer.from("abc")
    ])
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ maxLength: 300 }), fc.boolean(), fc.boolean()), {
          minLength: 1,
          maxLength: 8
        }),
        fc.integer({ min: 1, max: 40 }),
        async (parts, size) => {
          const frames = parts.map(([content, checksum, skip]) =>
            skip
              ? skipped
              : zstdCompressSync(content, {
                  params: { [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 }
                })
          )
          const bytes = Buffer.concat(frames)
          const chunks = async function* () {
            for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
          }
          const pieces = await Array.fromAsync(frameByFrame(chunks()))
          expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
          let end = 0
          const ends = new Set(pieces.map((piece) => (end += piece.length)))
          let place = 0
          for (const frame of frames) expect(ends.has((place += frame.length))).toBe(true)
          const path = file(
            "frames.csv.zst",
            Buffer.concat([
              zstdCompressSync("a\n"),
              ...frames.map((frame, i) =>
                parts[i]![2]
                  ? frame
                  : zstdCompressSync(`"${parts[i]![0].replaceAll('"', "").replaceAll("\r", "")}"\n`)
              )
            ])
          )
          expect((await rowsIn(path)).map(({ a }) => a)).toEqual(
            parts
              .filter(([, , skip]) => !skip)
              .map(([text]) => text.replaceAll('"', "").replaceAll("\r", ""))
          )
        }
      ),
      { numRuns: 60 }
    )
  })

  it("are refused in one sentence where they are cut off, damaged or not compressed", async () => {
    for (const [name, compress] of [
      ["gz", gzipSync],
      ["zst", zstdCompressSync]
    ] as const) {
      const bytes = compress(text)
      expect(await message(`cut.jsonl.${name}`, bytes.subarray(0, bytes.length >> 1))).toMatch(
        /cut\.jsonl\.\w+': it ends too early: the file is cut off/
      )
      expect(await message(`plain.jsonl.${name}`, text)).toMatch(
        /plain\.jsonl\.\w+': its (gzip|zstd) data is damaged, cut off, or not/
      )
    }
  })
})

describe("CSV", () => {
  it("gives back what was written, whatever quotes, separators and line ends the values have", async () => {
    const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" })), {
          maxLength: 20
        }),
        fc.constantFrom("\n", "\r\n"),
        async (rows, end) => {
          const text = [["a", "ü b"], ...rows]
            .map((row) => row.map(quoted).join(",") + end)
            .join("")
          expect(await rowsIn(file("property.csv", text))).toEqual(
            rows.map(([a, b]) => ({ a, "ü b": b }))
          )
        }
      ),
      { numRuns: 80 }
    )
  })

  it("of another writer, with the types that are declared", async () => {
    const path = await written(
      "types.csv",
      "SELECT i n, i / 4 x, i % 2 = 0 b, CASE WHEN i = 1 THEN NULL ELSE 'a,\"' || i END t FROM range(3) t(i)",
      "FORMAT csv, HEADER"
    )
    const columns = {
      n: Schema.Number,
      x: Schema.Number,
      b: Schema.Boolean,
      t: Schema.NullOr(Schema.Literals(['a,"0', 'a,"2']))
    }
    expect(await loaded({ dataFiles: path, columns })).toEqual([
      { n: 0, x: 0, b: true, t: 'a,"0' },
      { n: 1, x: 0.25, b: false, t: null },
      { n: 2, x: 0.5, b: true, t: 'a,"2' }
    ])
    expect(
      await loaded({
        dataFiles: file("types.tsv", "n\tbig\twhen\n1\t9007199254740993\t2024-02-29T00:00:00Z\n"),
        columns: { n: Schema.Number, big: Schema.BigInt, when: Schema.Date }
      })
    ).toEqual([{ n: 1, big: 9_007_199_254_740_993n, when: new Date("2024-02-29T00:00:00.000Z") }])
  })

  it("names columns that have no name, and refuses those that share one", async () => {
    expect(await rowsIn(file("index.csv", ",a\n0,x\n"))).toEqual([{ "Unnamed: 0": "0", a: "x" }])
    expect(await message("twice.csv", "a,b,a\n1,2,3\n")).toMatch(
      /twice\.csv', line 1: it names 'a' more than once/
    )
    expect(await message("quote.csv", 'a\n"x\n')).toMatch(/quote\.csv', line \d/)
    expect(await rowsIn(file("empty.csv", ""))).toEqual([])
    expect(await rowsIn(file("header.csv", "a,b\n"))).toEqual([])
  })
})

describe("LoadDataFromFileSystem", () => {
  it("reads all formats of a folder of any name, but not two at once", async () => {
    const place = join(folder, "ü [1] {2}")
    mkdirSync(join(place, "inner"), { recursive: true })
    writeFileSync(join(place, "inner", "b*.jsonl"), '{"n":2}\n')
    writeFileSync(join(place, "a.jsonl"), '{"n":1}\n')
    writeFileSync(join(place, ".hidden.jsonl"), '{"n":0}\n')
    writeFileSync(join(place, "dataset_info.json"), "{}")
    expect(await loaded({ dataFiles: place })).toEqual([{ n: 1 }, { n: 2 }])
    expect(await loaded({ dataFiles: join(place, "inner", "b*.jsonl") })).toEqual([{ n: 2 }])
    writeFileSync(join(place, "c.csv"), "n\n3\n")
    await expect(loaded({ dataFiles: place })).rejects.toThrow(
      /it holds files of several types \(2 jsonl, 1 csv\)\. Say which with filetype/
    )
    expect(await loaded({ dataFiles: place, filetype: "csv" })).toEqual([{ n: "3" }])
    expect(await loaded({ dataFiles: file("rows.txt", '{"n":4}\n'), filetype: "jsonl" })).toEqual([
      { n: 4 }
    ])
  })

  it("gives declared columns only, in their types, unless the columns are open", async () => {
    const path = await written(
      "declared.parquet",
      "SELECT 1::BIGINT id, 9007199254740993 big, TIMESTAMP '2024-02-29 12:00:00' AS at, '\\x01\\x02'::BLOB bytes, 12345678901234567.89::DECIMAL(19,2) price, 'x' t"
    )
    expect(await loaded({ dataFiles: path, columns: { t: Schema.String } })).toEqual([{ t: "x" }])
    expect(await loaded({ dataFiles: path, columns: open({ t: Schema.String }) })).toMatchObject([
      { id: 1, t: "x", price: "12345678901234567.89" }
    ])
    const columns = {
      id: Schema.String,
      big: Schema.BigInt,
      at: Schema.Date,
      bytes: Schema.Uint8Array,
      price: Schema.String
    }
    expect(await subset({ dataFiles: path, columns })).toEqual({
      errors: [],
      rows: [
        {
          id: "1",
          big: 9_007_199_254_740_993n,
          at: new Date("2024-02-29T12:00:00.000Z"),
          bytes: new Uint8Array([1, 2]),
          price: "12345678901234567.89"
        }
      ]
    })
    const { errors } = await subset({ dataFiles: path, columns: { big: Schema.Number } })
    expect(errors).toMatchObject([
      { reason: "WrongColumns", detail: "column 'big' is \"9007199254740993\", not number." }
    ])
  })

  it("is refused before anything runs where a typed file lacks a column or has another type, with all that is wrong", async () => {
    const path = await written("wrong.parquet", "SELECT 'x' prompt, [1] list, {'a': 1} s")
    await expect(
      loaded({
        dataFiles: path,
        columns: {
          promt: Schema.String,
          list: Schema.Array(Schema.String),
          s: Schema.Struct({ b: Schema.Number }),
          prompt: Schema.optionalKey(Schema.Number)
        }
      })
    ).rejects.toThrow(
      /could not start .*column 'promt' is missing \(there are: prompt, list, s; did you mean 'prompt'\?\); column 'list' is ReadonlyArray<number>, not ReadonlyArray<string>; column 's' is \{ a: number \}, not \{ b: number \}; column 'prompt' is string, not number\. Correct the columns/
    )
    expect(
      await loaded({
        dataFiles: path,
        columns: {
          list: Schema.Array(Schema.Number),
          s: Schema.Struct({ a: Schema.Number }),
          none: Schema.optionalKey(Schema.String)
        }
      })
    ).toEqual([{ list: [1], s: { a: 1 } }])
  })

  it("makes error rows of later rows with other types, and goes on", async () => {
    const path = file("mixed.jsonl", '{"n":1}\n{"n":"two"}\n{}\n{"n":null}\n{"n":5,"m":1}\n')
    const { errors, rows } = await subset({ dataFiles: path, columns: { n: Schema.Number } })
    expect(rows).toEqual([{ n: 1 }, { n: 5 }])
    expect(errors.map(({ detail }) => detail)).toEqual([
      "column 'n' is \"two\", not number.",
      "column 'n' is missing (there are: ).",
      "column 'n' is null, not number."
    ])
  })

  it("shuffles by its seed: as many as fit the buffer all over, numExamples taken afterwards", async () => {
    for (let part = 0; part < 3; part++)
      file(
        `shuffled-${part}.jsonl`,
        Array.from({ length: 100 }, (_, n) => `{"n":${part * 100 + n}}\n`).join("")
      )
    const order = async (options: Options): Promise<ReadonlyArray<unknown>> =>
      (await loaded({ dataFiles: join(folder, "shuffled-*.jsonl"), ...options })).map(({ n }) => n)
    const all = Array.from({ length: 300 }, (_, n) => n)
    const once = await order({ shuffle: { seed: 1 } })
    expect(once).not.toEqual(all)
    expect([...once].sort((a, b) => Number(a) - Number(b))).toEqual(all)
    expect(await order({ shuffle: { seed: 1 } })).toEqual(once)
    expect(await order({ shuffle: { seed: 2 } })).not.toEqual(once)
    const near = await order({ shuffle: { seed: 1, bufferSize: 10 }, numExamples: 50 })
    expect(near).toHaveLength(50)
    expect(new Set(near).size).toBe(50)
  })

  it("has each row at each place about as often as any other", async () => {
    const path = file("ten.jsonl", Array.from({ length: 10 }, (_, n) => `{"n":${n}}\n`).join(""))
    const counts = Array.from({ length: 10 }, () => Array.from({ length: 10 }, () => 0))
    const { openSequence } = await import("../../src/data/files/RowSequence.ts")
    const { localFile } = await import("../../src/data/rows/ByteSource.ts")
    for (let seed = 0; seed < 1000; seed++) {
      const { chunks } = await openSequence(
        [{ source: localFile(path), format: { type: "jsonl", compression: undefined } }],
        { declared: { columns: {}, open: true }, shuffle: { seed } }
      )
      const rows = (await Array.fromAsync(chunks(0))).flat()
      rows.forEach(({ n }, i) => counts[i]![n as number]!++)
    }
    for (const count of counts.flat()) expect(Math.abs(count - 100)).toBeLessThan(50)
  })

  it("begins at any row of any file, as a run that goes on does", async () => {
    const { openSequence } = await import("../../src/data/files/RowSequence.ts")
    const { localFile } = await import("../../src/data/rows/ByteSource.ts")
    const { formatOf } = await import("../../src/data/files/FileFormat.ts")
    const paths = [
      file("s1.jsonl", '{"n":0}\n\n{"n":1}\n'),
      file("s2.json", '[{"n":2},{"n":3}]'),
      await written("s3.parquet", "SELECT 4 + i::INTEGER n FROM range(3) t(i)"),
      file("s4.csv", "n\n7\n8\n"),
      file("s5.jsonl", '{"n":9}\n')
    ]
    for (const shuffle of [undefined, { seed: 3, bufferSize: 4 }]) {
      const sequence = await openSequence(
        paths.map((path) => ({ source: localFile(path), format: formatOf(path) })),
        { declared: { columns: { n: Schema.Number }, open: false }, numExamples: 9, shuffle }
      )
      const from = async (offset: number): Promise<ReadonlyArray<Row>> =>
        (await Array.fromAsync(sequence.chunks(offset))).flat()
      const whole = await from(0)
      expect(whole).toHaveLength(9)
      if (shuffle === undefined)
        expect(whole.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
      for (let offset = 0; offset <= 10; offset++)
        expect(await from(offset)).toEqual(whole.slice(offset))
    }
  })
})

describe("DataSampler", () => {
  const data = [{ a: 1, b: "x" }, { a: 2 }, { a: 3, b: "z" }]
  const sampled = async (options: object): Promise<ReadonlyArray<Row>> =>
    (await rowsOf(Pipeline("p", {}, from(DataSampler({ name: "sampled", data, ...options })))))[
      "default"
    ]!.rows

  it("gives lists of what it draws, the same for a seed, a null where a row lacks the column", async () => {
    const rows = await sampled({ size: 3, samples: 40, seed: 1 })
    expect(rows).toHaveLength(40)
    const known = new Map(data.map(({ a, b }) => [a, b ?? null]))
    for (const { a, b } of rows as ReadonlyArray<{
      readonly a: ReadonlyArray<number>
      readonly b: ReadonlyArray<string | null>
    }>) {
      expect(a).toHaveLength(3)
      expect(b).toEqual(a.map((n) => known.get(n)))
    }
    expect(await sampled({ size: 3, samples: 40, seed: 1 })).toEqual(rows)
    expect(await sampled({ size: 3, samples: 40, seed: 2 })).not.toEqual(rows)
    expect(await sampled({})).toHaveLength(100)
  })

  it("says that there is nothing to draw from", async () => {
    await expect(
      rowsOf(
        Pipeline(
          "p",
          {},
          from(DataSampler({ name: "sampled", data: [] as ReadonlyArray<{ readonly a: number }> }))
        )
      )
    ).rejects.toThrow(/there are no rows to draw from/)
  })
})
