import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { tableFromIPC } from "apache-arrow"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { parquetMetadata, parquetReadObjects } from "hyparquet"
import { compressors } from "hyparquet-compressors"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { saveDataset, type SaveToDiskOptions } from "../../src/data/distiset/saveDataset.ts"
import { Rows } from "../../src/data/rows/Rows.ts"
import {
  type Columns,
  from,
  loadFromDiskPromise,
  LoadDataFromDisk,
  LoadDataFromFileSystem,
  MapRows,
  Pipeline,
  type Row,
  runPromise
} from "../../src/index.ts"
import { numbers, rowsOf } from "../engine/rows.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-save-"))

const rowsFrom = (rows: ReadonlyArray<Row>, columns?: Columns): Rows =>
  new Rows({
    name: "default",
    length: rows.length,
    shape: columns === undefined ? undefined : { columns, open: false },
    chunks: async function* () {
      for (let from = 0; from < rows.length; from += 7) yield rows.slice(from, from + 7)
    }
  })

const save = async (
  rows: ReadonlyArray<Row>,
  options: SaveToDiskOptions = {},
  columns?: Columns,
  into = join(folder(), "saved")
): Promise<string> => {
  await saveDataset(
    into,
    {
      parts: new Map([["default", new Map([["train", rowsFrom(rows, columns)]])]]),
      errors: new Map(),
      artifacts: undefined,
      story: undefined
    },
    options
  )
  return into
}
const all = async (directory: string): Promise<ReadonlyArray<Row>> =>
  (await loadFromDiskPromise(directory))["default"]!.toArray()
const frontMatterOf = (path: string): unknown =>
  parse(/^---\n(.*?)\n---\n/s.exec(readFileSync(path, "utf8"))![1]!)
const parquetRows = async (path: string): Promise<ReadonlyArray<Row>> => {
  const bytes = readFileSync(path)
  return parquetReadObjects({
    file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    compressors
  })
}

