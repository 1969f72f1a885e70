import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parquetMetadata, parquetSchema, readColumnIndex, readOffsetIndex } from "hyparquet"
import { describe, expect, it } from "vitest"
import { writeRowFile } from "../../src/data/files/writeRowFile.ts"
import type { Row } from "../../src/index.ts"
import { asked, folder, rowsIn } from "./duck.ts"

const saved = async (name: string, rows: ReadonlyArray<Row>): Promise<string> => {
  const path = join(folder, name)
  await writeRowFile(path, "parquet", async function* () {
    yield rows
  })
  return path
}

const bytes = (text: string): Buffer => Buffer.from(text)

describe("texts in a Parquet file", () => {
  it("are found by what they are, in whichever row group, by readers that go by bounds", async () => {
    // Each row group has shorter texts than the one before it.
    const rows = Array.from({ length: 7000 }, (_, i) => ({
      n: i,
      text: `${"amqz"[Math.floor(i / 2000)]} number ${i} ${"é".repeat(20 - 5 * Math.floor(i / 2000))}`
    }))
    const path = await saved("bounds.parquet", rows)
    for (const { n, text } of [rows[2]!, rows[1999]!, rows[2000]!, rows[5000]!, rows[6999]!])
      expect(await asked(`SELECT n FROM '${path}' WHERE text = '${text}'`)).toEqual([{ n }])
    expect(
      await asked(`SELECT count(*)::INTEGER c FROM '${path}' WHERE text > 'n' AND text < 'r'`)
    ).toEqual([{ c: 2000 }])
    expect(
      await asked(
        `SELECT DISTINCT row_group_id::INTEGER g, left(stats_min_value, 1) least, left(stats_max_value, 1) greatest FROM parquet_metadata('${path}') WHERE path_in_schema = 'text' ORDER BY g`
      )
    ).toEqual([..."amqz"].map((letter, g) => ({ g, least: letter, greatest: letter })))
  })

  it("are ordered by their bytes, not by the units that JavaScript has of them", async () => {
    const texts = ["\u{1f968} bread", "\u{e000} private", "\u{10ffff}".repeat(30), "plain"]
    const path = await saved(
      "order.parquet",
      texts.map((text) => ({ text }))
    )
    const [found] = await asked(
      `SELECT stats_min_value least, stats_max_value greatest FROM parquet_metadata('${path}')`
    )
    expect(found).toEqual({ least: "plain", greatest: "\u{10ffff}".repeat(30) })
    for (const text of texts)
      expect(await asked(`SELECT text FROM '${path}' WHERE text = '${text}'`)).toEqual([{ text }])
  })

  it("take many pages, in rows and in lists within them, each of which says what it holds", async () => {
    const long = (i: number, letter: string): string =>
      `${letter}${String(i).padStart(6, "0")} ${"漢x".repeat((i * 7919) % 4001)}`
    const rows = Array.from({ length: 1500 }, (_, i) => ({
      text: i % 7 === 0 || (i > 400 && i < 1000) ? null : long(i, "t"),
      messages:
        i % 11 === 0
          ? null
          : Array.from({ length: i % 4 }, (_, j) => ({
              role: j % 2 === 0 ? "user" : "assistant",
              content: j === 2 ? null : long(i + j, "c")
            }))
    }))
    const path = await saved("pages.parquet", rows)
    expect(await rowsIn(path)).toEqual(rows)
    expect(await asked(`SELECT * FROM '${path}'`)).toEqual(rows)
    const file = readFileSync(path)
    const buffer = file.buffer.slice(file.byteOffset, file.byteOffset + file.length)
    const metadata = parquetMetadata(buffer)
    const column = parquetSchema(metadata).children.find(({ element }) => element.name === "text")!
    let seen = 0
    for (const { columns, num_rows } of metadata.row_groups) {
      const chunk = columns.find(({ meta_data }) => meta_data!.path_in_schema.join() === "text")!
      const at = (offset: bigint | undefined) => ({
        view: new DataView(buffer),
        offset: Number(offset)
      })
      const bounds = readColumnIndex(at(chunk.column_index_offset), column.element)
      const { page_locations: pages } = readOffsetIndex(at(chunk.offset_index_offset))
      expect(pages.length).toBeGreaterThan(1)
      for (const [i, page] of pages.entries()) {
        const end = Number(pages[i + 1]?.first_row_index ?? num_rows)
        const within = rows.slice(seen + Number(page.first_row_index), seen + end)
        const texts = within.flatMap(({ text }) => (text === null ? [] : [bytes(text)]))
        expect(bounds.null_pages[i]).toBe(texts.length === 0)
        expect(Number(bounds.null_counts![i])).toBe(within.length - texts.length)
        for (const text of texts) {
          expect(Buffer.compare(bytes(String(bounds.min_values[i])), text)).toBeLessThanOrEqual(0)
          expect(Buffer.compare(bytes(String(bounds.max_values[i])), text)).toBeGreaterThanOrEqual(
            0
          )
        }
      }
      seen += Number(num_rows)
    }
    expect(seen).toBe(rows.length)
  })

  it("that come again are in a dictionary, and those that only begin alike are not", async () => {
    const path = await saved(
      "dictionary.parquet",
      Array.from({ length: 2000 }, (_, i) => ({
        label: `${"A label that is long enough to begin like all others. ".repeat(2)}${i % 5}`,
        prompt: `${"A prompt that is long enough to begin like all others. ".repeat(2)}${i}`
      }))
    )
    expect(
      await asked(
        `SELECT path_in_schema AS name, encodings LIKE '%DICTIONARY%' AS dictionary FROM parquet_metadata('${path}')`
      )
    ).toEqual([
      { name: "label", dictionary: true },
      { name: "prompt", dictionary: false }
    ])
  })
})
