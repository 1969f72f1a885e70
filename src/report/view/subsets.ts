/** Which files of a folder or a repository are which subset. */
import { formatByName } from "../../data/FileFormat.ts"
import { frontMatterOf } from "../../data/hub/frontMatter.ts"
import { configurationsOf, filesOfConfiguration } from "../../data/hub/layout.ts"
import type { ReportFile } from "../ReportData.ts"

/** A subset by the names of its files. */
export interface SubsetNames {
  readonly name: string
  readonly rows: ReadonlyArray<string>
  readonly errors: ReadonlyArray<string>
}

const rowFile = /^(.*?)(\.errors)?\.(?:jsonl|ndjson|parquet)(?:\.partial)?$/

/** Files as a run has written them: `NAME.jsonl`, and `NAME.errors.jsonl` beside it; each file is a subset. */
export const subsetsOfRun = (files: ReadonlyArray<string>): ReadonlyArray<SubsetNames> => {
  const subsets = new Map<string, { rows: Array<string>; errors: Array<string> }>()
  for (const file of files) {
    const [, name, errors] = rowFile.exec(file) ?? []
    if (name === undefined || file.includes("/")) continue
    const subset = subsets.get(name) ?? { rows: [], errors: [] }
    subset[errors === undefined ? "rows" : "errors"].push(file)
    subsets.set(name, subset)
  }
  return [...subsets].map(([name, found]) => ({ name, ...found }))
}

/** Files laid out as on the Hub: configurations, described by the README or not, with their splits. */
export const subsetsOfDataset = async (files: ReadonlyArray<string>, readme: string | undefined): Promise<ReadonlyArray<SubsetNames>> => {
  const configurations = configurationsOf(await frontMatterOf(readme))
  return configurations.flatMap((configuration) => {
    const { splits } = filesOfConfiguration(files, configuration)
    // Rows that failed are those of a configuration, not of a split.
    const failed = files.filter((file) => file === `errors/${configuration.name}.jsonl`)
    return [...splits].map(([split, rows], i) => ({ name: [...(configurations.length > 1 ? [configuration.name] : []), split].join("/"), rows, errors: i === 0 ? failed : [] }))
  })
}

/** Files that the Hub has converted: `CONFIG/SPLIT/0000.parquet`. */
export const subsetsOfConversion = (files: ReadonlyArray<string>): ReadonlyArray<SubsetNames> => {
  const subsets = Map.groupBy(files.toSorted().filter((file) => /^[^/]+\/[^/]+\/\d+\.parquet$/.test(file)), (file) => file.split("/").slice(0, 2).join("/"))
  return [...subsets].map(([name, rows]) => ({ name, rows, errors: [] }))
}

/** How a page reads a file piece by piece; undefined where it cannot. */
export const typeOf = (file: string): ReportFile["type"] | undefined => {
  const format = formatByName(file.replace(/\.partial$/, ""))
  return format !== undefined && format.compression === undefined && (format.type === "jsonl" || format.type === "parquet") ? format.type : undefined
}

export const notReadable = (file: string): string => `'${file}' is not shown: only JSON Lines and Parquet can be read piece by piece.`