/** Text without halves of characters, which UTF-8 has no bytes for. */
const text = fc.string({ unit: "grapheme", maxLength: 12 })
const moment = fc.date({
  noInvalidDate: true,
  min: new Date("0001-01-01"),
  max: new Date("9999-12-31")
})
const types = {
  text: [Schema.String, text],
  float: [
    Schema.Number,
    fc.double({ noDefaultInfinity: true, noNaN: true }).map((number) => number + 0)
  ],
  integer: [Schema.Number, fc.maxSafeInteger()],
  flag: [Schema.Boolean, fc.boolean()],
  big: [Schema.BigInt, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  great: [Schema.BigInt, fc.bigInt()],
  at: [Schema.Date, moment],
  raw: [Schema.Uint8Array, fc.uint8Array({ maxLength: 9 })],
  list: [Schema.Array(Schema.NullOr(Schema.String)), fc.array(fc.option(text), { maxLength: 4 })],
  lists: [
    Schema.Array(Schema.Array(Schema.Number)),
    fc.array(fc.array(fc.integer(), { maxLength: 3 }), { maxLength: 3 })
  ],
  chat: [
    Schema.Array(Schema.Struct({ role: Schema.String, content: Schema.String })),
    fc.array(fc.record({ role: fc.constantFrom("user", "assistant"), content: text }), {
      maxLength: 3
    })
  ],
  struct: [
    Schema.Struct({
      at: Schema.NullOr(Schema.Date),
      inner: Schema.Struct({
        n: Schema.NullOr(Schema.Number),
        raws: Schema.Array(Schema.Uint8Array)
      })
    }),
    fc.record({
      at: fc.option(moment),
      inner: fc.record({
        n: fc.option(fc.integer()),
        raws: fc.array(fc.uint8Array({ maxLength: 3 }), { maxLength: 2 })
      })
    })
  ]
} as const
const nullable = ([schema, value]: readonly [Schema.Top, fc.Arbitrary<unknown>]) =>
  [Schema.NullOr(schema), fc.option(value)] as const
/** Columns by any name, each of a type, null here and there, and rows of them. */
const tables = fc
  .uniqueArray(
    fc.record({ name: text, type: fc.constantFrom(...Object.values(types).map(nullable)) }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 6 }
  )
  .filter((columns) => columns.every(({ name }) => name !== "__proto__" && name !== ""))
  .chain((columns) =>
    fc.record({
      columns: fc.constant(
        Object.fromEntries(columns.map(({ name, type: [schema] }) => [name, schema])) as Columns
      ),
      rows: fc.array(
        fc.record(
          Object.fromEntries(columns.map(({ name, type: [, value] }) => [name, value]))
        ) as fc.Arbitrary<Row>,
        { maxLength: 20 }
      )
    })
  )

describe("what is saved comes back", () => {
  for (const format of ["parquet", "arrow", "jsonl"] as const) {
    it(`from ${format}, whatever the columns and their types`, async () => {
      await fc.assert(
        fc.asyncProperty(
          tables,
          fc.integer({ min: 1, max: 30 }),
          async ({ columns, rows }, rowsPerShard) => {
            const directory = await save(rows, { format, rowsPerShard }, columns)
            const { default: back } = await loadFromDiskPromise(directory, {
              columns: { default: columns }
            })
            expect(await back.toArray()).toEqual(rows)
            expect(back.length).toBe(rows.length)
            const loaded = await rowsOf(
              Pipeline(
                "p",
                {},
                from(
                  LoadDataFromDisk({
                    name: "load",
                    datasetPath: directory,
                    columns
                  } as never) as never
                )
              )
            )
            expect(loaded["default"]).toEqual({ rows, errors: [] })
          }
        ),
        { numRuns: 25 }
      )
    })
  }

  it("as CSV, and by LoadDataFromFileSystem", async () => {
    const columns = {
      n: Schema.Number,
      text: Schema.String,
      at: Schema.Date,
      raw: Schema.Uint8Array,
      big: Schema.BigInt
    }
    const rows = [
      { n: 1, text: 'a,"b"\nc', at: new Date(0), raw: new Uint8Array([1]), big: 2n ** 80n },
      { n: 0.5, text: "", at: new Date(5), raw: new Uint8Array(), big: 1n }
    ]
    const directory = await save(rows, { format: "csv" })
    expect(readFileSync(join(directory, "data", "train-00000-of-00001.csv"), "utf8")).toContain(
      '1,"a,""b""\nc",1970-01-01T00:00:00.000Z,AQ==,1208925819614629174706176\n'
    )
    expect(
      await (
        await loadFromDiskPromise(directory, { columns: { default: columns } })
      ).default.toArray()
    ).toEqual(rows)
    for (const format of ["csv", "parquet", "jsonl"] as const) {
      const dataFiles = join(await save(rows, { format, rowsPerShard: 1 }), "data")
      expect(
        (
          await rowsOf(
            Pipeline("p", {}, from(LoadDataFromFileSystem({ name: "load", dataFiles, columns })))
          )
        )["default"]!.rows
      ).toEqual(rows)
    }
  })

  it("embeddings as lists, also where a file has text for them", async () => {
    const rows = [{ vector: new Float32Array([0.5, 1]) }, { vector: new Float64Array() }]
    const directory = await save(rows, { format: "csv" })
    expect(readFileSync(join(directory, "data", "train-00000-of-00001.csv"), "utf8")).toBe(
      'vector\n"[0.5,1]"\n[]\n'
    )
  })

  it("bytes in a list or an object of a CSV file are base64, as those that are a cell", async () => {
    const rows = [{ bytes: [new Uint8Array([1, 2, 3])], held: { all: [new Uint8Array([4])] } }]
    const directory = await save(rows, { format: "csv" })
    const file = readFileSync(join(directory, "data", "train-00000-of-00001.csv"), "utf8")
    expect(file).toContain('"[""AQID""]"')
    expect(file).toContain('""all"":[""BA==""]')
  })

  it("with subsets, splits and error rows of a run, and again when it is saved anew", async () => {
    const good = <const Name extends string>(name: Name) =>
      MapRows({
        name,
        inputs: { n: Schema.Number },
        outputs: { n: Schema.Number },
        map: ({ n }) => {
          if (n === 3) throw new Error("three")
          return { n }
        }
      })
    const source = from(numbers(10))
    const distiset = await runPromise(
      Pipeline("p", {}, [source.to(good("a.b")), source.to(good("c"))]),
      { progress: "none", outputDir: folder() }
    )
    const directory = join(folder(), "saved")
    await distiset.saveToDisk(directory)
    expect(readdirSync(directory, { recursive: true }).sort()).toEqual([
      ".checksums",
      "README.md",
      "a.b",
      "a.b/train-00000-of-00001.parquet",
      "c",
      "c/train-00000-of-00001.parquet",
      "distiset_configs",
      ...["log", "svg", "yaml"].map((ending) => `distiset_configs/pipeline.${ending}`),
      "errors",
      "errors/a.b.jsonl",
      "errors/c.jsonl"
    ])
    const loaded = await loadFromDiskPromise(directory)
    expect(Object.keys(loaded.subsets)).toEqual(["a.b", "c"])
    expect((await loaded["c"]!.toArray()).map(({ n }) => n)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9])
    const split = join(folder(), "split")
    await loaded.trainTestSplit({ testSize: 2 }).saveToDisk(split, { format: "arrow" })
    expect((await loadFromDiskPromise(split, { split: "test" }))["c"]!.length).toBe(2)
    expect(readdirSync(join(split, "errors"))).toEqual(["a.b.jsonl", "c.jsonl"])
  })
})

