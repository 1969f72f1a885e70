import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { zstdCompressSync } from "node:zlib"
import * as arrow from "apache-arrow"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decompressLz4Frame } from "../../src/data/files/arrow/lz4Frame.ts"
import { from, LoadDataFromDisk, Pipeline, type Row } from "../../src/index.ts"
import { rowsOf } from "../engine/rows.ts"
import { folder, rowsIn } from "./duck.ts"

const chat = new arrow.List(
  new arrow.Field(
    "item",
    new arrow.Struct([
      new arrow.Field("role", new arrow.Utf8(), true),
      new arrow.Field("content", new arrow.LargeUtf8(), true)
    ]),
    true
  )
)
const table = (columns: Readonly<Record<string, arrow.Vector>>): arrow.Table =>
  new arrow.Table(columns as never)
const file = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}
const saved = (
  name: string,
  columns: Readonly<Record<string, arrow.Vector>>,
  format: "stream" | "file" = "stream"
): string => file(name, arrow.tableToIPC(table(columns), format))

describe("Arrow", () => {
  it("streams and files give back what was written, for lists, structures, nulls and all batches", async () => {
    const Chat = fc.option(
      fc.array(
        fc.record({
          role: fc.option(fc.string({ unit: "grapheme" })),
          content: fc.option(fc.string({ unit: "grapheme" }))
        }),
        { maxLength: 4 }
      )
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            text: fc.option(fc.string({ unit: "grapheme" })),
            n: fc.option(fc.integer()),
            chat: Chat
          }),
          { minLength: 1, maxLength: 40 }
        ),
        fc.constantFrom("stream" as const, "file" as const),
        async (rows, format) => {
          const columns = {
            text: arrow.vectorFromArray(
              rows.map(({ text }) => text),
              new arrow.Utf8()
            ),
            n: arrow.vectorFromArray(
              rows.map(({ n }) => n),
              new arrow.Int32()
            ),
            chat: arrow.vectorFromArray(
              rows.map((row) => row.chat),
              chat
            )
          }
          // Two batches, of which the second begins in the middle.
          const whole = table(columns)
          const half = rows.length >> 1
          const writer =
            format === "stream" ? arrow.RecordBatchStreamWriter : arrow.RecordBatchFileWriter
          const batches = [whole.slice(0, half), whole.slice(half)]
            .flatMap((part) => part.batches)
            .filter((batch) => batch.numRows > 0)
          expect(
            await rowsIn(
              file(`property-${format}.arrow`, writer.writeAll(batches).toUint8Array(true))
            )
          ).toEqual(rows)
        }
      ),
      { numRuns: 60 }
    )
  })

  it("values are said exactly", async () => {
    const micros = 1_709_210_096_123_456n
    const path = saved("values.arrow", {
      big: arrow.vectorFromArray([5n, -9_007_199_254_740_993n, null], new arrow.Int64()),
      unsigned: arrow.vectorFromArray([18_446_744_073_709_551_615n, 0n, null], new arrow.Uint64()),
      real: arrow.vectorFromArray([1.5, NaN, null], new arrow.Float64()),
      flag: arrow.vectorFromArray([true, false, null], new arrow.Bool()),
      bytes: arrow.vectorFromArray(
        [new Uint8Array([0, 255, 16]), new Uint8Array(0), null],
        new arrow.Binary()
      ),
      day: arrow.vectorFromArray(
        [new Date("2024-02-29"), new Date("1900-01-01"), null],
        new arrow.DateDay()
      ),
      word: arrow.vectorFromArray(
        ["a", "b", "a"],
        new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())
      ),
      none: arrow.vectorFromArray([null, null, null], new arrow.Null()),
      pair: arrow.vectorFromArray(
        [[1, 2], [3, 4], null],
        new arrow.FixedSizeList(2, new arrow.Field("item", new arrow.Int8()))
      )
    })
    expect(await rowsIn(path)).toEqual([
      {
        big: 5,
        unsigned: "18446744073709551615",
        real: 1.5,
        flag: true,
        bytes: "AP8Q",
        day: "2024-02-29",
        word: "a",
        none: null,
        pair: [1, 2]
      },
      {
        big: "-9007199254740993",
        unsigned: 0,
        real: null,
        flag: false,
        bytes: "",
        day: "1900-01-01",
        word: "b",
        none: null,
        pair: [3, 4]
      },
      {
        big: null,
        unsigned: null,
        real: null,
        flag: null,
        bytes: null,
        day: null,
        word: "a",
        none: null,
        pair: null
      }
    ])
    const micro = arrow.makeData({
      type: new arrow.TimestampMicrosecond("UTC"),
      length: 2,
      nullCount: 0,
      data: new BigInt64Array([micros, -1n])
    })
    const decimal = arrow.makeData({
      type: new arrow.Decimal(2, 20, 128),
      length: 2,
      nullCount: 0,
      data: new Uint32Array([1234, 0, 0, 0, 0xffff_fb2e, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff])
    })
    expect(
      await rowsIn(
        saved("raw.arrow", { at: new arrow.Vector([micro]), price: new arrow.Vector([decimal]) })
      )
    ).toEqual([
      { at: "2024-02-29T12:34:56.123456Z", price: 12.34 },
      { at: "1969-12-31T23:59:59.999999Z", price: -12.34 }
    ])
  })

  it("is read from any row on, with any of its columns", async () => {
    const path = saved("some.arrow", {
      n: arrow.vectorFromArray(
        Array.from({ length: 2500 }, (_, n) => n),
        new arrow.Int32()
      ),
      text: arrow.vectorFromArray(
        Array.from({ length: 2500 }, (_, n) => `row ${n}`),
        new arrow.Utf8()
      )
    })
    for (const offset of [0, 999, 1000, 2499, 2500]) {
      const rows = await rowsIn(path, { offset, columns: ["text"] })
      expect(rows).toHaveLength(2500 - offset)
      if (offset < 2500) expect(rows[0]).toEqual({ text: `row ${offset}` })
    }
  })

  it("is told to be damaged, cut off or something else in one sentence", async () => {
    const good = arrow.tableToIPC(
      table({ n: arrow.vectorFromArray([1, 2, 3], new arrow.Int32()) }),
      "stream"
    )
    const message = (name: string, bytes: Uint8Array): Promise<string> =>
      rowsIn(file(name, bytes)).then(
        () => "",
        (thrown: Error) => thrown.message
      )
    expect(await message("cut.arrow", good.subarray(0, 100))).toMatch(
      /cut\.arrow': the Arrow data is damaged or cut off: /
    )
    expect(await message("csv.arrow", Buffer.from("a,b\n1,2\n".repeat(50)))).toMatch(
      /csv\.arrow': the Arrow data is damaged or cut off/
    )
    expect(await message("none.arrow", new Uint8Array(0))).toMatch(/none\.arrow'/)
  })
})

