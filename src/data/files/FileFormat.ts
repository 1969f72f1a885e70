/** File formats: what the ending of a file says, and how to open it. */
import { extname } from "node:path"
import { type ByteSource, passing } from "../rows/ByteSource.ts"
import { DataError } from "../rows/DataError.ts"
import { type RowFile, sequentialFile, skipping } from "../rows/RowFile.ts"
import type { TextOptions } from "../rows/TextOptions.ts"
import { utf8 } from "../rows/utf8.ts"
import { openArrow } from "./arrow/arrow.ts"
import { type Compression, contentOf } from "./decompressed.ts"
import { openParquet } from "./parquet/parquet.ts"
import { csvRows } from "./text/csv.ts"
import { jsonDocumentRows } from "./text/jsonDocument.ts"
import { fieldOf } from "./text/jsonField.ts"
import { jsonLinesRows } from "./text/jsonLines.ts"
import { parseJsonText } from "./text/jsonText.ts"
import { textRows } from "./text/textLines.ts"

/** How rows are written in a file. */
export type FileType = "jsonl" | "json" | "csv" | "tsv" | "txt" | "parquet" | "arrow"

export const fileTypes: ReadonlyArray<FileType> = [
  "jsonl",
  "json",
  "csv",
  "tsv",
  "txt",
  "parquet",
  "arrow"
]

export interface FileFormat {
  readonly type: FileType
  readonly compression: Compression | undefined
  /** How its text is to be read. */
  readonly text?: TextOptions | undefined
}

const typeByEnding: Readonly<Record<string, FileType>> = {
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".json": "json",
  ".csv": "csv",
  ".tsv": "tsv",
  ".txt": "txt",
  ".parquet": "parquet",
  ".arrow": "arrow",
  ".feather": "arrow"
}
const compressionByEnding: Readonly<Record<string, Compression>> = {
  ".gz": "gzip",
  ".zst": "zstd",
  ".zstd": "zstd",
  ".bz2": "bzip2",
  ".xz": "xz",
  ".zip": "zip"
}

/** What a name says; undefined if it says nothing that can be read. */
export const formatByName = (name: string, type?: FileType): FileFormat | undefined => {
  const compression = compressionByEnding[extname(name).toLowerCase()]
  const inner = compression === undefined ? name : name.slice(0, -extname(name).length)
  const found = type ?? typeByEnding[extname(inner).toLowerCase()]
  return found === undefined ? undefined : { type: found, compression }
}

/** The format of a file by its name. */
export const formatOf = (name: string, type?: FileType): FileFormat => {
  const format = formatByName(name, type)
  if (format === undefined)
    throw new DataError({
      action: "read",
      path: name,
      detail: `its ending is not one of a known type. Use ${Object.keys(typeByEnding).join(", ")} (with ${Object.keys(compressionByEnding).join(", ")} after it where it is compressed), or set filetype.`
    })
  return format
}

export const endings: ReadonlyArray<string> = Object.keys(typeByEnding)

/** Opens a file of rows. */
export const openRowFile = async (
  source: ByteSource,
  { compression, text = {}, type }: FileFormat
): Promise<RowFile> => {
  const { name } = source
  const content = (): AsyncGenerator<Buffer> =>
    utf8(name, contentOf(source, compression), text.encoding)
  switch (type) {
    case "jsonl":
      return text.field !== undefined
        ? jsonField(name, content, text.field)
        : // Lines are checked one by one, so that a message has the line's number.
          sequentialFile(name, (skip) =>
            jsonLinesRows(
              name,
              text.encoding !== undefined
                ? content()
                : compression === undefined
                  ? passing(source)
                  : contentOf(source, compression),
              skip,
              parseJsonText
            )
          )
    case "json":
      return text.field !== undefined
        ? jsonField(name, content, text.field)
        : sequentialFile(name, (skip) => jsonDocumentRows(name, content(), skip))
    case "csv":
    case "tsv":
      return sequentialFile(name, (skip) =>
        skipping(csvRows(name, content(), text, type === "csv" ? "," : "\t"), skip)
      )
    case "txt":
      return sequentialFile(name, (skip) => skipping(textRows(content()), skip))
    case "parquet":
    case "arrow":
      if (compression !== undefined)
        throw new DataError({
          action: "read",
          path: name,
          detail: `a ${type} file is compressed inside, never as a whole. Decompress it first.`
        })
      return type === "parquet" ? openParquet(source) : openArrow(source)
  }
}

const jsonField = (name: string, content: () => AsyncGenerator<Buffer>, field: string): RowFile =>
  sequentialFile(name, (skip) => jsonDocumentRows(name, fieldOf(name, content(), field), skip))
