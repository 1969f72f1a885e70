/** Files of rows: which ones a path, a folder or a pattern means, and how each is read. */
import { globSync, statSync } from "node:fs"
import { extname, join } from "node:path"
import type { Row } from "../columns/Row.ts"
import { DataError } from "./DataError.ts"
import { readJsonLines } from "./JsonLines.ts"
import { readCsv } from "./readCsv.ts"

/** How rows are written in a file. */
export type FileType = "jsonl" | "csv" | "tsv"

const typeByEnding: Readonly<Record<string, FileType>> = { ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "tsv" }

/** The files meant by paths, folders and patterns, those of a folder or pattern in the order of their names. */
export const filesOf = (given: string | ReadonlyArray<string>): ReadonlyArray<string> => [given].flat().flatMap((path) => {
  if (/[*?[{]/.test(path)) return found(path, globSync(path).sort())
  let isFolder
  try {
    isFolder = statSync(path).isDirectory()
  } catch (thrown) {
    throw DataError.of("read", path, thrown)
  }
  return isFolder ? found(path, globSync(join(path, "**/*")).filter((file) => extname(file) in typeByEnding).sort()) : [path]
})

const found = (pattern: string, files: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (files.length === 0) throw new DataError({ action: "read", path: pattern, detail: `no file fits. Files end in ${Object.keys(typeByEnding).join(", ")}.` })
  return files
}

/** The type of a file by its ending. */
export const fileTypeOf = (path: string): FileType => {
  const type = typeByEnding[extname(path).toLowerCase()]
  if (type !== undefined) return type
  throw new DataError({ action: "read", path, detail: `its ending says no known type. Use ${Object.keys(typeByEnding).join(", ")}, or say which with filetype.` })
}

/** Rows of a file, one at a time. */
export const readFile = (path: string, type: FileType = fileTypeOf(path)): AsyncGenerator<Row> =>
  type === "jsonl" ? readJsonLines(path) : readCsv(path, type === "csv" ? "," : "\t")