describe("LZ4 frames", () => {
  it("are read whatever their blocks: as they are, repeating, and referring to blocks before", () => {
    // "abcabcabcabcabc!" as a block of one sequence that repeats, then a block that refers into the first.
    const head = [0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0xc0]
    const first = [0x36, 0x61, 0x62, 0x63, 0x03, 0x00, 0x50, 0x61, 0x62, 0x21, 0x21, 0x21]
    const second = [0x06, 0x08, 0x00, 0x10, 0x2e]
    const plain = [0x78, 0x79]
    const size = (block: ReadonlyArray<number>, flag = 0): ReadonlyArray<number> => [
      block.length,
      0,
      0,
      flag
    ]
    const frame = Uint8Array.from([
      ...head,
      ...size(first),
      ...first,
      ...size(second),
      ...second,
      ...size(plain, 0x80),
      ...plain,
      0,
      0,
      0,
      0
    ])
    const start = "abcabcabcabcaab!!!"
    const text = start + start.slice(-8) + start.slice(-8, -6) + ".xy"
    expect(Buffer.from(decompressLz4Frame(frame)).toString()).toBe(text)
    expect(() => decompressLz4Frame(Uint8Array.from([1, 2, 3]))).toThrow(/no LZ4 frame/)
  })

  it("and zstd compress record batches", async () => {
    arrow.compressionRegistry.set(arrow.CompressionType.ZSTD, {
      encode: (bytes: Uint8Array) => zstdCompressSync(bytes),
      decode: (bytes: Uint8Array) => bytes
    })
    const rows = Array.from({ length: 1000 }, (_, n) => ({ n, text: `row ${n % 7}` }))
    const columns = table({
      n: arrow.vectorFromArray(
        rows.map(({ n }) => n),
        new arrow.Int32()
      ),
      text: arrow.vectorFromArray(
        rows.map(({ text }) => text),
        new arrow.Utf8()
      )
    })
    const writer = new arrow.RecordBatchStreamWriter({
      compressionType: arrow.CompressionType.ZSTD
    })
    for (const batch of columns.batches) writer.write(batch)
    writer.finish()
    const bytes = writer.toUint8Array(true)
    expect(bytes.length).toBeLessThan(arrow.tableToIPC(columns, "stream").length / 2)
    expect(await rowsIn(file("zstd.arrow", bytes))).toEqual(rows)
  })
})

