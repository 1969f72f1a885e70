import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Row } from "../../src/columns/Row.ts"
import type { WriteOptions } from "../../src/data/distiset/splitFiles.ts"
import { writeSplits } from "../../src/data/distiset/writeSplits.ts"
import { Rows } from "../../src/data/rows/Rows.ts"

/** Rows that come in chunks, and how often they were read from beginning to end. */
const counted = (rows: ReadonlyArray<Row>) => {
  const readings = { whole: 0 }
  const chunks = async function* () {
    for (let i = 0; i < rows.length; i += 700) yield rows.slice(i, i + 700)
    readings.whole++
  }
  return {
    readings,
    parts: new Map([
      ["default", new Map([["train", new Rows({ name: "default", length: undefined, chunks })]])]
    ])
  }
}

/** What a folder holds, and what is told of it: written at once where that can be, or after a look. */
const written = async (rows: ReadonlyArray<Row>, options: WriteOptions, atOnce: boolean) => {
  const directory = mkdtempSync(join(tmpdir(), "draft-"))
  const { parts, readings } = counted(rows)
  const told = await writeSplits(directory, parts, options, atOnce ? undefined : () => {}).catch(
    (thrown: Error) => thrown.message.replace(directory, "")
  )
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(directory, name)).isFile())
    .toSorted()
    .map((name) => [name, readFileSync(join(directory, name)).toString("base64")])
  return { readings, held: { told, files: typeof told === "string" ? [] : files } }
}

const plain = (i: number): Row => ({ id: i, text: `row ${i}`, tags: [`${i % 7}`] })
const surprises: ReadonlyArray<Row> = [
  { id: 0.5, text: "a", tags: [] },
  { id: 2n ** 70n, text: "a", tags: [] },
  { id: 1, text: 5, tags: [] },
  { id: 1, text: "a", tags: [{ deep: true }] },
  { id: 1, text: "a", tags: [], more: "column" },
  { text: "a" },
  { id: null, text: null, tags: null },
  { id: 1, text: "a".repeat(500_000), tags: [] }
]

describe("a split that is written while it is looked at", () => {
  it("is read once, where all of it is like its beginning", async () => {
    for (const format of ["parquet", "csv", "jsonl", "arrow"] as const) {
      const rows = Array.from({ length: 3000 }, (_, i) => plain(i))
      expect((await written(rows, { format }, true)).readings.whole, format).toBe(1)
      expect((await written(rows, { format }, false)).readings.whole, format).toBe(2)
    }
  })

  it("is what it would be if it was looked at first, whatever comes late", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<WriteOptions["format"]>("parquet", "csv", "jsonl", "arrow"),
        fc.constantFrom<"json" | "error">("json", "error"),
        fc.array(fc.tuple(fc.nat(4000), fc.constantFrom(...surprises)), { maxLength: 2 }),
        fc.constantFrom({}, { rowsPerShard: 2500 }, { maxShardSize: 100_000 }),
        fc.nat(4200),
        async (format, mixed, late, sizes, length) => {
          const rows = Array.from({ length }, (_, i) => plain(i))
          for (const [i, row] of late) rows.splice(i, 1, row)
          const options = { format, mixed, ...sizes }
          expect((await written(rows, options, true)).held).toEqual(
            (await written(rows, options, false)).held
          )
        }
      ),
      { numRuns: 25 }
    )
  })
})
