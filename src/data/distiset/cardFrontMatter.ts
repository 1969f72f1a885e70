/**
 * The front matter of a dataset's README: where its rows are, what columns they have, how many
 * there are.
 */
import { yamlFeatures } from "../files/columns/savedFeatures.ts"
import { emptyConfigs } from "../files/layout.ts"
import type { SaveFormat } from "./splitFiles.ts"
import { placeOf, type SavedSubset } from "./writeSplits.ts"

/** What else it says: `tags`, `license`, … */
export type OtherMetadata = Readonly<Record<string, unknown>>

/** The lines between dashes that a README begins with. */
export const frontMatter = async (
  subsets: ReadonlyArray<SavedSubset>,
  format: SaveFormat,
  others: OtherMetadata
): Promise<string> => {
  const { stringify } = await import("yaml")
  const ordered = subsets.toSorted((a, b) => (a.config < b.config ? -1 : 1))
  const filled = ordered
    .map((subset) => ({ ...subset, splits: subset.splits.filter(({ examples }) => examples > 0) }))
    .filter(({ splits }) => splits.length > 0)
  const empty = ordered
    .map((subset) => ({
      ...subset,
      splits: subset.splits.filter(({ examples }) => examples === 0)
    }))
    .filter(({ splits }) => splits.length > 0)
  // Where nothing has rows, nothing can be loaded besides.
  const described = filled.length === 0 ? ordered : filled
  const infos = described.map((subset) => ({
    ...(subsets.length === 1 && subset.config === "default" ? {} : { config_name: subset.config }),
    ...info(subset, format)
  }))
  const configs = (of: ReadonlyArray<SavedSubset>): ReadonlyArray<unknown> =>
    of.map(({ config, splits }) => ({
      config_name: config,
      data_files: splits.map(({ name }) => ({
        split: name,
        path: `${placeOf(format, config, name)}-*`
      }))
    }))
  const examples = subsets.reduce(
    (sum, { splits }) => sum + splits.reduce((of, split) => of + split.examples, 0),
    0
  )
  const metadata = {
    ...others,
    size_categories: [sizeCategory(examples)],
    dataset_info: infos.length === 1 ? infos[0] : infos,
    ...(format === "arrow"
      ? {}
      : {
          configs: configs(described),
          ...(filled.length === 0 || empty.length === 0 ? {} : { [emptyConfigs]: configs(empty) })
        })
  }
  // As Python reads it, to which `n` and `y` are no texts.
  return `---\n${stringify(metadata, { version: "1.1", lineWidth: 0 })}---\n`
}

/** Texts have the types that a reader sees in them, so that nothing is promised. */
const info = (
  { fields, splits }: SavedSubset,
  format: SaveFormat
): Readonly<Record<string, unknown>> => {
  const typed = format === "parquet" || format === "arrow"
  return {
    ...(typed ? { features: yamlFeatures(fields) } : {}),
    splits: splits.map(({ bytes, examples, name }) => ({
      name,
      num_bytes: bytes,
      num_examples: examples
    })),
    download_size: splits.reduce(
      (sum, { files }) => sum + files.reduce((of, { size }) => of + size, 0),
      0
    ),
    dataset_size: splits.reduce((sum, { bytes }) => sum + bytes, 0)
  }
}

const sizeCategories: ReadonlyArray<readonly [below: number, name: string]> = [
  [1e3, "n<1K"],
  [1e4, "1K<n<10K"],
  [1e5, "10K<n<100K"],
  [1e6, "100K<n<1M"],
  [1e7, "1M<n<10M"],
  [1e8, "10M<n<100M"],
  [1e9, "100M<n<1B"],
  [1e10, "1B<n<10B"],
  [1e11, "10B<n<100B"],
  [1e12, "100B<n<1T"]
]

/** The Hub's word for so many rows. */
export const sizeCategory = (rows: number): string =>
  sizeCategories.find(([below]) => rows < below)?.[1] ?? "n>1T"
