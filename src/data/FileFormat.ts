/** File formats: what the ending of a file says, and how to open it. */
import { extname } from "node:path"
import type { ByteSource } from "./ByteSource.ts"
import { DataError } from "./DataError.ts"
import { type Compression, contentOf } from "./decompressed.ts"
import { openArrow } from "./formats/arrow.ts"
import { csvRows } from "./formats/csv.ts"
import { jsonDocumentRows } from "./formats/jsonDocument.ts"
import { jsonLinesRows } from "./formats/jsonLines.ts"
import { openParquet } from "./formats/parquet.ts"
import { type RowFile, sequentialFile, skipping } from "./RowFile.ts"

/** How rows are written in a file. */
export type FileType = "jsonl" | "json" | "csv" | "tsv" | "parquet" | "arrow"

export const fileTypes: ReadonlyArray<FileType> = ["jsonl", "json", "csv", "tsv", "parquet", "arrow"]

export interface FileFormat {
  readonly type: FileType
  readonly compression: Compression | undefined
  /** What separates the values of CSV. Default: a comma, in TSV a tab. */
  readonly delimiter?: string | undefined
}

const typeByEnding: Readonly<Record<string, FileType>> = {
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".json": "json",
  ".csv": "csv",
  ".tsv": "tsv",
  ".parquet": "parquet",
  ".arrow": "arrow",
  ".feather": "arrow"
}
const compressionByEnding: Readonly<Record<string, Compression>> = { ".gz": "gzip", ".zst": "zstd", ".zstd": "zstd" }

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
  if (format === undefined) throw new DataError({ action: "read", path: name, detail: `its ending says no known type. Use ${Object.keys(typeByEnding).join(", ")} (with .gz or .zst where it is compressed), or say which with filetype.` })
  return format
}

export const endings: ReadonlyArray<string> = Object.keys(typeByEnding)

/** Opens a file of rows. */
export const openRowFile = async (source: ByteSource, { compression, delimiter, type }: FileFormat): Promise<RowFile> => {
  const { name } = source
  switch (type) {
    case "jsonl":
      return sequentialFile(name, (skip) => jsonLinesRows(name, contentOf(source, compression), skip))
    case "json":
      return sequentialFile(name, (skip) => jsonDocumentRows(name, contentOf(source, compression), skip))
    case "csv":
    case "tsv":
      return sequentialFile(name, (skip) => skipping(csvRows(name, contentOf(source, compression), delimiter ?? (type === "csv" ? "," : "\t")), skip))
    case "parquet":
    case "arrow":
      if (compression !== undefined) throw new DataError({ action: "read", path: name, detail: `a ${type} file is compressed inside, never as a whole. Decompress it first.` })
      return type === "parquet" ? openParquet(source) : openArrow(source)
  }
}
