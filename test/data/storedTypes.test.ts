import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as arrow from "apache-arrow"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { formatOf, openRowFile } from "../../src/data/files/FileFormat.ts"
import { localFile } from "../../src/data/rows/ByteSource.ts"
import type { CellType } from "../../src/data/rows/cells.ts"
import {
  FilterRows,
  from,
  LoadDataFromFileSystem,
  loadFromDiskPromise,
  MapRows,
  Pipeline,
  RenameColumns,
  runPromise
} from "../../src/index.ts"
import { folder, written } from "./duck.ts"

const query =
  "SELECT i::BIGINT + 1234567890123456789 id, i::UTINYINT small, (i / 4)::DECIMAL(9, 2) price, (i / 4)::FLOAT score, DATE '2024-02-29' + i::INT AS day, TIMESTAMP '2024-02-29 12:00:00.123456' + to_microseconds(i::BIGINT) AS at, '\\xAA'::BLOB raw, [i::SMALLINT] list FROM range(3) t(i)"
const source = await written("stored.parquet", query)

/** The types of the columns of a folder's Parquet file. */
const typesIn = async (directory: string): Promise<Readonly<Record<string, CellType>>> => {
  const [name] = readdirSync(join(directory, "data"))
  const path = join(directory, "data", name!)
  const file = await openRowFile(localFile(path), formatOf(path))
  await file.close()
  return Object.fromEntries(file.fields!.map((field) => [field.name, field.type]))
}
const settings = (name: string, useCache = false) =>
  ({
    useCache,
    report: false,
    outputDir: join(folder, `run-${name}`),
    cacheDir: join(folder, "cache")
  }) as const
const load = LoadDataFromFileSystem({
  name: "load",
  dataFiles: source,
  outputMappings: { small: "count" } as never
})

const types = {
  id: { kind: "integer", signed: true },
  count: { kind: "small", bits: 8, signed: false },
  price: { kind: "decimal", scale: 2, precision: 9 },
  score: { kind: "float", bits: 32 },
  day: { kind: "date" },
  at: { kind: "timestamp", unit: "us", utc: false },
  raw: { kind: "bytes", length: undefined },
  list: { kind: "list", item: { kind: "small", bits: 16, signed: true } }
}