describe("datasets saved to a folder", () => {
  const load = async (
    options: Omit<Parameters<typeof LoadDataFromDisk>[0], "name">
  ): Promise<ReadonlyArray<Row>> =>
    (
      await rowsOf(
        Pipeline("p", {}, from(LoadDataFromDisk({ name: "load", ...options } as never) as never))
      )
    )["default"]!.rows
  const save = (
    path: string,
    shards: ReadonlyArray<ReadonlyArray<number>>,
    split?: string
  ): void => {
    mkdirSync(path, { recursive: true })
    const names = shards.map((_, i) => `data-0000${i}-of-0000${shards.length}.arrow`)
    shards.forEach((numbers, i) =>
      writeFileSync(
        join(path, names[i]!),
        arrow.tableToIPC(
          table({ n: arrow.vectorFromArray([...numbers], new arrow.Int32()) }),
          "stream"
        )
      )
    )
    writeFileSync(
      join(path, "state.json"),
      JSON.stringify({
        _data_files: names.map((filename) => ({ filename })),
        _fingerprint: "x",
        _format_columns: null,
        _split: split ?? null
      })
    )
    writeFileSync(
      join(path, "dataset_info.json"),
      JSON.stringify({
        splits:
          split === undefined
            ? undefined
            : { [split]: { name: split, num_examples: shards.flat().length } }
      })
    )
  }

  it("by Python: a dataset, its splits, a Distiset", async () => {
    const one = join(folder, "one")
    save(one, [[1, 2], [3]], "train")
    expect(await load({ datasetPath: one })).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    const splits = join(folder, "splits")
    mkdirSync(splits)
    writeFileSync(join(splits, "dataset_dict.json"), JSON.stringify({ splits: ["train", "test"] }))
    save(join(splits, "train"), [[1]], "train")
    save(join(splits, "test"), [[2]], "test")
    expect(await load({ datasetPath: splits, split: "test" })).toEqual([{ n: 2 }])
    await expect(load({ datasetPath: splits })).rejects.toThrow(
      /it has several splits: choose one with split \(train, test\)/
    )
    await expect(load({ datasetPath: splits, split: "tets" })).rejects.toThrow(
      /no split 'tets' \(there are: train, test; did you mean 'test'\?\)/
    )
    const distiset = join(folder, "distiset")
    mkdirSync(join(distiset, "distiset_configs"), { recursive: true })
    mkdirSync(join(distiset, "artifacts", "x"), { recursive: true })
    for (const name of ["default", "judged"]) {
      mkdirSync(join(distiset, name))
      writeFileSync(
        join(distiset, name, "dataset_dict.json"),
        JSON.stringify({ splits: ["train"] })
      )
      save(join(distiset, name, "train"), [[name.length]], "train")
    }
    expect(await load({ datasetPath: distiset })).toEqual([{ n: 7 }])
    expect(await load({ datasetPath: distiset, isDistiset: true, config: "judged" })).toEqual([
      { n: 6 }
    ])
    await expect(load({ datasetPath: distiset, config: "juged" })).rejects.toThrow(
      /no configuration 'juged' \(there are: default, judged; did you mean 'judged'\?\)/
    )
  })

  it("laid out as on the Hub, or as JSON Lines by name", async () => {
    const hub = join(folder, "hub layout")
    mkdirSync(join(hub, "judged"), { recursive: true })
    writeFileSync(
      join(hub, "README.md"),
      "---\nconfigs:\n- config_name: judged\n  data_files:\n  - split: train\n    path: judged/train-*\ndataset_info:\n- config_name: judged\n  splits:\n  - name: train\n    num_examples: 2\n---\n"
    )
    writeFileSync(join(hub, "judged", "train-00000-of-00001.jsonl"), '{"n":1}\n{"n":2}\n')
    expect(await load({ datasetPath: hub, columns: { n: Schema.Number } })).toEqual([
      { n: 1 },
      { n: 2 }
    ])
    await expect(load({ datasetPath: hub, split: "test" })).rejects.toThrow(
      /no split 'test' \(there are: train\)/
    )
    const lines = join(folder, "lines")
    mkdirSync(lines)
    writeFileSync(join(lines, "default.jsonl"), '{"n":1}\n')
    writeFileSync(join(lines, "judged.jsonl"), '{"n":2}\n')
    expect(await load({ datasetPath: lines })).toEqual([{ n: 1 }])
    expect(await load({ datasetPath: lines, config: "judged" })).toEqual([{ n: 2 }])
  })

  it("that are none are told in one sentence", async () => {
    const empty = join(folder, "empty folder")
    mkdirSync(empty)
    await expect(load({ datasetPath: empty })).rejects.toThrow(
      /empty folder': it is no saved dataset/
    )
    await expect(load({ datasetPath: join(folder, "none") })).rejects.toThrow(
      /there is no such file/
    )
    await expect(load({ datasetPath: file("file.txt", Buffer.from("x")) })).rejects.toThrow(
      /it is a file, not the folder of a dataset/
    )
    const broken = join(folder, "broken")
    save(broken, [[1]])
    writeFileSync(join(broken, "state.json"), "{")
    await expect(load({ datasetPath: broken })).rejects.toThrow(/state\.json': it is no JSON/)
  })
})
