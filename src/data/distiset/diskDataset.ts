/**
 * Datasets on disk: folders that Python's `save_to_disk` has written, of a dataset, of its splits
 * or of a Distiset, and folders laid out as on the Hub.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join, posix } from "node:path"
import { closest } from "../../columns/closest.ts"
import { imagesBeside } from "../files/imageFolder.ts"
import { configurationsOf, filesOfConfiguration } from "../files/layout.ts"
import type { SequenceFile } from "../files/RowSequence.ts"
import { splitOf } from "../hub/dataset.ts"
import { type FrontMatter, frontMatterOf } from "../hub/frontMatter.ts"
import { HubError } from "../hub/HubError.ts"
import { DataError } from "../rows/DataError.ts"
import { Checksums } from "./checksums.ts"

/** Which rows of a folder are wanted. */
export interface DiskQuery {
  readonly path: string
  /** Whether the folder holds a folder for each configuration. Default: if it looks so. */
  readonly isDistiset?: boolean | undefined
  readonly config?: string | undefined
  readonly split?: string | undefined
}

export interface DiskDataset {
  readonly files: ReadonlyArray<SequenceFile>
  readonly length: number | undefined
}

/** What a folder holds: the splits of each configuration. */
export const contentsOfDisk = async (
  path: string
): Promise<ReadonlyMap<string, ReadonlyArray<string>>> => {
  const folders = foldersIn(path)
  const configurations = folders.filter(
    (name) => !notConfigurations.has(name) && isSaved(join(path, name))
  )
  if (isSaved(path)) return new Map([["default", splitsIn(path)]])
  if (configurations.length > 0)
    return new Map(configurations.map((name) => [name, splitsIn(join(path, name))]))
  if (existsSync(join(path, "README.md"))) {
    const { files, readme } = filesIn(path)
    const configs = configurationsOf(await frontMatterIn(path, readme))
    return new Map(
      configs.map((config) => [config.name, [...filesOfConfiguration(files, config).splits.keys()]])
    )
  }
  // A run says which files are its own: others may be of a run before.
  const lines = (Checksums.read(path).files ?? readdirSync(path))
    .filter((name) => /^[^/]+\.jsonl$/.test(name) && !name.endsWith(".errors.jsonl"))
    .map((name) => name.slice(0, -".jsonl".length))
  if (lines.length === 0) throw wrong(path, nothingThere)
  return new Map(lines.map((name) => [name, ["train"]]))
}

const splitsIn = (folder: string): ReadonlyArray<string> => {
  const dictionary = join(folder, "dataset_dict.json")
  return existsSync(dictionary)
    ? ((readJson(dictionary) as { readonly splits?: ReadonlyArray<string> }).splits ?? [])
    : ["train"]
}

/** Folders of a Distiset that are no configurations. */
const notConfigurations = new Set(["distiset_configs", "artifacts"])

export const openDiskDataset = async (query: DiskQuery): Promise<DiskDataset> => {
  const { config = "default", path } = query
  const folders = foldersIn(path)
  const lines = `${config}.jsonl`
  const configurations = folders.filter(
    (name) => !notConfigurations.has(name) && isSaved(join(path, name))
  )
  const isDistiset = query.isDistiset ?? (!isSaved(path) && configurations.length > 0)
  if (isDistiset && configurations.length > 0) {
    if (!configurations.includes(config))
      throw wrong(path, `it has no configuration '${config}'${choices(config, configurations)}`)
    return saved(path, config, query.split)
  }
  if (isSaved(path)) return saved(path, "", query.split)
  if (existsSync(join(path, lines)) && !existsSync(join(path, "README.md")))
    return {
      files: [
        {
          source: Checksums.read(path).source(lines),
          format: { type: "jsonl", compression: undefined }
        }
      ],
      length: undefined
    }
  return laidOut(query)
}

const wrong = (path: string, detail: string): DataError =>
  new DataError({ action: "read", path, detail })

const choices = (name: string, names: ReadonlyArray<string>): string => {
  const near = closest(name, names)
  return ` (there are: ${names.join(", ")}${near === undefined ? "" : `; did you mean '${near}'?`}).`
}

const foldersIn = (path: string): ReadonlyArray<string> => {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort()
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOTDIR")
      throw wrong(
        path,
        "it is a file, not the folder of a dataset. Load files with LoadDataFromFileSystem."
      )
    throw DataError.of("read", path, thrown)
  }
}

