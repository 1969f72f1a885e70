/**
 * Column chunks of texts, whose pages are made in one buffer that stays: with a buffer for each
 * text or page, memory is collected again and again, and each time all that the process holds is
 * looked at.
 */
import type { OffsetIndex, SchemaElement } from "hyparquet"
import { ByteWriter } from "hyparquet-writer"
import { writePageHeader } from "hyparquet-writer/src/datapage.js"
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js"
import type { PageData, PageIndexes, Writer } from "hyparquet-writer/src/types.js"
import { textBound, type TextBound, textIndex, textStatistics } from "./textBounds.ts"

/** No character takes more bytes in UTF-8 than this for each of its units. */
const bytesForAUnit = 3
/** What stands before each text: its length. */
const lengthBytes = 4

/** A page in the buffer. */
interface Page {
  /** Its bytes in the buffer. */
  readonly length: number
  /** Where the next one begins among the slots of the chunk. */
  readonly end: number
  readonly nulls: number
  readonly min: TextBound | undefined
  readonly max: TextBound | undefined
}

export class TextChunks {
  readonly #writer: Writer
  readonly #bytesInPage: number
  readonly #levels = new ByteWriter()
  #buffer: Buffer

  constructor(writer: Writer, bytesInPage: number) {
    this.#writer = writer
    this.#bytesInPage = bytesInPage
    this.#buffer = Buffer.allocUnsafeSlow(bytesInPage)
  }

