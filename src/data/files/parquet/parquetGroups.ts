/**
 * Row groups of a Parquet file. Texts, which most rows are made of, are written here; all other
 * columns, dictionaries and the footer by the package.
 */
import { constants, zstdCompressSync } from "node:zlib"
import type { ColumnChunk, KeyValue, SchemaElement, SchemaTree } from "hyparquet"
import { ByteWriter, ParquetWriter } from "hyparquet-writer"
import { writeColumn } from "hyparquet-writer/src/column.js"
import { encodeNestedValues } from "hyparquet-writer/src/dremel.js"
import { schemaPathResolver } from "hyparquet-writer/src/schema.js"
import { comeAgain, TextChunks } from "./TextChunks.ts"

/** As many as Arrow's writers put in one. */
const bytesInTextPage = 1 << 20
// The package copies larger ones from buffer to buffer as they grow, outside of what a processor keeps near.
const bytesInPage = 1 << 18

/** A file that row groups are written to, one after the other. */
export interface ParquetGroups {
  /** Writes a row group: of each column of the schema, in its order, a value for each row. */
  readonly write: (columns: ReadonlyArray<ReadonlyArray<unknown>>, rows: number) => void
  /** Writes the footer. */
  readonly finish: () => void
}

/** What is written goes to `output`, which has to do with the bytes at once. */
export const parquetGroups = (
  schema: Array<SchemaElement>,
  kvMetadata: Array<KeyValue>,
  output: (bytes: Uint8Array) => void
): ParquetGroups => {
  const bytes = new ByteWriter()
  const flush = (): void => {
    output(new Uint8Array(bytes.buffer, 0, bytes.index))
    bytes.index = 0
  }
  const writer = new ParquetWriter({
    writer: Object.assign(bytes, { flush, finish: flush }),
    schema,
    codec: "ZSTD",
    createdBy: "distilabel-ts",
    kvMetadata
  })
  const texts = new TextChunks(bytes, bytesInTextPage)
  const pathOf = schemaPathResolver(schema)
  const [root] = pathOf([])
  const columns = root!.children.map(({ element }) =>
    leavesOf(pathOf([element.name])).map((path) => ({ path, compressed: compressor() }))
  )

  const chunkOf = ({ compressed, path }: Leaf, data: Array<unknown>): ColumnChunk => {
    const schemaPath = path.map(({ element }) => element)
    const element = schemaPath.at(-1)!
    const levels = encodeNestedValues([...path], data)
    const written =
      element.converted_type === "UTF8" && !comeAgain(levels.values as ArrayLike<unknown>)
        ? texts.write(schemaPath, levels, compressed)
        : writeColumn({
            writer: bytes,
            column: {
              columnName: schemaPath
                .slice(1)
                .map(({ name }) => name)
                .join("."),
              element,
              schemaPath,
              codec: "ZSTD",
              compressors: { ZSTD: compressed },
              stats: true,
              pageSize: bytesInPage,
              columnIndex: true,
              offsetIndex: true
            },
            pageData: levels
          })
    writer.pendingIndexes.push(written)
    return written.chunk
  }

  return {
    write: (values, rows) => {
      const start = bytes.offset
      const chunks = columns.flatMap((leaves, i) =>
        leaves.map((leaf) => chunkOf(leaf, values[i] as Array<unknown>))
      )
      writer.row_groups.push({
        columns: chunks,
        num_rows: BigInt(rows),
        total_byte_size: chunks.reduce(
          (sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n),
          0n
        ),
        total_compressed_size: BigInt(bytes.offset - start)
      })
      writer.num_rows += BigInt(rows)
      flush()
    },
    finish: () => void writer.finish()
  }
}

/** What has values: a column, or a field within one. */
interface Leaf {
  /** From the root to it. */
  readonly path: ReadonlyArray<SchemaTree>
  readonly compressed: (page: Uint8Array) => Uint8Array
}

/** The paths from the root to all leaves below the end of a path. */
const leavesOf = (path: ReadonlyArray<SchemaTree>): ReadonlyArray<ReadonlyArray<SchemaTree>> => {
  const { children } = path.at(-1)!
  return children.length === 0 ? [path] : children.flatMap((child) => leavesOf([...path, child]))
}

/**
 * Compresses pages of a column, at the level of Arrow's writers, which takes half the time of
 * zstd's own default. Each page gets about the room that the one before it took: what does not fit
 * comes in pieces that are put together, and too much room is memory that is collected in vain.
 */
const compressor = (): ((page: Uint8Array) => Uint8Array) => {
  let share = 0.5
  return (page) => {
    const compressed = zstdCompressSync(page, {
      params: { [constants.ZSTD_c_compressionLevel]: 1 },
      chunkSize: Math.ceil(page.length * share * 1.1) + 1024
    })
    if (page.length > 0) share = compressed.length / page.length
    return compressed
  }
}