describe("columns of a typed file", () => {
  it("keep their types through steps that leave them alone, also under another name, and when saved again", async () => {
    const kept = (await runPromise(
      Pipeline(
        "kept",
        {},
        from(load)
          .to(FilterRows({ name: "all", where: () => true }))
          .to(RenameColumns({ name: "renamed", columns: { score: "points" } as never }) as never)
      ) as never,
      settings("kept") as never
    )) as unknown as { readonly saveToDisk: (directory: string) => Promise<void> }
    await kept.saveToDisk(join(folder, "kept"))
    const { score, ...others } = types
    expect(await typesIn(join(folder, "kept"))).toEqual({ ...others, points: score })
    const again = await loadFromDiskPromise(join(folder, "kept"))
    await again.saveToDisk(join(folder, "kept-again"))
    expect(await typesIn(join(folder, "kept-again"))).toEqual({ ...others, points: score })
    expect(
      await (await loadFromDiskPromise(join(folder, "kept-again")))["default"]!.toArray()
    ).toEqual(await again["default"]!.toArray())
  })

  it("keep them when the run was done before", async () => {
    const pipeline = Pipeline("done", {}, from(load))
    await runPromise(pipeline, settings("done", true))
    const done = await runPromise(pipeline, settings("done", true))
    await done.saveToDisk(join(folder, "done"))
    expect(await typesIn(join(folder, "done"))).toEqual(types)
  })

  it("have the type of their values where a step changes them", async () => {
    const changed = await runPromise(
      Pipeline(
        "changed",
        {},
        from(load).to(
          MapRows({
            name: "change",
            outputs: { score: Schema.Number, price: Schema.Number },
            map: () => ({ score: 0.1, price: 1.005 })
          })
        )
      ),
      settings("changed")
    )
    await changed.saveToDisk(join(folder, "changed"))
    expect(await typesIn(join(folder, "changed"))).toEqual({
      ...types,
      score: { kind: "float", bits: 64 },
      price: { kind: "float", bits: 64 }
    })
  })

  it("of Arrow that JSON has no type for keep them in both formats: half floats, days in milliseconds, lists of one length", async () => {
    const halves = [1.5, null, -2.25, 65_504, 2 ** -24, 0, null, 0.099_975_585_937_5]
    const days = halves.map((half, i) => (half === null ? null : new Date(i * 86_400_000_000)))
    const vectors = halves.map((half, i) => (half === null ? null : [i, i + 0.5, null]))
    const numbers = new arrow.Field("item", new arrow.Float32(), true)
    const table = new arrow.Table({
      half: arrow.vectorFromArray(halves, new arrow.Float16()),
      day: arrow.vectorFromArray(days, new arrow.DateMillisecond()),
      vector: arrow.vectorFromArray(vectors, new arrow.FixedSizeList(3, numbers)),
      nested: arrow.vectorFromArray(
        vectors.map((vector) => [vector, [1, 2, 3]]),
        new arrow.List(new arrow.Field("item", new arrow.FixedSizeList(3, numbers)))
      )
    })
    const path = join(folder, "odd.arrow")
    writeFileSync(path, arrow.tableToIPC(table, "file"))
    const read = await runPromise(
      Pipeline("odd", {}, from(LoadDataFromFileSystem({ name: "load", dataFiles: path }))),
      settings("odd")
    )
    const rows = await read.default.toArray()
    expect(rows.map((row) => row["half"])).toEqual(halves)
    expect(rows.map((row) => row["vector"])).toEqual(vectors)
    expect(rows[2]!["day"]).toBe(days[2]!.toISOString().slice(0, 10))
    const vector = { kind: "list", item: { kind: "float", bits: 32 }, length: 3 }
    const kept = {
      half: { kind: "half" },
      day: { kind: "date", unit: "ms" },
      vector,
      nested: { kind: "list", item: vector }
    }
    for (const format of ["parquet", "arrow"] as const) {
      const saved = join(folder, `odd-${format}`)
      await read.saveToDisk(saved, { format })
      const again = (await loadFromDiskPromise(saved))["default"]!
      expect(await again.toArray()).toEqual(rows)
      const file = readdirSync(saved, { recursive: true, encoding: "utf8" }).find((name) =>
        name.endsWith(`.${format}`)
      )!
      const opened = await openRowFile(localFile(join(saved, file)), formatOf(file))
      await opened.close()
      expect(Object.fromEntries(opened.fields!.map(({ name, type }) => [name, type]))).toEqual(kept)
    }
  })

  it("of half floats become floats where a value needs more digits", async () => {
    const path = join(folder, "halves.arrow")
    const half = arrow.vectorFromArray([1, 2], new arrow.Float16())
    writeFileSync(path, arrow.tableToIPC(new arrow.Table({ half }), "file"))
    const third = MapRows({
      name: "third",
      inputs: { half: Schema.Number },
      outputs: { half: Schema.Number },
      map: (row) => ({ half: row.half / 3 })
    })
    const load = LoadDataFromFileSystem({ name: "load", dataFiles: path })
    const read = await runPromise(Pipeline("halves", {}, from(load).to(third)), settings("halves"))
    await read.saveToDisk(join(folder, "halves"))
    expect((await typesIn(join(folder, "halves")))["half"]).toEqual({ kind: "float", bits: 64 })
    const again = await loadFromDiskPromise(join(folder, "halves"))
    expect(await again["default"]!.toArray()).toEqual([{ half: 1 / 3 }, { half: 2 / 3 }])
  })
})