  /** Writes the texts of a column of a row group. */
  write(
    schemaPath: ReadonlyArray<SchemaElement>,
    data: PageData,
    compressed: (page: Uint8Array) => Uint8Array
  ): PageIndexes {
    const writer = this.#writer
    const element = schemaPath.at(-1)!
    const begin = writer.offset
    const slots = data.values.length
    const repeated = schemaPath.filter((part) => part.repetition_type === "REPEATED").length
    const pages: Array<Page> = []
    const locations: OffsetIndex["page_locations"] = []
    let uncompressed = 0
    let rows = 0
    for (let start = 0; start < slots;) {
      const page = this.#encode(element, data, start)
      const offset = writer.offset
      const rowsInPage = rowsWithin(data.repetitionLevels, start, page.end)
      const body = compressed(this.#buffer.subarray(0, page.length))
      uncompressed += this.#writePage(data, start, page, rowsInPage, repeated, body)
      locations.push({
        offset: BigInt(offset),
        compressed_page_size: writer.offset - offset,
        first_row_index: BigInt(rows)
      })
      rows += rowsInPage
      pages.push(page)
      start = page.end
    }
    return {
      chunk: {
        file_offset: BigInt(begin),
        meta_data: {
          type: "BYTE_ARRAY",
          encodings: ["PLAIN"],
          path_in_schema: schemaPath.slice(1).map(({ name }) => name),
          codec: "ZSTD",
          num_values: BigInt(slots),
          total_compressed_size: BigInt(writer.offset - begin),
          total_uncompressed_size: BigInt(uncompressed),
          data_page_offset: BigInt(begin),
          statistics: textStatistics(pages),
          encoding_stats: [{ page_type: "DATA_PAGE_V2", encoding: "PLAIN", count: pages.length }]
        }
      },
      ...(pages.length > 1
        ? { columnIndex: textIndex(pages), offsetIndex: { page_locations: locations } }
        : {})
    }
  }

  /** Makes a page of the texts from a slot on. */
  #encode(element: SchemaElement, { repetitionLevels, values }: PageData, start: number): Page {
    let length = 0
    let nulls = 0
    let buffer = this.#buffer
    // Places of the least and the greatest text by their bytes.
    let [minFrom, minTo, maxFrom, maxTo] = [-1, -1, -1, -1]
    let at = start
    for (; at < values.length; at++) {
      const beginsRow = repetitionLevels.length === 0 || repetitionLevels[at] === 0
      if (length >= this.#bytesInPage && beginsRow) break
      const text: unknown = values[at]
      if (typeof text !== "string") {
        nulls++
        continue
      }
      const from = length + lengthBytes
      if (from + text.length * bytesForAUnit > buffer.length)
        buffer = this.#withRoom(length, from + Buffer.byteLength(text))
      const to = from + buffer.write(text, from)
      buffer.writeUInt32LE(to - from, length)
      length = to
      if (minFrom < 0) [minFrom, minTo, maxFrom, maxTo] = [from, to, from, to]
      else if (buffer.compare(buffer, maxFrom, maxTo, from, to) > 0) [maxFrom, maxTo] = [from, to]
      else if (buffer.compare(buffer, minFrom, minTo, from, to) < 0) [minFrom, minTo] = [from, to]
    }
    return {
      length,
      end: at,
      nulls,
      min: minFrom < 0 ? undefined : textBound(buffer.subarray(minFrom, minTo), element, "min"),
      max: minFrom < 0 ? undefined : textBound(buffer.subarray(maxFrom, maxTo), element, "max")
    }
  }

  /** The buffer, where it has so many bytes; else a wider one that begins alike. */
  #withRoom(used: number, needed: number): Buffer {
    if (needed <= this.#buffer.length) return this.#buffer
    const wider = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2))
    this.#buffer.copy(wider, 0, 0, used)
    this.#buffer = wider
    return wider
  }

  /** Writes a page; gives its bytes before compression. */
  #writePage(
    { definitionLevels, maxDefinitionLevel, repetitionLevels }: PageData,
    start: number,
    { end, length, nulls }: Page,
    rows: number,
    maxRepetitionLevel: number,
    body: Uint8Array
  ): number {
    const levels = this.#levels
    levels.index = 0
    levels.offset = 0
    const written = (of: ReadonlyArray<number>, max: number): number =>
      max === 0
        ? 0
        : writeRleBitPackedHybrid(levels, of.slice(start, end), Math.ceil(Math.log2(max + 1)))
    const repetition = written(repetitionLevels, maxRepetitionLevel)
    const definition = written(definitionLevels, maxDefinitionLevel)
    const writer = this.#writer
    const headerStart = writer.offset
    writePageHeader(writer, {
      type: "DATA_PAGE_V2",
      uncompressed_page_size: levels.offset + length,
      compressed_page_size: levels.offset + body.length,
      data_page_header_v2: {
        num_values: end - start,
        num_nulls: nulls,
        num_rows: rows,
        encoding: "PLAIN",
        definition_levels_byte_length: definition,
        repetition_levels_byte_length: repetition,
        is_compressed: true
      }
    })
    const headerBytes = writer.offset - headerStart
    writer.appendBytes(levels.getBytes())
    writer.appendBytes(body)
    return headerBytes + levels.offset + length
  }
}

const rowsWithin = (
  repetitionLevels: ReadonlyArray<number>,
  start: number,
  end: number
): number => {
  if (repetitionLevels.length === 0) return end - start
  let rows = 0
  for (let at = start; at < end; at++) if (repetitionLevels[at] === 0) rows++
  return rows
}

const looked = 256

/**
 * Whether more than a tenth of some texts, from all over a column, are there already: a dictionary
 * holds them in less.
 */
export const comeAgain = (texts: ArrayLike<unknown>): boolean => {
  const step = Math.max(1, texts.length / looked)
  const some: Array<unknown> = []
  for (let i = 0; i < texts.length; i += step) some.push(texts[Math.floor(i)])
  // As a rule their beginnings tell, and long texts need not be read to their ends.
  return mostlyDifferent(some.map(beginning)) ? false : !mostlyDifferent(some)
}

const mostlyDifferent = (values: ReadonlyArray<unknown>): boolean =>
  new Set(values).size >= values.length * 0.9

const beginning = (value: unknown): unknown =>
  typeof value === "string" ? value.slice(0, 40) : value
