/** Datasets: which files of a repository or folder are the rows of a configuration's split. */
import { closest } from "../../columns/closest.ts"
import { type FileFormat, formatByName } from "../files/FileFormat.ts"
import { chosen, configurationsOf, filesOfConfiguration } from "../files/layout.ts"
import { examplesIn, type FrontMatter } from "./frontMatter.ts"
import { HubError } from "./HubError.ts"
import { readmeOptions } from "./readmeOptions.ts"

/** What is asked of a dataset. */
export interface DatasetQuery {
  readonly repo: string
  readonly config: string | undefined
  readonly split: string
}

/** A split of a dataset, found. */
export interface DatasetSplit {
  readonly config: string
  readonly files: ReadonlyArray<{ readonly path: string; readonly format: FileFormat }>
  readonly length: number | undefined
}

/** Why the files of a dataset cannot be read here; the Hub's conversion may have its rows. */
export interface Unreadable {
  readonly because: string
}

/** The files of a split. */
export const splitOf = (
  query: DatasetQuery,
  files: ReadonlyArray<string>,
  frontMatter: FrontMatter
): DatasetSplit | Unreadable => {
  const configurations = configurationsOf(frontMatter)
  const described = Array.isArray(frontMatter["configs"])
  const config = chosen(configurations, query.config)
  // A configuration that no README knows may be one of a script's, or a folder of the converted branch.
  if (config === undefined && !described)
    return { because: `it has no configuration '${query.config}'` }
  if (config === undefined)
    throw noConfig(
      query,
      configurations.map(({ name }) => name)
    )
  const found = filesOfConfiguration(files, config)
  const { text, unread } = readmeOptions(config.others)
  if (unread.length > 0)
    return { because: `its README asks for ${unread.join(", ")}, which is not supported` }
  if (found.splits.size === 0 || found.format === "other")
    return { because: "it has no files that can be read" }
  const paths = found.splits.get(query.split)
  if (paths === undefined) throw noSplit(query, config.name, [...found.splits.keys()])
  const formats = paths.map((path) => [path, formatByName(path)] as const)
  const [unknown] = formats.find(([, format]) => format === undefined) ?? []
  if (unknown !== undefined) return { because: `'${unknown}' is of a type that cannot be read` }
  return {
    config: config.name,
    files: formats.map(([path, format]) => ({ path, format: { ...format!, text } })),
    length: examplesIn(frontMatter, config.name, query.split)
  }
}

/** The same for the branch to which the Hub has converted a dataset: `CONFIG/SPLIT/0000.parquet`. */
export const convertedSplitOf = (
  query: DatasetQuery,
  files: ReadonlyArray<string>
): DatasetSplit | undefined => {
  const shards = files.flatMap((path) => {
    const [, config, split] = /^([^/]+)\/(?:partial-)?([^/]+)\/\d+\.parquet$/.exec(path) ?? []
    return config === undefined || split === undefined ? [] : [{ config, split, path }]
  })
  const configs = [...new Set(shards.map(({ config }) => config))]
  if (configs.length === 0) return undefined
  const config =
    query.config ??
    (configs.length === 1 ? configs[0]! : configs.find((name) => name === "default"))
  const ofConfig = shards.filter((shard) => shard.config === config)
  if (config === undefined || ofConfig.length === 0) throw noConfig(query, configs)
  const ofSplit = ofConfig.filter(({ split }) => split === query.split)
  if (ofSplit.length === 0)
    throw noSplit(query, config, [...new Set(ofConfig.map(({ split }) => split))])
  return {
    config,
    files: ofSplit
      .map(({ path }) => path)
      .sort()
      .map((path) => ({ path, format: { type: "parquet", compression: undefined } })),
    length: undefined
  }
}

const noConfig = ({ config, repo }: DatasetQuery, names: ReadonlyArray<string>): HubError =>
  new HubError({
    reason: "NoSuchConfig",
    repo,
    detail:
      config === undefined
        ? `it has several configurations: choose one with config (${names.join(", ")}).`
        : `it has no configuration '${config}' (there are: ${names.join(", ")}).${meant(config, names)}`
  })

const noSplit = (
  { repo, split }: DatasetQuery,
  config: string,
  names: ReadonlyArray<string>
): HubError =>
  new HubError({
    reason: "NoSuchSplit",
    repo,
    detail: `its configuration '${config}' has no split '${split}' (there are: ${names.join(", ")}).${meant(split, names)}`
  })

const meant = (name: string, names: ReadonlyArray<string>): string => {
  const near = closest(name, names)
  return near === undefined ? "" : ` Did you mean '${near}'?`
}
