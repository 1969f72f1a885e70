/**
 * Checksums of a folder of rows: what each of its files was when it was written, so that a file
 * that has changed since is never read as if it had not.
 */
import { readFileSync, rmSync, statSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { clearWay } from "../../disk/clearWay.ts"
import { fileSum, type Prefix } from "../../disk/prefixes.ts"
import { sealed, unsealed } from "../../disk/sealed.ts"
import { writeWhole } from "../../disk/writeWhole.ts"
import { type ByteSource, localFile } from "../rows/ByteSource.ts"
import { DataError } from "../rows/DataError.ts"

/** Hidden, so that a pattern over the folder's files finds rows only. */
export const checksumsFile = ".checksums"

/** Who wrote a folder: it says how its files can be made again. */
type Writer = "run" | "save" | "merge"

export interface Written {
  readonly writer: Writer
  readonly files: Readonly<Record<string, Prefix>>
}

const remedies: Readonly<Record<Writer, string>> = {
  run: "Run the pipeline again with the same outputDir: it makes the result again from the cache.",
  save: "Save the dataset again.",
  merge: "Merge the shards again: distilabel-ts merge FOLDER."
}

/** Writes the checksums of files, by their paths from the folder. */
export const writeChecksums = (
  directory: string,
  writer: Writer,
  files: Readonly<Record<string, Prefix>>
): void => {
  const path = join(directory, checksumsFile)
  const text = sealed(JSON.stringify({ writer, files } satisfies Written))
  clearWay(path)
  if (textOf(path) !== text) writeWhole(path, text)
}

/** Forgets the checksums of a folder whose files are about to change. */
export const removeChecksums = (directory: string): void =>
  rmSync(join(directory, checksumsFile), { recursive: true, force: true })

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}

/** Files of a folder, checked against what they were when they were written. */
export interface CheckedFiles {
  /**
   * The files that have checksums, by their paths from the folder; undefined where nobody wrote
   * any.
   */
  readonly files: ReadonlyArray<string> | undefined
  /** A file of the folder as a source. */
  readonly source: (name: string) => ByteSource
}

/** The checksums of a folder's files; none where nobody wrote any. */
export class Checksums implements CheckedFiles {
  readonly #directory: string
  readonly #written: Written | undefined

  private constructor(directory: string, written: Written | undefined) {
    this.#directory = directory
    this.#written = written
  }

  /**
   * Reads them from the folder, or from one above it whose dataset it is a part of, and looks
   * whether all files are there, of the size they had.
   */
  static read(directory: string): Checksums {
    const path = join(directory, checksumsFile)
    const text = textOf(path)
    if (text === undefined && statSync(path, { throwIfNoEntry: false }) === undefined)
      return new Checksums(directory, writtenAbove(directory)).#expectSizes()
    return new Checksums(directory, writtenIn(path, text ?? "")).#expectSizes()
  }

  #expectSizes(): this {
    for (const [name, { bytes }] of Object.entries(this.#written?.files ?? {})) {
      const size = statSync(join(this.#directory, name), { throwIfNoEntry: false })?.size
      if (size !== bytes)
        throw this.#changed(
          name,
          size === undefined
            ? "it is missing"
            : `it has ${size} bytes, and had ${bytes} when it was written`
        )
    }
    return this
  }

  /**
   * The files that have checksums, by their paths from the folder; undefined where nobody wrote
   * any.
   */
  get files(): ReadonlyArray<string> | undefined {
    return this.#written === undefined ? undefined : Object.keys(this.#written.files)
  }

  /** A file of the folder as a source, which is read against its checksum before any of it is given. */
  source(name: string): ByteSource {
    const local = localFile(join(this.#directory, name))
    if (this.#written?.files[name] === undefined) return local
    let checked: Promise<void> | undefined
    const check = (): Promise<void> => (checked ??= this.expect(name))
    return {
      name: local.name,
      stream: async function* (from) {
        await check()
        yield* local.stream(from)
      },
      pieces: async () => {
        await check()
        return local.pieces()
      }
    }
  }

  /** Fails where a file is not as it was written. */
  async expect(name: string): Promise<void> {
    const expected = this.#written?.files[name]
    if (expected === undefined) return
    const found = await fileSum(join(this.#directory, name))
    if (found?.crc !== expected.crc || found.bytes !== expected.bytes)
      throw this.#changed(
        name,
        found === undefined ? "it cannot be read" : "its bytes are not those that were written"
      )
  }

  #changed(name: string, detail: string): DataError {
    return changedFile(join(this.#directory, name), this.#written!.writer, detail)
  }
}

/** A part of a dataset lies in its configuration's folder, or in that of a split below it. */
const mostLevels = 2

/** What a folder above says of the files of this one, by their paths from here. */
const writtenAbove = (directory: string): Written | undefined => {
  for (
    let level = 1, above = dirname(resolve(directory));
    level <= mostLevels;
    level++, above = dirname(above)
  ) {
    const json = unsealed(textOf(join(above, checksumsFile)) ?? "")
    if (json === undefined) continue
    const prefix = `${relative(above, resolve(directory)).replaceAll("\\", "/")}/`
    const here = below(JSON.parse(json) as Written, prefix)
    if (here !== undefined) return here
  }
  return undefined
}

/** What is said of the files below a folder, by their paths from there; undefined for nothing. */
export const below = ({ files, writer }: Written, prefix: string): Written | undefined => {
  const here = Object.entries(files)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, sum]) => [name.slice(prefix.length), sum] as const)
  return here.length > 0 ? { writer, files: Object.fromEntries(here) } : undefined
}

/** What the text of a file of checksums says; `path` is where it stands. */
export const writtenIn = (path: string, text: string): Written => {
  const json = unsealed(text)
  if (json === undefined)
    throw wrong(
      path,
      `it is damaged, so that the rows beside it cannot be checked. ${remedies.run} Of a saved dataset, or to read the rows unchecked, remove that file.`
    )
  return JSON.parse(json) as Written
}

/** A file is not as it was when it was written. */
export const changedFile = (path: string, writer: Writer, detail: string): DataError =>
  wrong(
    path,
    `${detail}. ${remedies[writer]} To read it as it is, remove '${checksumsFile}' from the folder of the dataset.`
  )

const wrong = (path: string, detail: string): DataError =>
  new DataError({ action: "read", path, detail })
