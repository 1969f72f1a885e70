/** Files that commands write. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { DataError } from "../data/rows/DataError.ts"

/** Writes a text, and the folders that it needs. */
export const writeText = (path: string, text: string): void => {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  } catch (thrown) {
    throw DataError.of("write", path, thrown)
  }
}
