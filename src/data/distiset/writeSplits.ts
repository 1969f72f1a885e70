/**
 * Writing the splits of subsets to files: looked at first, so that types and the number of files
 * are known, then written file by file. What most likely is one file is written while it is looked
 * at, and again if it was not.
 */
import { mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Row } from "../../columns/Row.ts"
import { RowSurvey } from "../files/columns/RowSurvey.ts"
import type { SavedField } from "../files/columns/SavedType.ts"
import type { Shard } from "../files/columns/Shard.ts"
import { DataError } from "../rows/DataError.ts"
import type { Rows } from "../rows/Rows.ts"
import { Draft } from "./Draft.ts"
import {
  bytesOfShard,
  checkWriteOptions,
  openShard,
  type SavedSplit,
  type SaveFormat,
  shardPath,
  type WriteOptions
} from "./splitFiles.ts"

/** A subset that was written. */
export interface SavedSubset {
  /** The name of its configuration: the subset's, with nothing in it that no folder may be called. */
  readonly config: string
  readonly fields: ReadonlyArray<SavedField>
  readonly splits: ReadonlyArray<SavedSplit>
  /** Its first row. */
  readonly sample: Row | undefined
}

/** Where the files of a split lie, up to their numbers. */
export const placeOf = (format: SaveFormat, config: string, split: string): string =>
  format === "arrow"
    ? `${config}/${split}/data`
    : `${config === "default" ? "data" : config}/${split}`

/** Is told each text of the rows before any is written. */
export type Look = (
  text: string,
  where: { readonly subset: string; readonly row: number; readonly column: string }
) => void

/** Writes all splits below a folder. */
export const writeSplits = async (
  directory: string,
  parts: ReadonlyMap<string, ReadonlyMap<string, Rows>>,
  options: WriteOptions,
  look?: Look
): Promise<ReadonlyArray<SavedSubset>> => {
  checkWriteOptions(directory, options)
  const configs = configNames([...parts.keys()])
  const surveyed = []
  const problems: Array<string> = []
  for (const [name, splits] of parts) {
    const surveys: Array<RowSurvey> = []
    let draft: Draft | undefined
    for (const [split, rows] of splits) {
      const place = placeOf(options.format ?? "parquet", configs.get(name)!, split)
      // What texts are looked for must be found before any is written; splits have the same columns.
      if (look === undefined && splits.size === 1)
        draft = new Draft(directory, place, rows.shape, options)
      surveys.push(await survey(name, rows, look, draft))
    }
    const { fields, problems: found } = RowSurvey.fields(
      surveys,
      [...splits.values()][0]?.shape,
      options.mixed ?? "error"
    )
    problems.push(
      ...found.map((problem) => (parts.size === 1 ? problem : `${problem} in '${name}'`))
    )
    surveyed.push({
      config: configs.get(name)!,
      fields,
      draft,
      splits: [...splits].map(([split, rows], i) => ({ split, rows, survey: surveys[i]! }))
    })
  }
  const typed =
    options.format === undefined || options.format === "parquet" || options.format === "arrow"
  if (typed && problems.length > 0) {
    throw new DataError({
      action: "write",
      path: directory,
      detail: `${problems.join("; ")}. A column of such a file has one type: bring its values to one before, with map(…); or save with { mixed: "json" }, which makes JSON text of them, or as { format: "jsonl" }.`
    })
  }
  const saved: Array<SavedSubset> = []
  for (const { config, draft, fields, splits } of surveyed) {
    const written = []
    for (const split of splits)
      written.push(
        draft?.finished(split.split, split.survey, fields) ??
          (await writeSplit(directory, config, fields, split, options))
      )
    saved.push({ config, fields, splits: written, sample: (await splits[0]?.rows.head(1))?.[0] })
  }
  return saved
}

const survey = async (
  subset: string,
  rows: Rows,
  look: Look | undefined,
  draft: Draft | undefined
): Promise<RowSurvey> => {
  const found = new RowSurvey(rows.shape)
  for await (const chunk of rows.chunks()) {
    for (const row of chunk) {
      found.add(row)
      if (look !== undefined)
        for (const column in row)
          lookInto(row[column], (text) => look(text, { subset, row: found.rows, column }))
    }
    await draft?.add(chunk, found)
  }
  await draft?.end(found)
  return found
}

const lookInto = (value: unknown, told: (text: string) => void): void => {
  if (typeof value === "string") told(value)
  else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value))
    for (const held of Object.values(value)) lookInto(held, told)
}

/** Names that Python and all file systems take; `data` is the folder of `default`. */
const configNames = (names: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const given = new Map<string, string>()
  const taken = new Set(["data", "errors", "artifacts", "distiset_configs"])
  for (const name of names) {
    const plain =
      name.replaceAll(/[<>:/\\|?*\p{Cc}]/gu, "_").replace(/^[.\s]+|[.\s]+$/g, "") || "subset"
    let config = plain
    for (let i = 2; taken.has(config.toLowerCase()); i++) config = `${plain}_${i}`
    taken.add(config.toLowerCase())
    given.set(name, config)
  }
  return given
}

interface Surveyed {
  readonly split: string
  readonly rows: Rows
  readonly survey: RowSurvey
}

const writeSplit = async (
  directory: string,
  config: string,
  fields: ReadonlyArray<SavedField>,
  { rows, split, survey: { rows: examples }, survey: surveyed }: Surveyed,
  options: WriteOptions
): Promise<SavedSplit> => {
  const { format = "parquet", maxShardSize = bytesOfShard, rowsPerShard = Infinity } = options
  const bytes = surveyed.bytesAs(fields)
  const count = Math.max(
    1,
    Math.min(
      examples,
      Math.max(Math.ceil(bytes / maxShardSize), Math.ceil(examples / rowsPerShard))
    )
  )
  const place = placeOf(format, config, split)
  const paths = Array.from({ length: count }, (_, i) => shardPath(place, i, count, format))
  mkdirSync(dirname(join(directory, place)), { recursive: true })
  const files: Array<{ readonly path: string; readonly size: number }> = []
  const open = (): Promise<Shard> =>
    openShard(format, join(directory, paths[files.length]!), fields)
  const told = <A>(action: () => A): A => {
    try {
      return action()
    } catch (thrown) {
      throw DataError.of("write", join(directory, paths[files.length]!), thrown)
    }
  }
  let shard = await open()
  let written = 0
  const close = (): void => {
    files.push({ path: paths[files.length]!, size: told(() => shard.close()) })
  }
  for await (const chunk of rows.chunks()) {
    for (let from = 0; from < chunk.length;) {
      // Shards of the same number of rows, as near as that goes.
      const end = Math.floor((examples * (files.length + 1)) / count)
      const part = chunk.slice(from, from + Math.max(0, end - written))
      if (part.length === 0 && files.length === count - 1)
        throw new DataError({
          action: "write",
          path: join(directory, place),
          detail:
            "there were more rows when they were read again. Let map and filter give the same rows each time."
        })
      told(() => shard.write(part))
      written += part.length
      from += part.length
      if (written < end || files.length === count - 1) continue
      close()
      shard = await open()
    }
  }
  close()
  if (written !== examples)
    throw new DataError({
      action: "write",
      path: join(directory, place),
      detail:
        "there were fewer rows when they were read again. Let map and filter give the same rows each time."
    })
  return { name: split, examples, bytes, files }
}
