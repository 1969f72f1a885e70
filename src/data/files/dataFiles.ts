/** Which files a path, a folder or a pattern means. */
import { basename, join } from "node:path"
import { DataError } from "../rows/DataError.ts"
import { endings, type FileType, formatByName } from "./FileFormat.ts"
import { splitsByName } from "./layout.ts"
import type { Files } from "./localFiles.ts"
import { notRows } from "./notRows.ts"

/**
 * The files meant by paths, folders and patterns, those of a folder or pattern in the order of
 * their names; of a folder with several splits, those of one.
 */
export const filesOf = async (
  files: Files,
  given: string | ReadonlyArray<string>,
  type?: FileType,
  split?: string
): Promise<ReadonlyArray<string>> => {
  const paths: Array<string> = []
  for (const path of [given].flat()) {
    const matched = await files.match(path)
    if (matched !== undefined) paths.push(...found(path, matched.toSorted()))
    else {
      const below = await files.list(path)
      if (below === undefined) paths.push(path)
      else paths.push(...inFolder(path, below, type, split))
    }
  }
  return paths
}

const inFolder = (
  folder: string,
  below: ReadonlyArray<string>,
  type: FileType | undefined,
  split: string | undefined
): ReadonlyArray<string> => {
  const files = below.filter((file) => !notRows.has(basename(file)) && !/(^|\/)\./.test(file))
  const typed = Map.groupBy(files, (file) => formatByName(file)?.type)
  typed.delete(undefined)
  if (type === undefined && typed.size > 1) {
    const counts = [...typed].map(([kind, members]) => `${members.length} ${kind}`).join(", ")
    throw new DataError({
      action: "read",
      path: folder,
      detail: `it holds files of several types (${counts}). Say which with filetype, or give a pattern.`
    })
  }
  const rows = type === undefined ? [...typed.values()].flat() : (typed.get(type) ?? [])
  return found(
    folder,
    ofSplit(folder, rows, split)
      .toSorted()
      .map((file) => within(folder, file))
  )
}

/** Addresses keep their two slashes. */
const within = (folder: string, file: string): string =>
  folder.includes("://") ? `${folder.replace(/\/+$/, "")}/${file}` : join(folder, file)

/** Splits are never mixed: which one is meant must be said where there are several. */
const ofSplit = (
  folder: string,
  files: ReadonlyArray<string>,
  split: string | undefined
): ReadonlyArray<string> => {
  const splits = splitsByName(files)
  const names = [...splits.keys()].join(", ")
  if (split === undefined && splits.size > 1)
    throw new DataError({
      action: "read",
      path: folder,
      detail: `it holds several splits (${names}). Choose one with split, or give a pattern.`
    })
  if (split === undefined) return files
  const chosen = splits.get(split)
  if (chosen === undefined)
    throw new DataError({
      action: "read",
      path: folder,
      detail: `it holds no split '${split}'${names === "" ? ": its files name none" : ` (there are: ${names})`}. Correct split, or give a pattern.`
    })
  return chosen
}

const found = (pattern: string, files: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (files.length === 0)
    throw new DataError({
      action: "read",
      path: pattern,
      detail: `no file fits. Files end in ${endings.join(", ")}.`
    })
  return files
}