describe("the layout of the Hub", () => {
  const rows = Array.from({ length: 2500 }, (_, n) => ({
    n,
    y: n % 2 === 0,
    null: null,
    text: `ü${n}`,
    messages: [{ role: "user", content: "x" }],
    tags: ["a"],
    meta: { at: new Date(n), scores: [0.5, null] }
  }))

  it("says exactly what columns and how many rows there are", async () => {
    const directory = await save(rows, { rowsPerShard: 1000 })
    expect(readdirSync(join(directory, "data")).sort()).toEqual(
      [0, 1, 2].map((i) => `train-0000${i}-of-00003.parquet`)
    )
    const metadata = frontMatterOf(join(directory, "README.md"))
    const text = readFileSync(join(directory, "README.md"), "utf8")
    // To YAML as Python reads it, `y` and `null` without quotes are no texts.
    expect(text).toContain('name: "y"')
    expect(text).toContain('dtype: "null"')
    expect(metadata).toMatchObject({
      size_categories: ["1K<n<10K"],
      configs: [{ config_name: "default", data_files: [{ split: "train", path: "data/train-*" }] }],
      dataset_info: {
        features: [
          { name: "n", dtype: "int64" },
          { name: "y", dtype: "bool" },
          { name: "null", dtype: "null" },
          { name: "text", dtype: "string" },
          {
            name: "messages",
            list: [
              { name: "role", dtype: "string" },
              { name: "content", dtype: "string" }
            ]
          },
          { name: "tags", list: "string" },
          {
            name: "meta",
            struct: [
              { name: "at", dtype: "timestamp[ms, tz=UTC]" },
              { name: "scores", list: "float64" }
            ]
          }
        ],
        splits: [{ name: "train", num_examples: 2500, num_bytes: arrowBytes(rows) }],
        dataset_size: arrowBytes(rows),
        download_size: readdirSync(join(directory, "data")).reduce(
          (sum, name) => sum + statSync(join(directory, "data", name)).size,
          0
        )
      }
    })
    const files = await Promise.all(
      readdirSync(join(directory, "data"))
        .sort()
        .map((name) => parquetRows(join(directory, "data", name)))
    )
    expect(files.map(({ length }) => length)).toEqual([833, 833, 834])
    expect(files.flat()[1234]).toEqual({ ...rows[1234], n: 1234n })
    const bytes = readFileSync(join(directory, "data", "train-00000-of-00003.parquet"))
    const { key_value_metadata: footer, row_groups: groups } = parquetMetadata(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
    )
    expect(JSON.parse(footer!.find(({ key }) => key === "huggingface")!.value!)).toMatchObject({
      info: {
        features: {
          n: { dtype: "int64", _type: "Value" },
          messages: [{ role: { dtype: "string", _type: "Value" } }],
          tags: { feature: { dtype: "string", _type: "Value" }, _type: "Sequence" }
        }
      }
    })
    expect(groups.map(({ num_rows: count }) => Number(count))).toEqual([833])
  })

  it("for Python's load_from_disk: Arrow streams, and the files that say what they are", async () => {
    const directory = await save(rows, { format: "arrow", rowsPerShard: 2000 })
    const split = join(directory, "default", "train")
    const json = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"))
    expect(json(join(directory, "default", "dataset_dict.json"))).toEqual({ splits: ["train"] })
    expect(json(join(split, "state.json"))).toMatchObject({
      _data_files: [
        { filename: "data-00000-of-00002.arrow" },
        { filename: "data-00001-of-00002.arrow" }
      ],
      _fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      _format_columns: null,
      _format_kwargs: {},
      _format_type: null,
      _output_all_columns: false,
      _split: "train"
    })
    expect(json(join(split, "dataset_info.json"))).toMatchObject({
      features: { n: { dtype: "int64", _type: "Value" } },
      splits: { train: { name: "train", num_examples: 2500 } }
    })
    expect(readdirSync(join(directory, "distiset_configs"))).toEqual(["README.md"])
    const table = tableFromIPC(readFileSync(join(split, "data-00001-of-00002.arrow")))
    expect([
      table.numRows,
      String(table.schema.fields[0]!.type),
      table.schema.metadata.has("huggingface")
    ]).toEqual([1250, "Int64", true])
    expect(JSON.parse(JSON.stringify(table.get(1)!.toJSON()["messages"]))).toEqual([
      { role: "user", content: "x" }
    ])
  })
})

