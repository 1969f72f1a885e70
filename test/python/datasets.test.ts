import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  LoadDataFromDisk,
  LoadDataFromFileSystem,
  loadFromDiskPromise,
  Pipeline,
  type Row,
  runPromise
} from "../../src/index.ts"
import { pythonWith } from "./python.ts"

const { missing, run: python } = pythonWith([
  "datasets==5.0.1",
  "pyarrow==25.0.1",
  "pandas",
  "pillow"
])

const folder = mkdtempSync(join(tmpdir(), "distilabel-python-"))
let runs = 0
/** What a run without steps gives of a source, as a Distiset. */
const distisetOf = (source: unknown) =>
  runPromise(Pipeline("copy", {}, from(source as never)) as never, {
    useCache: false,
    report: false,
    outputDir: join(folder, `run-${++runs}`)
  }) as unknown as ReturnType<typeof plain>
const plain = () =>
  runPromise(Pipeline("copy", {}, from(LoadDataFromDicts({ name: "load", data: [{ a: 1 }] }))))
const dicts = (data: ReadonlyArray<object>): unknown => LoadDataFromDicts({ name: "load", data })

/**
 * A table with every type that Python's files have and a row cannot say, and what it holds in each
 * kind of file.
 */
const everyType = `
import sys, json, decimal, datetime as dt, pyarrow as pa, pyarrow.parquet as pq
D = decimal.Decimal
columns = {
  "i8": pa.array([-128, 127, None], pa.int8()), "u8": pa.array([0, 255, None], pa.uint8()), "i16": pa.array([-5, 7, None], pa.int16()), "u16": pa.array([0, 65535, None], pa.uint16()),
  "i32": pa.array([1, -2**31, None], pa.int32()), "u32": pa.array([0, 2**32-1, None], pa.uint32()), "i64": pa.array([5, 1234567890123456789, None], pa.int64()), "u64": pa.array([5, 2**64-1, None], pa.uint64()),
  "f32": pa.array([0.1, 1.5, None], pa.float32()), "f64": pa.array([0.1, 3.0, None], pa.float64()),
  "d9": pa.array([D("1.50"), D("-2.25"), None], pa.decimal128(9, 2)), "d18": pa.array([D("123456789012345.678"), D("1"), None], pa.decimal128(18, 3)), "d38": pa.array([D("12345678901234567890123456.789"), D("-1"), None], pa.decimal128(38, 3)),
  "date": pa.array([dt.date(2024, 2, 29), dt.date(1900, 1, 1), None]), "ms": pa.array([dt.datetime(2024, 2, 29, 12), None, None], pa.timestamp("ms")), "us": pa.array([dt.datetime(2024, 2, 29, 12, 0, 0, 123456), dt.datetime(1960, 1, 1), None], pa.timestamp("us")),
  "utc": pa.array([dt.datetime(2024, 2, 29, 12, 0, 0, 123456), None, None], pa.timestamp("us", "UTC")), "ns": pa.array([1709208000123456789, None, None], pa.int64()).cast(pa.timestamp("ns")),
  "t32": pa.array([1000, None, 5], pa.int32()).cast(pa.time32("ms")), "t64": pa.array([1000001, None, 5], pa.int64()).cast(pa.time64("us")),
  "bytes": pa.array([b"\\x00\\xff", b"", None], pa.binary()), "text": pa.array(["a", "", None]), "bool": pa.array([True, False, None]),
  "list": pa.array([[1, 2**60, None], [], None], pa.list_(pa.int64())), "struct": pa.array([{"a": 1, "b": b"x"}, {"a": None, "b": None}, None], pa.struct([("a", pa.int16()), ("b", pa.binary())])),
  "structs": pa.array([[{"d": dt.date(2020, 1, 1)}], [], None], pa.list_(pa.struct([("d", pa.date32())]))), "__proto__": pa.array([1, 2, 3], pa.int64()),
  "fixed": pa.array([b"abcd", None, b"1234"], pa.binary(4)), "map": pa.array([[("a", 1), ("a", 2)], [("b", None)], None], pa.map_(pa.string(), pa.int64())),
}
columns.update({"duration": pa.array([1500000, -1, None], pa.int64()).cast(pa.duration("us")), "zone": pa.array([dt.datetime(2024, 2, 29, 12), None, None], pa.timestamp("ms", "Europe/Berlin"))})
table = pa.table(columns)
`
const compared = `
import glob
found = pq.read_table(glob.glob(sys.argv[1] + "/data/*.parquet")[0]) if sys.argv[2] == "parquet" else pa.ipc.open_stream(glob.glob(sys.argv[1] + "/default/train/*.arrow")[0]).read_all()
wanted = table
wrong = [f"{name}: {wanted.column(name).type} became {found.column(name).type if name in found.column_names else 'nothing'}" for name in wanted.column_names if name not in found.column_names or found.column(name).type != wanted.column(name).type or found.column(name).to_pylist() != wanted.column(name).to_pylist()]
print(json.dumps(wrong))
`

