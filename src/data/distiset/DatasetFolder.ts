/** The folder of a dataset, on this machine or in an object store, as those see it who read one. */
import { DataError } from "../rows/DataError.ts"
import type { CheckedFiles } from "./checksums.ts"

export interface DatasetFolder {
  /** What messages call it. */
  readonly path: string
  /** What messages call something in it. */
  readonly at: (name: string) => string
  readonly has: (name: string) => Promise<boolean>
  /** The names of folders in it, and of files. */
  readonly folders: () => Promise<ReadonlyArray<string>>
  readonly names: () => Promise<ReadonlyArray<string>>
  /** Files in it and below, with `/` between names. */
  readonly files: () => Promise<ReadonlyArray<string>>
  /** The text of a small file, which must be there. */
  readonly text: (name: string) => Promise<string>
  readonly checksums: () => Promise<CheckedFiles>
}

export const notAFolder = (path: string): DataError =>
  new DataError({
    action: "read",
    path,
    detail: "it is a file, not the folder of a dataset. Load files with LoadDataFromFileSystem."
  })
