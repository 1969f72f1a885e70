/** Saving a dataset to a folder: all of it, or nothing. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { done, provisionalPath, removeLeftovers } from "../../disk/leftovers.ts"
import { fileSum, type Prefix } from "../../disk/prefixes.ts"
import { DataError } from "../rows/DataError.ts"
import type { Rows } from "../rows/Rows.ts"
import { writeArrowState } from "./arrowState.ts"
import { artifactsIn } from "./artifacts.ts"
import { frontMatter } from "./cardFrontMatter.ts"
import { writeChecksums } from "./checksums.ts"
import { moveInto, restoreMoved } from "./moveInto.ts"
import type { SaveFormat, WriteOptions } from "./splitFiles.ts"
import { plainStory, type Story, type Told } from "./Story.ts"
import { type Look, writeSplits } from "./writeSplits.ts"

/** How a Distiset is saved. */
export interface SaveToDiskOptions extends WriteOptions {
  /**
   * True to put it in the place of what the folder holds. Default false: a folder that holds
   * anything is left alone.
   */
  readonly overwrite?: boolean | undefined
  /** False to save no card, pipeline or log. Default true. */
  readonly card?: boolean | undefined
}

/** The key of what a Distiset is saved from, which editors do not offer. */
export const contents: unique symbol = Symbol("distilabel-ts/contents")

/** What there is to save. */
export interface Contents {
  /** The rows of each split of each subset. */
  readonly parts: ReadonlyMap<string, ReadonlyMap<string, Rows>>
  /** Files of rows that failed, by subset. */
  readonly errors: ReadonlyMap<string, string>
  /** The folder with the files that steps saved. */
  readonly artifacts: string | undefined
  readonly story: Story | undefined
}

/** The folder for what goes beside the rows, by Python's name. */
const besides = "distiset_configs"

/**
 * Saves rows, card and all to a folder that appears under its name when it is complete. `look` is
 * told the texts of rows before any is written.
 */
export const saveDataset = async (
  directory: string,
  contents: Contents,
  { card = true, overwrite = false, ...options }: SaveToDiskOptions,
  look?: Look
): Promise<void> => {
  const target = resolve(directory)
  told(target, () => {
    restoreMoved(target)
    removeLeftovers(target)
  })
  expectFree(target, overwrite)
  const beside = provisionalPath(target)
  told(target, () => {
    mkdirSync(dirname(target), { recursive: true })
    mkdirSync(beside)
  })
  try {
    const { format = "parquet" } = options
    const subsets = await writeSplits(beside, contents.parts, options, look)
    if (format === "arrow") for (const subset of subsets) writeArrowState(beside, subset)
    for (const [name, path] of contents.errors)
      told(target, () =>
        cpSync(path, join(beside, "errors", `${name.replaceAll(/[/\\:]/g, "_")}.jsonl`))
      )
    if (contents.artifacts !== undefined)
      told(target, () =>
        cpSync(contents.artifacts!, join(beside, "artifacts"), { recursive: true })
      )
    const beside_ = card
      ? await (contents.story ?? plainStory).tell({
          subsets,
          format,
          artifacts: artifactsIn(contents.artifacts),
          withScript: false
        })
      : undefined
    const readme = `${await frontMatter(subsets, format, beside_?.metadata ?? {})}\n${beside_?.card ?? ""}`
    const sums = await sumsOf(beside)
    told(target, () => {
      writeChecksums(beside, "save", sums)
      writeBesides(beside, readme, format, beside_)
      moveInto(beside, target)
    })
  } catch (thrown) {
    rmSync(beside, { recursive: true, force: true })
    done(beside)
    throw namingTarget(thrown, beside, target)
  }
}

/**
 * An Arrow folder has its README where Python's distilabel has it; the others are laid out as on
 * the Hub.
 */
const writeBesides = (
  folder: string,
  readme: string,
  format: SaveFormat,
  card: Told | undefined
): void => {
  if (format !== "arrow") writeFileSync(join(folder, "README.md"), readme)
  if (card === undefined) return
  const files = { ...card.files, ...(format === "arrow" ? { "README.md": readme } : {}) }
  if (Object.keys(files).length === 0) return
  mkdirSync(join(folder, besides), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, besides, name), text)
}

const expectFree = (target: string, overwrite: boolean): void => {
  if (overwrite || !existsSync(target)) return
  const held = told(target, () => readdirSync(target))
  if (held.length > 0)
    throw new DataError({
      action: "write",
      path: target,
      detail: `the folder is there already, and holds ${held.length === 1 ? `'${held[0]}'` : `${held.length} files`}. Save to another one, or with { overwrite: true }, which removes all that it holds.`
    })
}

/** Checksums of the files of rows, and of what says which they are. */
const sumsOf = async (folder: string): Promise<Readonly<Record<string, Prefix>>> => {
  const sums: Record<string, Prefix> = {}
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).replaceAll("\\", "/")
    const sum = entry.isFile() && !name.startsWith("artifacts/") ? await fileSum(path) : undefined
    if (sum !== undefined) sums[name] = sum
  }
  return sums
}

const told = <A>(path: string, action: () => A): A => {
  try {
    return action()
  } catch (thrown) {
    throw DataError.of("write", path, thrown)
  }
}

/** The folder beside is gone by the time that anybody reads of it. */
const namingTarget = (thrown: unknown, beside: string, target: string): unknown =>
  thrown instanceof DataError && thrown.path.startsWith(beside)
    ? new DataError({ ...thrown, path: target + thrown.path.slice(beside.length) })
    : thrown
