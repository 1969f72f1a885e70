/** Which files of a folder or a repository are which subset. */
import { posix } from "node:path"
import { type FileFormat, formatByName } from "../../data/files/FileFormat.ts"
import { configurationsOf, filesOfConfiguration } from "../../data/files/layout.ts"
import { frontMatterOf } from "../../data/hub/frontMatter.ts"
import type { ReportFile } from "../figures/ReportData.ts"

/** A subset by the names of its files. */
export interface SubsetNames {
  readonly name: string
  readonly rows: ReadonlyArray<string>
  readonly errors: ReadonlyArray<string>
}

const rowFile =
  /^(.*?)(\.errors)?(\.(?:jsonl|ndjson|parquet|csv|tsv|arrow|feather)(?:\.(?:gz|zst|zstd))?)(?:\.partial)?$/

/**
 * Files as a run has written them: `NAME.jsonl`, and `NAME.errors.jsonl` beside it; each file is a
 * subset.
 */
export const subsetsOfRun = (files: ReadonlyArray<string>): ReadonlyArray<SubsetNames> => {
  const found = files.flatMap((file) => {
    const [, name, errors, ending] = rowFile.exec(file) ?? []
    return name === undefined || file.includes("/")
      ? []
      : [{ file, name, ending, failed: errors !== undefined }]
  })
  return [...Map.groupBy(found, ({ name }) => name)].flatMap(([name, own]) => {
    const errors = own.filter(({ failed }) => failed).map(({ file }) => file)
    const byEnding = [
      ...Map.groupBy(
        own.filter(({ failed }) => !failed),
        ({ ending }) => ending
      )
    ]
    if (byEnding.length === 0) return [{ name, rows: [], errors }]
    // The same rows in another format are no more rows.
    return byEnding.map(([ending, files], i) => ({
      name: byEnding.length > 1 ? `${name}${ending}` : name,
      rows: files.map(({ file }) => file),
      errors: i === 0 ? errors : []
    }))
  })
}

/** Files laid out as on the Hub: configurations, described by the README or not, with their splits. */
export const subsetsOfDataset = async (
  files: ReadonlyArray<string>,
  readme: string | undefined
): Promise<ReadonlyArray<SubsetNames>> => {
  const configurations = configurationsOf(await frontMatterOf(readme))
  return configurations.flatMap((configuration) => {
    const { splits } = filesOfConfiguration(files, configuration)
    // Rows that failed are those of a configuration, not of a split.
    const failed = files.filter((file) => file === `errors/${configuration.name}.jsonl`)
    return [...splits].map(([split, rows], i) => ({
      name: [...(configurations.length > 1 ? [configuration.name] : []), split].join("/"),
      rows,
      errors: i === 0 ? failed : []
    }))
  })
}

/**
 * Files as Python's `save_to_disk` lays them out, in a folder for each configuration and split:
 * `CONFIG/SPLIT/data-00000-of-00001.arrow`.
 */
export const subsetsOfSaved = (files: ReadonlyArray<string>): ReadonlyArray<SubsetNames> => {
  const folders = files
    .filter((file) => /^(?:[^/]+\/){0,2}state\.json$/.test(file))
    .map((file) => posix.dirname(file))
  const configurations = new Set(folders.map((folder) => posix.dirname(folder)))
  const told = new Set<string>()
  return folders.map((folder) => {
    const configuration = posix.dirname(folder)
    const errors = told.has(configuration)
      ? []
      : files.filter((file) => file === `errors/${configuration}.jsonl`)
    told.add(configuration)
    return {
      name: folder === "." ? "train" : configurations.size > 1 ? folder : posix.basename(folder),
      rows: files.filter((file) => file.endsWith(".arrow") && posix.dirname(file) === folder),
      errors
    }
  })
}

/** Files that the Hub has converted: `CONFIG/SPLIT/0000.parquet`. */
export const subsetsOfConversion = (files: ReadonlyArray<string>): ReadonlyArray<SubsetNames> => {
  const subsets = Map.groupBy(
    files.toSorted().filter((file) => /^[^/]+\/[^/]+\/\d+\.parquet$/.test(file)),
    (file) => file.split("/").slice(0, 2).join("/")
  )
  return [...subsets].map(([name, rows]) => ({ name, rows, errors: [] }))
}

/** How a page reads a file piece by piece; undefined where it cannot. */
export const typeOf = (file: string): ReportFile["type"] | undefined => {
  const format = formatByName(file.replace(/\.partial$/, ""))
  return format !== undefined &&
    format.compression === undefined &&
    (format.type === "jsonl" || format.type === "parquet")
    ? format.type
    : undefined
}

export const notReadable = (file: string): string =>
  `'${file}' is not shown: only JSON Lines and Parquet can be read piece by piece.`

/** The format of a file that can be shown by a copy of its rows. */
export const copiedFormat = (file: string): FileFormat | undefined =>
  typeOf(file) === undefined ? formatByName(file) : undefined