const isSaved = (folder: string): boolean =>
  existsSync(join(folder, "dataset_dict.json")) || existsSync(join(folder, "state.json"))

/** A dataset of a folder in the way of Python, or one of the splits of several. */
const saved = (path: string, config: string, split: string | undefined): DiskDataset => {
  const folder = join(path, config)
  const dictionary = join(folder, "dataset_dict.json")
  if (existsSync(dictionary)) {
    const { splits } = readJson(dictionary) as { readonly splits?: ReadonlyArray<string> }
    const names = splits ?? []
    const only = split ?? (names.length === 1 ? names[0] : undefined)
    if (only === undefined)
      throw wrong(folder, `it has several splits: choose one with split (${names.join(", ")}).`)
    if (!names.includes(only))
      throw wrong(folder, `it has no split '${only}'${choices(only, names)}`)
    return savedSplit(path, join(config, only))
  }
  const { _split: own } = readJson(join(folder, "state.json")) as {
    readonly _split?: string | null
  }
  if (split !== undefined && typeof own === "string" && own !== split)
    throw wrong(folder, `it has no split '${split}'${choices(split, [own])}`)
  return savedSplit(path, config)
}

const savedSplit = (path: string, within: string): DiskDataset => {
  const folder = join(path, within)
  const checksums = Checksums.read(path)
  const { _data_files: files } = readJson(join(folder, "state.json")) as {
    readonly _data_files?: ReadonlyArray<{ readonly filename: string }>
  }
  if (!Array.isArray(files))
    throw wrong(
      join(folder, "state.json"),
      "it does not name the dataset's files (_data_files). Save the dataset again."
    )
  return {
    files: (files as ReadonlyArray<{ readonly filename: string }>).map(({ filename }) => ({
      source: checksums.source(posix.join(within.replaceAll("\\", "/"), filename)),
      format: { type: "arrow", compression: undefined }
    })),
    length: examplesIn(join(folder, "dataset_info.json"))
  }
}

/**
 * The info may tell of all splits that the dataset once had: it says how many rows there are only
 * where it knows one.
 */
const examplesIn = (path: string): number | undefined => {
  if (!existsSync(path)) return undefined
  const { splits } = readJson(path) as {
    readonly splits?: Readonly<Record<string, { readonly num_examples?: number }>> | null
  }
  const counts = Object.values(splits ?? {})
  return counts.length === 1 ? counts[0]!.num_examples : undefined
}

const readJson = (path: string): unknown => {
  let text
  try {
    text = readFileSync(path, "utf8")
  } catch (thrown) {
    throw DataError.of("read", path, thrown)
  }
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw wrong(path, `it is no JSON: ${(thrown as Error).message}.`)
  }
}

/** A folder laid out as a repository of the Hub. */
const laidOut = async ({ config, path, split = "train" }: DiskQuery): Promise<DiskDataset> => {
  const { files, readme } = filesIn(path)
  const checksums = Checksums.read(path)
  let found
  try {
    found = splitOf({ repo: path, config, split }, files, await frontMatterIn(path, readme))
  } catch (thrown) {
    throw thrown instanceof HubError ? wrong(path, thrown.detail) : thrown
  }
  if (!("files" in found))
    throw wrong(
      path,
      /no files/.test(found.because)
        ? nothingThere
        : `${found.because}. Load the files with LoadDataFromFileSystem and its options.`
    )
  const held = new Set(files)
  return {
    files: found.files.map(({ format, path: file }) => ({
      source: checksums.source(file),
      format,
      images: imagesBeside(file, (name) => (held.has(name) ? checksums.source(name) : undefined))
    })),
    length: found.length
  }
}

const nothingThere =
  "it is no saved dataset (there is no dataset_dict.json or state.json), and has no files of rows. Give the folder that holds them."

const filesIn = (
  path: string
): { readonly files: ReadonlyArray<string>; readonly readme: string | undefined } => {
  const files = readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => statSync(join(path, file)).isFile())
    .map((file) => file.replaceAll("\\", "/"))
  return {
    files,
    readme: files.includes("README.md") ? readFileSync(join(path, "README.md"), "utf8") : undefined
  }
}

const frontMatterIn = async (path: string, readme: string | undefined): Promise<FrontMatter> => {
  try {
    return await frontMatterOf(readme)
  } catch (thrown) {
    throw wrong(path, `the front matter of its README.md is no YAML: ${(thrown as Error).message}`)
  }
}
