import { readdirSync } from "node:fs"
import { join } from "node:path"
import { Schema } from "effect"
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
})