describe.skipIf(missing !== undefined)("Python's datasets and pyarrow", () => {
  it("find every type as it was after a pipeline that does not touch it, in Parquet and Arrow", async () => {
    python(
      `${everyType}
pq.write_table(table, sys.argv[1] + "/types.parquet")
with pa.OSFile(sys.argv[1] + "/types.arrow", "wb") as file:
  with pa.ipc.new_stream(file, table.schema) as writer: writer.write_table(table)
print("true")`,
      folder
    )
    for (const source of ["parquet", "arrow"] as const) {
      const distiset = await distisetOf(
        LoadDataFromFileSystem({ name: "load", dataFiles: join(folder, `types.${source}`) })
      )
      for (const format of ["parquet", "arrow"] as const) {
        const directory = join(folder, `types-${source}-${format}`)
        await distiset.saveToDisk(directory, { format })
        expect([source, format, python(`${everyType}${compared}`, directory, format)]).toEqual([
          source,
          format,
          []
        ])
      }
    }
  }, 120_000)

  it("load the same rows and features from what was saved here, and back", async () => {
    python(
      `
import sys
from datasets import ClassLabel, Dataset, DatasetDict, Features, Image, List, Value, Json
png = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082")
features = Features({"label": ClassLabel(names=["no", "yes"]), "image": Image(), "args": Json(), "deep": List({"n": Value("int32")}), "id": Value("int64")})
rows = {"label": [0, 1, None], "image": [{"bytes": png, "path": "a.png"}, {"bytes": png, "path": None}, None], "args": [{}, {"city": "Lima"}, None], "deep": [[{"n": 1}], [], None], "id": [5, 1234567890123456789, None]}
dataset = Dataset.from_dict(rows, features=features)
dataset.save_to_disk(sys.argv[1] + "/features")
print("true")`,
      folder
    )
    const distiset = await distisetOf(
      LoadDataFromDisk({ name: "load", datasetPath: join(folder, "features") } as never)
    )
    expect((await distiset.default.head(2)).map((row) => (row as unknown as Row)["args"])).toEqual([
      {},
      { city: "Lima" }
    ])
    for (const format of ["parquet", "arrow"] as const) {
      const directory = join(folder, `features-${format}`)
      await distiset.saveToDisk(directory, { format })
      expect(
        python(
          `
import sys, json
from datasets import Image, load_dataset, load_from_disk
wanted = load_from_disk(sys.argv[1] + "/features")
found = load_dataset(sys.argv[2], split="train") if sys.argv[3] == "parquet" else load_from_disk(sys.argv[2] + "/default")["train"]
same = found.features == wanted.features
raw = lambda dataset: dataset.cast_column("image", Image(decode=False)).to_list()
print(json.dumps({"features": True if same else str(found.features), "rows": raw(found) == raw(wanted)}))`,
          folder,
          directory,
          format
        )
      ).toEqual({ features: true, rows: true })
    }
  }, 120_000)

  it("read each format as it was written, numbers, texts and objects alike", async () => {
    const data = [
      { id: 1, big: 2n ** 62n, text: 'é🥨 "q", \n', none: null, list: [1, 2], args: {}, half: 0.5 },
      { id: 2, big: 5n, text: "", none: null, list: [], args: { city: "Lima", n: [1] }, half: 1 }
    ]
    const distiset = await distisetOf(dicts(data))
    for (const format of ["parquet", "arrow", "jsonl"] as const) {
      const directory = join(folder, `rows-${format}`)
      await distiset.saveToDisk(directory, { format, card: false })
      const found = python(
        `
import sys, json
from datasets import load_dataset, load_from_disk
found = load_from_disk(sys.argv[1] + "/default")["train"] if sys.argv[2] == "arrow" else load_dataset(sys.argv[1], split="train")
print(json.dumps([{**row, "big": str(row["big"])} for row in found.select_columns(["id", "big", "text", "none", "list", "half"] + ([] if sys.argv[2] == "jsonl" else ["args"])).to_list()]))`,
        directory,
        format
      )
      expect(found).toEqual(
        data.map(({ args, big, ...row }) => ({
          ...row,
          big: String(big),
          ...(format === "jsonl" ? {} : { args })
        }))
      )
    }
  }, 120_000)

  it("load what has rows beside subsets and splits that have none", async () => {
    const lines = ["one", "two", "three", "four"].map((text) => JSON.stringify({ text })).join("\n")
    writeFileSync(join(folder, "some.jsonl"), lines)
    writeFileSync(join(folder, "none.jsonl"), "")
    const [some, none] = ["some", "none"].map((name) =>
      from(
        LoadDataFromFileSystem({
          name,
          dataFiles: join(folder, `${name}.jsonl`),
          columns: { text: Schema.String }
        }) as never
      )
    )
    const distiset = (await runPromise(Pipeline("two", {}, [some, none] as never) as never, {
      useCache: false,
      report: false,
      outputDir: join(folder, "run-empty")
    })) as unknown as Awaited<ReturnType<typeof plain>>
    for (const format of ["parquet", "jsonl", "csv"] as const) {
      const directory = join(folder, `empty-${format}`)
      await distiset.saveToDisk(directory, { format })
      expect(
        python(
          `
import sys, json
from datasets import get_dataset_config_names, load_dataset
print(json.dumps([get_dataset_config_names(sys.argv[1]), load_dataset(sys.argv[1], "some", split="train")["text"][:]]))`,
          directory
        )
      ).toEqual([["some"], ["one", "two", "three", "four"]])
      const back = (await loadFromDiskPromise(directory)) as unknown as Readonly<
        Record<string, { readonly length: number }>
      >
      expect([back["some"]!.length, back["none"]!.length]).toEqual([4, 0])
    }
  }, 120_000)
})
