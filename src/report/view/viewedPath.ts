/** A folder or a file on this machine, to be looked at. */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs"
import { basename, dirname, join, resolve, sep } from "node:path"
import { endings } from "../../data/files/FileFormat.ts"
import { localFile } from "../../data/rows/ByteSource.ts"
import { DataError } from "../../data/rows/DataError.ts"
import { readLateAnswers } from "../figures/LateAnswers.ts"
import type { Profile } from "../figures/Profile.ts"
import type { ReportFile } from "../figures/ReportData.ts"
import { readFigures, type SubsetFigures } from "../figures/RunFigures.ts"
import { profileOf } from "../profile/profileOf.ts"
import { profiledRows } from "../write/profiledRows.ts"
import { runFile } from "../write/runFiles.ts"
import type { Copies } from "./Copies.ts"
import {
  copiedFormat,
  notReadable,
  type SubsetNames,
  subsetsOfDataset,
  subsetsOfRun,
  subsetsOfSaved,
  typeOf
} from "./subsets.ts"
import type { Viewed, ViewedFile, ViewedSubset } from "./Viewed.ts"

/** More are not listed: nobody looks at so many. */
const mostFiles = 20_000

/**
 * Files that a page cannot read piece by piece are shown by copies; without a place for these they
 * are told not to be shown.
 */
export const viewedPath = async (path: string, copies?: Copies): Promise<Viewed> => {
  let isFolder
  try {
    isFolder = statSync(path).isDirectory()
  } catch (thrown) {
    throw DataError.of("read", path, thrown)
  }
  // Who has the page at hand means the run.
  if (!isFolder && path.endsWith(".html")) return viewedFolder(dirname(path), copies)
  return isFolder ? viewedFolder(path, copies) : viewedFile(path, copies)
}

const viewedFile = async (path: string, copies: Copies | undefined): Promise<Viewed> => {
  const name = basename(path)
  const rows = await filesOf(dirname(path), [name], copies)
  if (rows.length === 0)
    throw new DataError({
      action: "read",
      path,
      detail: `its ending says no known type. Files end in ${endings.join(", ")}.`
    })
  return {
    title: name,
    subsets: [{ name, rows, errors: [], profile: await profileOfFiles(rows) }],
    notShown: []
  }
}

const viewedFolder = async (folder: string, copies: Copies | undefined): Promise<Viewed> => {
  const figures = readFigures(folder)
  const files = filesIn(folder)
  const subsets =
    figures === undefined
      ? await subsetsIn(folder, files)
      : figures.subsets.map((subset) => filesOfRun(folder, subset))
  if (figures === undefined && subsets.length === 0)
    throw new DataError({
      action: "read",
      path: folder,
      detail: `there are no rows in this folder. Files end in ${endings.join(", ")}.`
    })
  const shown: Array<ViewedSubset> = []
  for (const { errors, name, rows } of subsets) {
    const files = await filesOf(folder, rows, copies)
    shown.push({
      name,
      rows: files,
      errors: await filesOf(folder, errors, copies),
      profile: await profileOfFiles(files)
    })
  }
  return {
    title: figures?.pipeline ?? basename(resolve(folder)),
    figures: figures === undefined ? undefined : { ...figures, late: readLateAnswers(folder) },
    subsets: shown,
    notShown:
      copies !== undefined
        ? []
        : subsets
            .flatMap(({ errors, rows }) => [...rows, ...errors])
            .filter((file) => typeOf(file) === undefined)
            .map(notReadable)
  }
}

/** What the rows of files hold; undefined where one cannot be read, which its table will say. */
const profileOfFiles = (files: ReadonlyArray<ViewedFile>): Promise<Profile | undefined> =>
  profileOf(profiledRows(files)).catch(() => undefined)

/** The files of a run's subset. */
const filesOfRun = (folder: string, { errors, name }: SubsetFigures): SubsetNames => {
  const named = (file: ReportFile | undefined): ReadonlyArray<string> =>
    file === undefined ? [] : [file.name]
  return {
    name,
    rows: named(runFile(folder, name)),
    errors: errors === 0 ? [] : named(runFile(folder, `${name}.errors`))
  }
}

/** A folder that no run of ours has left: files side by side, or laid out as on the Hub. */
const subsetsIn = async (
  folder: string,
  files: ReadonlyArray<string>
): Promise<ReadonlyArray<SubsetNames>> => {
  const saved = subsetsOfSaved(files)
  if (saved.length > 0) return saved
  const readme = join(folder, "README.md")
  const described = existsSync(readme)
  const besides = described ? [] : subsetsOfRun(files)
  if (besides.length > 0) return besides
  try {
    return await subsetsOfDataset(files, described ? readFileSync(readme, "utf8") : undefined)
  } catch (thrown) {
    throw new DataError({
      action: "read",
      path: readme,
      detail: `its front matter is no YAML: ${(thrown as Error).message}`
    })
  }
}

/** Files of the folder, and of none that a link leads to outside of it. */
const filesIn = (folder: string): ReadonlyArray<string> => {
  const inside = realpathSync(folder)
  const found: Array<string> = []
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(join(folder, "x").length - 1).replaceAll("\\", "/")
    if (/(^|\/)\./.test(name) || !(entry.isFile() || entry.isSymbolicLink())) continue
    if (entry.isSymbolicLink() && !isInside(path, inside)) continue
    found.push(name)
    if (found.length >= mostFiles) break
  }
  return found.sort()
}

const isInside = (path: string, folder: string): boolean => {
  try {
    return realpathSync(path).startsWith(folder + sep) && statSync(path).isFile()
  } catch {
    return false
  }
}

/** The files that can be shown, as they are or by copies. */
const filesOf = async (
  folder: string,
  names: ReadonlyArray<string>,
  copies: Copies | undefined
): Promise<ReadonlyArray<ViewedFile>> => {
  const files: Array<ViewedFile> = []
  for (const name of names) {
    const path = join(folder, name)
    const [type, format] = [typeOf(name), copiedFormat(name)]
    if (type !== undefined)
      files.push({ name, type, bytes: statSync(path).size, source: localFile(path) })
    else if (format !== undefined && copies !== undefined) {
      const copy = await copies.of(path, format)
      files.push({ name, type: "jsonl", bytes: copy.bytes, source: copy.source })
    }
  }
  return files
}
