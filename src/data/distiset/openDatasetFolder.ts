/** Opens the folder of a dataset, wherever it is. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { DataError } from "../rows/DataError.ts"
import { isAddress } from "../stores/storeAddress.ts"
import { Checksums } from "./checksums.ts"
import { type DatasetFolder, notAFolder } from "./DatasetFolder.ts"
import { storedFolder } from "./storedFolder.ts"

/** Opens a folder by its path or address. */
export const openDatasetFolder = async (path: string): Promise<DatasetFolder> => {
  if (isAddress(path)) return storedFolder(path)
  const entries = told(path, () => readdirSync(path, { withFileTypes: true }))
  return {
    path,
    at: (name) => join(path, name),
    has: async (name) => existsSync(join(path, name)),
    folders: async () =>
      entries
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort(),
    names: async () => entries.map(({ name }) => name),
    files: async () =>
      readdirSync(path, { recursive: true, encoding: "utf8" })
        .filter((file) => statSync(join(path, file)).isFile())
        .map((file) => file.replaceAll("\\", "/")),
    text: async (name) => told(join(path, name), () => readFileSync(join(path, name), "utf8")),
    checksums: async () => Checksums.read(path)
  }
}

const told = <A>(path: string, read: () => A): A => {
  try {
    return read()
  } catch (thrown) {
    throw (thrown as NodeJS.ErrnoException).code === "ENOTDIR"
      ? notAFolder(path)
      : DataError.of("read", path, thrown)
  }
}
