/** Where files of rows lie, as loading asks for them: files of this machine. */
import { existsSync, globSync, readdirSync, statSync } from "node:fs"
import { type ByteSource, localFile } from "../rows/ByteSource.ts"
import { DataError } from "../rows/DataError.ts"

/** What loading asks of the place where files lie. */
export interface Files {
  /**
   * The files below a folder, as paths from there with `/` between names; undefined if it is a
   * file. Fails with a `DataError` if nothing is there.
   */
  readonly list: (path: string) => Promise<ReadonlyArray<string> | undefined>
  /** The paths that a pattern (`data/*.jsonl`) fits; undefined if the text is a path itself. */
  readonly match: (pattern: string) => Promise<ReadonlyArray<string> | undefined>
  /** A file, which is looked at when it is read. */
  readonly open: (path: string) => ByteSource
}

/** Files of this machine. */
export const localFiles: Files = {
  list: async (path) => {
    try {
      if (!statSync(path).isDirectory()) return undefined
      return readdirSync(path, { recursive: true, encoding: "utf8" }).map((file) =>
        file.replaceAll("\\", "/")
      )
    } catch (thrown) {
      throw DataError.of("read", path, thrown)
    }
  },
  // A file may have a name that looks like a pattern.
  match: async (pattern) =>
    /[*?[{]/.test(pattern) && !existsSync(pattern)
      ? globSync(pattern).filter((file) => statSync(file).isFile())
      : undefined,
  open: localFile
}
