/**
 * Where the rows of a dataset are among its files: the rules of Python's `load_dataset`, over
 * nothing but the names and the README's front matter.
 */
import { matching } from "./globs.ts"
import { isImageMetadata } from "./imageFolder.ts"
import { notRows } from "./notRows.ts"

/** A configuration, as a README describes it. */
export interface Configuration {
  readonly name: string
  readonly isDefault: boolean
  readonly folder: string
  /** Patterns by split; undefined to go by the names of the files. */
  readonly patterns: Splits | undefined
  /** What else it asks for: separators, fields, … */
  readonly others: Readonly<Record<string, unknown>>
}

/** File names, or patterns of them, by split. */
export type Splits = ReadonlyMap<string, ReadonlyArray<string>>

/**
 * Where a README describes splits without rows: Python's `load_dataset` loads nothing of a
 * configuration that has one.
 */
export const emptyConfigs = "empty_configs"

/** The configurations of a dataset: at least one. */
export const configurationsOf = (
  frontMatter: Readonly<Record<string, unknown>>
): ReadonlyArray<Configuration> => {
  const { configs, [emptyConfigs]: empty } = frontMatter
  const described = withEmpty(configurationsIn(configs), configurationsIn(empty))
  return described.length > 0
    ? described
    : [{ name: "default", isDefault: true, folder: "", patterns: undefined, others: {} }]
}

const configurationsIn = (configs: unknown): ReadonlyArray<Configuration> =>
  Array.isArray(configs) ? configs.filter(isRecord).map(configuration) : []

