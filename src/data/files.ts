/** Which files a path, a folder or a pattern means. */
import { existsSync, globSync, readdirSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { DataError } from "./DataError.ts"
import { endings, type FileType, formatByName } from "./FileFormat.ts"

/** Files that lie beside rows and hold none. */
export const notRows: ReadonlySet<string> = new Set(["README.md", "config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "dummy_data.zip"])

/** The files meant by paths, folders and patterns, those of a folder or pattern in the order of their names. */
export const filesOf = (given: string | ReadonlyArray<string>, type?: FileType): ReadonlyArray<string> => [given].flat().flatMap((path) => {
  // A file may have a name that looks like a pattern.
  if (/[*?[{]/.test(path) && !existsSync(path)) return found(path, globSync(path).filter((file) => statSync(file).isFile()).sort())
  let isFolder
  try {
    isFolder = statSync(path).isDirectory()
  } catch (thrown) {
    throw DataError.of("read", path, thrown)
  }
  return isFolder ? inFolder(path, type) : [path]
})

const inFolder = (folder: string, type: FileType | undefined): ReadonlyArray<string> => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => !notRows.has(basename(file)) && !/(^|[/\\])\./.test(file)).map((file) => join(folder, file))
  const typed = Map.groupBy(files, (file) => formatByName(file)?.type)
  typed.delete(undefined)
  if (type !== undefined) return found(folder, typed.get(type)?.sort() ?? [])
  if (typed.size > 1) {
    const counts = [...typed].map(([kind, members]) => `${members.length} ${kind}`).join(", ")
    throw new DataError({ action: "read", path: folder, detail: `it holds files of several types (${counts}). Say which with filetype, or give a pattern.` })
  }
  return found(folder, [...typed.values()].flat().sort())
}

const found = (pattern: string, files: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (files.length === 0) throw new DataError({ action: "read", path: pattern, detail: `no file fits. Files end in ${endings.join(", ")}.` })
  return files
}