/**
 * What pyarrow's `nbytes` is for the rows above: offsets of 32 bits, a bit for each value where
 * some are null.
 */
const arrowBytes = (rows: ReadonlyArray<{ readonly text: string }>): number => {
  const n = rows.length
  const texts = rows.reduce((sum, { text: held }) => sum + Buffer.byteLength(held), 0)
  const offsets = 4 * (n + 1)
  return (
    8 * n +
    Math.ceil(n / 8) +
    0 +
    (offsets + texts) +
    (offsets + (offsets + 4 * n) + (offsets + n)) +
    (offsets + (offsets + n)) +
    (8 * n + offsets + 16 * n + Math.ceil((2 * n) / 8))
  )
}

describe("saving says what is wrong, and leaves nothing behind", () => {
  const message = (saved: Promise<unknown>): Promise<string> =>
    saved.then(
      () => "saved",
      (error: Error) => error.message
    )

  it("columns of mixed types, all of them, which can be JSON text instead", async () => {
    const into = join(folder(), "saved")
    const rows = [
      { a: 1, b: ["x"], c: { d: "x" } },
      { a: "two", b: [1], c: { d: true } },
      { a: null, b: [{}], c: null }
    ]
    expect(await message(save(rows, {}, undefined, into))).toMatch(
      /column 'a' holds whole numbers \(row 1\) and text \(row 2\); column 'b\[\]' holds text \(row 1\) and whole numbers \(row 2\) and objects \(row 3\); column 'c\.d' holds .*mixed: "json"/
    )
    expect(readdirSync(join(into, ".."))).toEqual([])
    const directory = await save(rows, { mixed: "json" }, undefined, into)
    // JSON text on disk, and the values that it stands for when it is read.
    expect(await all(directory)).toEqual(rows)
  })

  it("options that no compiler has seen, all of them", async () => {
    const into = join(folder(), "saved")
    const options = { format: "json", maxShardSize: Number.NaN, rowsPerShard: 0 }
    expect(await message(save([{ a: 1 }], options as never, undefined, into))).toContain(
      'format is "json", and can be parquet, arrow, jsonl, csv. maxShardSize is NaN, and should be a number greater than 0. rowsPerShard is 0, and should be a number greater than 0.'
    )
    expect(readdirSync(join(into, ".."))).toEqual([])
  })

  it("a folder that holds something, unless it may be replaced", async () => {
    const into = folder()
    writeFileSync(join(into, "mine.txt"), "x")
    expect(await message(save([{ a: 1 }], {}, undefined, into))).toMatch(
      /is there already, and holds 'mine\.txt'\. Save to another one, or with \{ overwrite: true \}/
    )
    expect(readdirSync(into)).toEqual(["mine.txt"])
    await save([{ a: 1 }], { overwrite: true }, undefined, into)
    expect(readdirSync(into)).toEqual([".checksums", "README.md", "data"])
    expect(await message(save([{ a: 1 }], {}, undefined, join(into, "README.md", "x")))).toMatch(
      /a file of that name is in the way/
    )
  })

  it("rows that are others when they are read again", async () => {
    const into = join(folder(), "saved")
    let reads = 0
    const rows = new Rows<Row>({
      name: "default",
      length: 2,
      chunks: async function* () {
        yield reads++ === 0 ? [{ a: 1 }, { a: 2 }] : [{ a: "x" }, { a: "y" }]
      }
    })
    const contents = {
      // One split alone would be written as it is read.
      parts: new Map([
        [
          "default",
          new Map([
            ["train", rows],
            ["test", rows.filter(() => false)]
          ])
        ]
      ]),
      errors: new Map(),
      artifacts: undefined,
      story: undefined
    }
    expect(await message(saveDataset(into, contents, {}))).toMatch(
      /saved\/data\/train-00000-of-00001\.parquet': the rows were others when they were read again/
    )
    expect(readdirSync(join(into, ".."))).toEqual([])
  })

  it("no rows, no values, objects without keys, and a text of 50 MB are all fine", async () => {
    expect(await all(await save([]))).toEqual([])
    const columns = {
      text: Schema.NullOr(Schema.String),
      scores: Schema.Array(Schema.Number),
      who: Schema.optionalKey(Schema.String)
    }
    const empty = await save([], {}, columns)
    expect(frontMatterOf(join(empty, "README.md"))).toMatchObject({
      dataset_info: {
        features: [
          { name: "text", dtype: "string" },
          { name: "scores", list: "float64" }
        ],
        splits: [{ num_examples: 0 }]
      }
    })
    expect(
      await (await loadFromDiskPromise(empty, { columns: { default: columns } })).default.toArray()
    ).toEqual([])
    const huge = "ü".repeat(25_000_000)
    const rows = [
      { none: null, nothing: {}, huge },
      { none: null, nothing: {}, huge: "" }
    ]
    for (const format of ["parquet", "arrow"] as const) {
      expect(await all(await save(rows, { format }))).toEqual(rows)
    }
  })

  it("metadata of tasks that differ goes in as it can", async () => {
    const rows = [
      { distilabel_metadata: { raw_input_a: "x", statistics: { tokens: 1 } } },
      { distilabel_metadata: { raw_input_a: [{ role: "user" }], statistics: { tokens: 2 } } }
    ]
    expect(await all(await save(rows))).toEqual(rows)
  })

  it("objects keep their own keys: none gets those of other rows, unless its type is declared", async () => {
    const rows = [
      { args: {}, list: [{ a: 1 }, { b: 2 }] },
      { args: { city: "Lima" }, list: [] },
      { args: { n: 3, at: [1n << 60n] }, list: [{ a: 1, b: 2 }] }
    ]
    for (const format of ["parquet", "arrow"] as const) {
      expect(await all(await save(rows, { format }))).toEqual(rows)
    }
    expect(frontMatterOf(join(await save(rows), "README.md"))).toMatchObject({
      dataset_info: {
        features: [
          { name: "args", dtype: "json" },
          { name: "list", list: "json" }
        ]
      }
    })
    const record = { args: Schema.Record(Schema.String, Schema.Unknown) }
    expect(
      frontMatterOf(join(await save([{ args: { a: 1 } }], {}, record), "README.md"))
    ).toMatchObject({ dataset_info: { features: [{ name: "args", dtype: "json" }] } })
    const struct = { args: Schema.Struct({ city: Schema.optionalKey(Schema.String) }) }
    expect(await all(await save([{ args: {} }, { args: { city: "Lima" } }], {}, struct))).toEqual([
      { args: { city: null } },
      { args: { city: "Lima" } }
    ])
  })

  it("half a character is U+FFFD in every format", async () => {
    for (const format of ["parquet", "arrow", "jsonl", "csv"] as const) {
      const [row] = await all(
        await save([{ text: "a\ud83d", quoted: "\\ud83d \u{1F968}" }], { format })
      )
      expect(row).toEqual({ text: "a\uFFFD", quoted: "\\ud83d \u{1F968}" })
    }
  })

  it("a column of one CSV file may be null in every row", async () => {
    expect(
      await all(await save([{ a: null }, { a: "x" }, { a: null }], { format: "csv" }))
    ).toEqual([{ a: "" }, { a: "x" }, { a: "" }])
  })

  it("a folder that is no dataset", async () => {
    await expect(loadFromDiskPromise(folder())).rejects.toThrow(/it is no saved dataset/)
    await expect(
      loadFromDiskPromise(await save([{ a: 1 }]), { columns: { defalt: { a: Schema.Number } } })
    ).rejects.toThrow(/defalt/)
    await expect(
      loadFromDiskPromise(await save([{ a: "x" }]), { columns: { default: { a: Schema.Number } } })
    ).rejects.toThrow(/column 'a' is string, not number/)
  })
})