const withEmpty = (
  filled: ReadonlyArray<Configuration>,
  empty: ReadonlyArray<Configuration>
): ReadonlyArray<Configuration> => [
  ...filled.map((config) => {
    const patterns = empty.find(({ name }) => name === config.name)?.patterns
    return patterns === undefined || config.patterns === undefined
      ? config
      : { ...config, patterns: new Map([...config.patterns, ...patterns]) }
  }),
  ...empty.filter(({ name }) => !filled.some((config) => config.name === name))
]

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const configuration = ({
  config_name: name,
  data_dir: folder,
  data_files: files,
  default: isDefault,
  ...others
}: Readonly<Record<string, unknown>>): Configuration => ({
  name: typeof name === "string" ? name : "default",
  isDefault: isDefault === true || name === "default",
  folder: typeof folder === "string" ? folder.replace(/^\.\//, "").replace(/\/+$/, "") : "",
  patterns: files === undefined || files === null ? undefined : patternsOf(files),
  others
})

const texts = (value: unknown): ReadonlyArray<string> =>
  [value].flat().filter((item) => typeof item === "string")

/** One pattern or several are the split `train`; else each says its split. */
const patternsOf = (files: unknown): Splits => {
  if (isRecord(files))
    return new Map(Object.entries(files).map(([split, paths]) => [split, texts(paths)]))
  const entries = Array.isArray(files) ? files.filter(isRecord) : []
  if (entries.length === 0) return new Map([["train", texts(files)]])
  return new Map(
    entries.map(({ path, split }) => [typeof split === "string" ? split : "train", texts(path)])
  )
}

/** The configuration that is meant; undefined if that cannot be told. */
export const chosen = (
  configurations: ReadonlyArray<Configuration>,
  name: string | undefined
): Configuration | undefined => {
  if (name !== undefined) return configurations.find((candidate) => candidate.name === name)
  return configurations.length === 1
    ? configurations[0]
    : configurations.find(({ isDefault }) => isDefault)
}

/** How Python's loaders call the formats; of a tie, the earlier one wins. */
const formats = ["parquet", "arrow", "json", "csv", "text", "other"] as const
export type Format = (typeof formats)[number]

const imageExtensions = ["jpg", "jpeg", "png", "gif", "webp", "bmp", "tiff"]

const formatByExtension: Readonly<Record<string, Format>> = {
  parquet: "parquet",
  geoparquet: "parquet",
  gpq: "parquet",
  arrow: "arrow",
  jsonl: "json",
  ndjson: "json",
  json: "json",
  csv: "csv",
  tsv: "csv",
  lance: "other",
  txt: "text",
  tar: "other",
  xml: "other",
  eval: "other",
  h5: "other",
  hdf: "other",
  hdf5: "other",
  pdf: "other",
  zip: "other",
  ...Object.fromEntries(
    [...imageExtensions, "wav", "mp3", "flac", "ogg", "opus", "mp4", "mov", "avi", "mkv"].map(
      (extension) => [extension, "other" as const]
    )
  )
}

/** Each part of a name after a point may say its format: `train.jsonl.gz`. */
const extensionsOf = (path: string): ReadonlyArray<string> =>
  path
    .slice(path.lastIndexOf("/") + 1)
    .toLowerCase()
    .split(".")
    .slice(1)
    .filter((extension) => extension in formatByExtension)

/** The files of each split of a configuration, all of one format. */
export interface Found {
  readonly splits: Splits
  readonly format: Format | undefined
}

export const filesOfConfiguration = (
  files: ReadonlyArray<string>,
  { folder, patterns }: Configuration
): Found => {
  const inside =
    folder === ""
      ? files
      : files
          .filter((file) => file.startsWith(`${folder}/`))
          .map((file) => file.slice(folder.length + 1))
  const wanted = patterns ?? patternsByName(inside)
  const all = [...wanted].map(([split, globs]) => {
    const found = [...new Set(globs.flatMap((glob) => matching(glob, inside, notRows)))]
    return [split, found.filter((file) => extensionsOf(file).length > 0)] as const
  })
  const format = commonest(all.flatMap(([, found]) => found))
  // Images are the rows of their metadata.
  const about = all.map(([split, found]) => [split, found.filter(isImageMetadata)] as const)
  if (format === "other" && holdImages(all) && about.some(([, found]) => found.length > 0))
    return ofSplits(about, folder, commonest(about.flatMap(([, found]) => found)))
  const ofFormat = all.map(
    ([split, found]) =>
      [
        split,
        found.filter((file) =>
          extensionsOf(file).some((extension) => formatByExtension[extension] === format)
        )
      ] as const
  )
  return ofSplits(ofFormat, folder, format)
}

type FilesOfSplits = ReadonlyArray<readonly [split: string, files: ReadonlyArray<string>]>

/** Splits that have files, those with the folder of the configuration. */
const ofSplits = (splits: FilesOfSplits, folder: string, format: Format | undefined): Found => {
  const inFolder = (file: string): string => (folder === "" ? file : `${folder}/${file}`)
  return {
    format,
    splits: new Map(
      splits.flatMap(([split, files]) =>
        files.length === 0 ? [] : [[split, files.map(inFolder)] as const]
      )
    )
  }
}

/** Whether there are images among files. */
const holdImages = (splits: FilesOfSplits): boolean =>
  splits.some(([, files]) =>
    files.flatMap(extensionsOf).some((extension) => imageExtensions.includes(extension))
  )

/** The order in which extensions are preferred when as many files have the one as the other. */
const preferred = ["parquet", "lance", "arrow", "jsonl", "json", "csv"]

const commonest = (files: ReadonlyArray<string>): Format | undefined => {
  const counts = new Map<string, number>()
  for (const extension of files.flatMap(extensionsOf))
    counts.set(extension, (counts.get(extension) ?? 0) + 1)
  const rank = (extension: string): number => {
    const place = preferred.indexOf(extension)
    return place < 0 ? preferred.length : place
  }
  const [first] = [...counts].sort(
    ([a, times], [b, more]) => more - times || rank(a) - rank(b) || (a < b ? 1 : -1)
  )
  return first === undefined ? undefined : formatByExtension[first[0]]
}

const words: ReadonlyArray<readonly [split: string, words: ReadonlyArray<string>]> = [
  ["train", ["train", "training"]],
  ["validation", ["validation", "valid", "dev", "val"]],
  ["test", ["test", "testing", "eval", "evaluation"]]
]
const separators = "[-._ 0-9]"
const folderPatterns = (word: string): ReadonlyArray<string> => [
  `**/${word}/**`,
  `**/${word}${separators}*/**`,
  `**/*${separators}${word}/**`,
  `**/*${separators}${word}${separators}*/**`
]
const namePatterns = (word: string): ReadonlyArray<string> => [
  `**/${word}${separators}*`,
  `**/*${separators}${word}${separators}*`
]
const fiveDigits = "[0-9]".repeat(5)
const shards = (split: string): string => `data/${split}-${fiveDigits}-of-${fiveDigits}*.*`

/**
 * Splits by what files are called: numbered shards in `data/`, else folders named after splits,
 * else files named so, else all files are `train`.
 */
const patternsByName = (files: ReadonlyArray<string>): Splits => {
  const finds = (pattern: string): boolean => matching(pattern, files, notRows).length > 0
  const numbered = matching(shards("*"), files, notRows).flatMap(
    (file) => /([^/]+?)-\d{5}-of-\d{5}[^/]*$/.exec(file)?.[1] ?? []
  )
  if (numbered.length > 0)
    return new Map(inSplitOrder(new Set(numbered)).map((split) => [split, [shards(split)]]))
  for (const patternsFor of [folderPatterns, namePatterns]) {
    const splits = words
      .map(([split, synonyms]) => [split, synonyms.flatMap(patternsFor)] as const)
      .filter(([, patterns]) => patterns.some(finds))
    if (splits.length > 0) return new Map(splits)
  }
  return new Map([["train", ["**"]]])
}

/** The splits that files are of by their names; nothing where no name says one. */
export const splitsByName = (files: ReadonlyArray<string>): Splits =>
  new Map(
    [...patternsByName(files)].flatMap(([split, patterns]) =>
      patterns[0] === "**"
        ? []
        : [
            [
              split,
              [...new Set(patterns.flatMap((pattern) => matching(pattern, files, notRows)))]
            ] as const
          ]
    )
  )

const inSplitOrder = (splits: ReadonlySet<string>): ReadonlyArray<string> => {
  const first = words.map(([split]) => split).filter((split) => splits.has(split))
  return [...first, ...[...splits].filter((split) => !first.includes(split)).sort()]
}
