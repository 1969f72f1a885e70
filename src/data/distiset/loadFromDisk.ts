/** Loading a Distiset that was saved to a folder. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import * as Effect from "effect/Effect"
import type { Columns, RowOf } from "../../columns/Columns.ts"
import type { Row } from "../../columns/Row.ts"
import { openSequence } from "../files/RowSequence.ts"
import { frontMatterOf } from "../hub/frontMatter.ts"
import { DataError } from "../rows/DataError.ts"
import { Rows } from "../rows/Rows.ts"
import { storedColumns } from "../rows/storedColumns.ts"
import { isAddress } from "../stores/storeAddress.ts"
import { artifactsFolder } from "./artifacts.ts"
import { Checksums } from "./checksums.ts"
import { copiedBesides } from "./copiedBesides.ts"
import { contentsOfDisk, openDiskDataset } from "./diskDataset.ts"
import { type Besides, type SavedDistiset, splittable } from "./Distiset.ts"
import { restoreMoved } from "./moveInto.ts"
import type { DatasetFacts, Story } from "./Story.ts"

/** Which rows are loaded, and as what. */
export interface LoadOptions<Sets> {
  /**
   * The columns of subsets, by name: their rows are typed so, dates and bytes come back as such,
   * and other columns are left out. Default: all columns, as a file of rows gives them.
   */
  readonly columns?: Sets
  /** The split. Default: the only one, else `train`. */
  readonly split?: string
}

/** The row types of subsets whose columns are given. */
type LeavesOf<Sets> = [Sets] extends [never]
  ? Readonly<Record<string, Row>>
  : { readonly [Name in keyof Sets]: Sets[Name] extends Columns ? RowOf<Sets[Name]> : Row }

/**
 * Loads a Distiset that was saved with `saveToDisk`, in any of its formats, or by Python's
 * distilabel, or that a run has left in its folder; from an object store by its address.
 *
 * @example
 *   const saved = await loadFromDiskPromise("saved", {
 *     columns: { default: { instruction: Schema.String, at: Schema.Date } }
 *   })
 *   for await (const row of saved.default) console.log(row.at.getFullYear())
 *
 * @fails DataError if the folder is no such, or a subset lacks a column that is given or has it with another type
 */
export const loadFromDisk = <const Sets extends Readonly<Record<string, Columns>> = never>(
  directory: string,
  options: LoadOptions<Sets> = {}
): Effect.Effect<SavedDistiset<LeavesOf<Sets>>, DataError> =>
  Effect.tryPromise({
    try: () =>
      load(
        directory,
        options as LoadOptions<Readonly<Record<string, Columns>>>
      ) as Promise<unknown> as Promise<SavedDistiset<LeavesOf<Sets>>>,
    catch: (thrown) => DataError.of("read", directory, thrown)
  })

/**
 * `loadFromDisk`, as a promise.
 *
 * @example
 *   const { default: rows } = await loadFromDiskPromise("saved", {
 *     columns: { default: { instruction: Schema.String } }
 *   })
 */
export const loadFromDiskPromise = <const Sets extends Readonly<Record<string, Columns>> = never>(
  directory: string,
  options: LoadOptions<Sets> = {}
): Promise<SavedDistiset<LeavesOf<Sets>>> => Effect.runPromise(loadFromDisk(directory, options))

const load = async (
  directory: string,
  { columns, split }: LoadOptions<Readonly<Record<string, Columns>>>
): Promise<SavedDistiset<Readonly<Record<string, Row>>>> => {
  const isStored = isAddress(directory)
  if (!isStored) restoreMoved(directory)
  const contents = await contentsOfDisk(directory)
  const names = columns === undefined ? [...contents.keys()] : Object.keys(columns)
  const subsets: Record<string, Rows> = {}
  for (const config of names) {
    const splits = contents.get(config) ?? []
    subsets[config] = await rowsOf(
      directory,
      config,
      split ?? (splits.length === 1 ? splits[0]! : "train"),
      columns?.[config]
    )
  }
  const besides = await besidesOf(isStored ? await copiedBesides(directory) : directory, names)
  return splittable({ ...besides, directory }, subsets)
}

const rowsOf = async (
  path: string,
  config: string,
  split: string,
  columns: Columns | undefined
): Promise<Rows> => {
  const shape = { columns: columns ?? {}, open: columns === undefined }
  const { files, length } = await openDiskDataset({ path, config, split })
  const sequence = await openSequence(files, { declared: shape, length, counts: true })
  const chunks = (): AsyncIterable<ReadonlyArray<Row>> => sequence.chunks(0)
  const typed = {
    ...shape,
    columns: { ...shape.columns, ...storedColumns(sequence.fields, shape) }
  }
  return new Rows({
    name: config,
    length: sequence.length ?? (await counted(chunks())),
    shape: typed,
    chunks
  })
}

const counted = async (chunks: AsyncIterable<ReadonlyArray<unknown>>): Promise<number> => {
  let count = 0
  for await (const rows of chunks) count += rows.length
  return count
}

/** What lies beside the rows stays with them. */
const besidesOf = async (
  directory: string,
  names: ReadonlyArray<string>
): Promise<Omit<Besides, "directory">> => {
  const artifacts = join(directory, artifactsFolder)
  const checksums = Checksums.read(directory)
  const { files } = checksums
  const errors = names.flatMap((name) =>
    [`errors/${name}.jsonl`, `${name}.errors.jsonl`]
      .filter((path) => files?.includes(path) ?? existsSync(join(directory, path)))
      .map((path) => [name, path] as const)
  )
  for (const [, path] of errors) await checksums.expect(path)
  return {
    artifacts: existsSync(artifacts) ? artifacts : undefined,
    errors: new Map(errors.map(([name, path]) => [name, join(directory, path)])),
    story: await storyIn(directory)
  }
}

/** The card of a saved dataset, without what it says of files. */
const storyIn = async (directory: string): Promise<Story | undefined> => {
  const besides = join(directory, "distiset_configs")
  const readme = [join(directory, "README.md"), join(besides, "README.md")].find((path) =>
    existsSync(path)
  )
  if (readme === undefined) return undefined
  const text = readFileSync(readme, "utf8")
  const {
    configs: _,
    dataset_info: __,
    size_categories: ___,
    ...metadata
  } = await frontMatterOf(text)
  const files = existsSync(besides)
    ? readdirSync(besides).filter(
        (name) => name !== "README.md" && statSync(join(besides, name)).isFile()
      )
    : []
  const card = text.replace(/^---\n.*?\n---\n+/s, "")
  // Where all lies side by side, so do the files that the card shows.
  const cardFor = ({ format, repo }: DatasetFacts): string =>
    repo === undefined && format !== "arrow" ? card : card.replaceAll(`${basename(besides)}/`, "")
  return {
    tell: async (facts) => ({
      card: cardFor(facts),
      metadata,
      files: Object.fromEntries(
        files.map((name) => [name, readFileSync(join(besides, name), "utf8")])
      )
    })
  }
}
