/**
 * Datasets on disk: folders that Python's `save_to_disk` has written, of a dataset, of its splits
 * or of a Distiset, and folders laid out as on the Hub.
 */
import { posix } from "node:path"
import { closest } from "../../columns/closest.ts"
import { imagesBeside } from "../files/imageFolder.ts"
import { configurationsOf, filesOfConfiguration } from "../files/layout.ts"
import type { SequenceFile } from "../files/RowSequence.ts"
import { splitOf } from "../hub/dataset.ts"
import { type FrontMatter, frontMatterOf } from "../hub/frontMatter.ts"
import { HubError } from "../hub/HubError.ts"
import { DataError } from "../rows/DataError.ts"
import type { DatasetFolder } from "./DatasetFolder.ts"
import { openDatasetFolder } from "./openDatasetFolder.ts"

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
  const folder = await openDatasetFolder(path)
  if (await isSaved(folder, "")) return new Map([["default", await splitsIn(folder, "")]])
  const configurations = await configurationsIn(folder)
  if (configurations.length > 0) {
    const splits = new Map<string, ReadonlyArray<string>>()
    for (const name of configurations) splits.set(name, await splitsIn(folder, name))
    return splits
  }
  if (await folder.has("README.md")) {
    const files = await folder.files()
    const configs = configurationsOf(await frontMatterIn(folder))
    return new Map(
      configs.map((config) => [config.name, [...filesOfConfiguration(files, config).splits.keys()]])
    )
  }
  // A run says which files are its own: others may be of a run before.
  const lines = ((await folder.checksums()).files ?? (await folder.names()))
    .filter((name) => /^[^/]+\.jsonl$/.test(name) && !name.endsWith(".errors.jsonl"))
    .map((name) => name.slice(0, -".jsonl".length))
  if (lines.length === 0) throw wrong(path, nothingThere)
  return new Map(lines.map((name) => [name, ["train"]]))
}

const splitsIn = async (folder: DatasetFolder, config: string): Promise<ReadonlyArray<string>> => {
  const dictionary = posix.join(config, "dataset_dict.json")
  if (!(await folder.has(dictionary))) return ["train"]
  const { splits } = (await readJson(folder, dictionary)) as {
    readonly splits?: ReadonlyArray<string>
  }
  return splits ?? []
}

/** Folders of a Distiset that are no configurations. */
const notConfigurations = new Set(["distiset_configs", "artifacts"])

const configurationsIn = async (folder: DatasetFolder): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (const name of await folder.folders())
    if (!notConfigurations.has(name) && (await isSaved(folder, name))) found.push(name)
  return found
}

export const openDiskDataset = async (query: DiskQuery): Promise<DiskDataset> => {
  const { config = "default", path } = query
  const folder = await openDatasetFolder(path)
  const lines = `${config}.jsonl`
  const configurations = await configurationsIn(folder)
  const isWhole = await isSaved(folder, "")
  const isDistiset = query.isDistiset ?? (!isWhole && configurations.length > 0)
  if (isDistiset && configurations.length > 0) {
    if (!configurations.includes(config))
      throw wrong(path, `it has no configuration '${config}'${choices(config, configurations)}`)
    return saved(folder, config, query.split)
  }
  if (isWhole) return saved(folder, "", query.split)
  if ((await folder.has(lines)) && !(await folder.has("README.md")))
    return {
      files: [
        {
          source: (await folder.checksums()).source(lines),
          format: { type: "jsonl", compression: undefined }
        }
      ],
      length: undefined
    }
  return laidOut(folder, query)
}

const wrong = (path: string, detail: string): DataError =>
  new DataError({ action: "read", path, detail })

const choices = (name: string, names: ReadonlyArray<string>): string => {
  const near = closest(name, names)
  return ` (there are: ${names.join(", ")}${near === undefined ? "" : `; did you mean '${near}'?`}).`
}

const isSaved = async (folder: DatasetFolder, config: string): Promise<boolean> =>
  (await folder.has(posix.join(config, "dataset_dict.json"))) ||
  (await folder.has(posix.join(config, "state.json")))

/** A dataset of a folder in the way of Python, or one of the splits of several. */
const saved = async (
  folder: DatasetFolder,
  config: string,
  split: string | undefined
): Promise<DiskDataset> => {
  const path = folder.at(config)
  if (await folder.has(posix.join(config, "dataset_dict.json"))) {
    const names = await splitsIn(folder, config)
    const only = split ?? (names.length === 1 ? names[0] : undefined)
    if (only === undefined)
      throw wrong(path, `it has several splits: choose one with split (${names.join(", ")}).`)
    if (!names.includes(only)) throw wrong(path, `it has no split '${only}'${choices(only, names)}`)
    return savedSplit(folder, posix.join(config, only))
  }
  const { _split: own } = (await readJson(folder, posix.join(config, "state.json"))) as {
    readonly _split?: string | null
  }
  if (split !== undefined && typeof own === "string" && own !== split)
    throw wrong(path, `it has no split '${split}'${choices(split, [own])}`)
  return savedSplit(folder, config)
}

const savedSplit = async (folder: DatasetFolder, within: string): Promise<DiskDataset> => {
  const state = posix.join(within, "state.json")
  const checksums = await folder.checksums()
  const { _data_files: files } = (await readJson(folder, state)) as {
    readonly _data_files?: ReadonlyArray<{ readonly filename: string }>
  }
  if (!Array.isArray(files))
    throw wrong(
      folder.at(state),
      "it does not name the dataset's files (_data_files). Save the dataset again."
    )
  return {
    files: (files as ReadonlyArray<{ readonly filename: string }>).map(({ filename }) => ({
      source: checksums.source(posix.join(within, filename)),
      format: { type: "arrow", compression: undefined }
    })),
    length: await examplesIn(folder, posix.join(within, "dataset_info.json"))
  }
}

/**
 * The info may tell of all splits that the dataset once had: it says how many rows there are only
 * where it knows one.
 */
const examplesIn = async (folder: DatasetFolder, name: string): Promise<number | undefined> => {
  if (!(await folder.has(name))) return undefined
  const { splits } = (await readJson(folder, name)) as {
    readonly splits?: Readonly<Record<string, { readonly num_examples?: number }>> | null
  }
  const counts = Object.values(splits ?? {})
  return counts.length === 1 ? counts[0]!.num_examples : undefined
}

const readJson = async (folder: DatasetFolder, name: string): Promise<unknown> => {
  const text = await folder.text(name)
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw wrong(folder.at(name), `it is no JSON: ${(thrown as Error).message}.`)
  }
}

/** A folder laid out as a repository of the Hub. */
const laidOut = async (
  folder: DatasetFolder,
  { config, path, split = "train" }: DiskQuery
): Promise<DiskDataset> => {
  const files = await folder.files()
  const checksums = await folder.checksums()
  let found
  try {
    found = splitOf({ repo: path, config, split }, files, await frontMatterIn(folder))
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

const frontMatterIn = async (folder: DatasetFolder): Promise<FrontMatter> => {
  const readme = (await folder.has("README.md")) ? await folder.text("README.md") : undefined
  try {
    return await frontMatterOf(readme)
  } catch (thrown) {
    throw wrong(
      folder.path,
      `the front matter of its README.md is no YAML: ${(thrown as Error).message}`
    )
  }
}
