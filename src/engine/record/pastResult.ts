/** Past results: what an earlier run left in its folder, read against the checksums of its marks. */
import { existsSync, statSync } from "node:fs"
import { type FileMark, JsonLinesWriter, type Remains } from "../../data/files/JsonLines.ts"
import type { Checkpoint, Finish, Past } from "../../journal/Checkpoints.ts"
import { type Marks, marksOf, pathsOf, subsetOf } from "./LeafFiles.ts"
import type { FilesOfSteps } from "./StepFiles.ts"

/** What of an earlier run still holds. */
export interface PastResult {
  readonly checkpoints: ReadonlyArray<Checkpoint>
  /** How it ended; undefined if it did not, or its files are not as it left them. */
  readonly finish: Finish | undefined
  /** Where each file's rows are, by the name that it has when it is complete. */
  readonly files: ReadonlyMap<string, string>
  readonly damaged: DamagedFile | undefined
}

export const noResult: PastResult = {
  checkpoints: [],
  finish: undefined,
  files: new Map(),
  damaged: undefined
}

/** Reads the files of an earlier run, all of them, from beginning to end. */
export const readResult = async (
  directory: string,
  leaves: ReadonlyArray<string>,
  { checkpoints, finish }: Pick<Past, "checkpoints" | "finish">,
  stepFiles: FilesOfSteps = new Map()
): Promise<PastResult> => {
  const marks = [...checkpoints, ...(finish === undefined ? [] : [finish])].map(
    (each) => each.leaves
  )
  const left = await leavesLeft(directory, leaves, marks)
  // A finished run is made again where a step writes a file: only a stopped one goes on in it.
  const written = finish === undefined ? await stepFilesLeft(stepFiles, checkpoints) : noFiles
  const damaged =
    left.damaged ??
    written.damaged ??
    (finish === undefined ? undefined : incomplete(directory, leaves, finish.leaves, left.files))
  return {
    checkpoints: checkpoints.slice(0, Math.min(left.held, written.held)),
    finish: damaged === undefined ? finish : undefined,
    files: new Map([...left.files, ...written.files]),
    damaged
  }
}

/** What is wrong with a file, in a sentence. */
export const damageText = ({ is, path, sound }: DamagedFile): string =>
  `'${path}' is ${is}${is === "damaged" && sound > 0 ? ` after row ${sound}` : ""}.`

/** A file of an earlier run that is not as the run left it. */
export interface DamagedFile {
  readonly path: string
  readonly is: "missing" | "damaged"
  /** Rows before the damage. */
  readonly sound: number
}

/** What an earlier run left in its files, or in those of its steps. */
interface FilesLeft {
  /** How many of the marks, or of the checkpoints, all files hold. */
  readonly held: number
  /** Where each file's rows are: under its name, or under the provisional one. */
  readonly files: ReadonlyMap<string, string>
  readonly damaged: DamagedFile | undefined
}

const noFiles: FilesLeft = { held: Infinity, files: new Map(), damaged: undefined }

/** Reads the files of an earlier run against its marks, from the first to the last. */
const leavesLeft = async (
  directory: string,
  leaves: ReadonlyArray<string>,
  marks: ReadonlyArray<Marks>
): Promise<FilesLeft> => {
  const files = new Map<string, string>()
  let held = marks.length
  let damaged: DamagedFile | undefined
  const look = async (path: string, fileMarks: ReadonlyArray<FileMark>): Promise<void> => {
    const remains = await JsonLinesWriter.remains(path, fileMarks)
    files.set(path, remains.file)
    if (remains.held < fileMarks.length) damaged ??= damageOf(path, remains, fileMarks)
    held = Math.min(held, remains.held)
  }
  for (const leaf of leaves) {
    const paths = pathsOf(directory, subsetOf(leaves, leaf))
    const all = marks.map((each) => marksOf(each[leaf]!))
    await look(
      paths.rows,
      all.map(({ rows }) => rows)
    )
    await look(
      paths.errors,
      all.map(({ errors }) => errors)
    )
  }
  return { held, files, damaged }
}

/** Reads the files that steps of a stopped run wrote against its checkpoints. */
const stepFilesLeft = async (
  stepFiles: FilesOfSteps,
  checkpoints: ReadonlyArray<Checkpoint>
): Promise<FilesLeft> => {
  const files = new Map<string, string>()
  let held = checkpoints.length
  let damaged: DamagedFile | undefined
  for (const [step, { rows }] of stepFiles) {
    const marks = checkpoints.map((each) => each.files?.[step] ?? unwritten)
    const remains = await JsonLinesWriter.remains(rows, marks)
    files.set(rows, remains.file)
    if (remains.held < marks.length) damaged ??= damageOf(rows, remains, marks)
    held = Math.min(held, remains.held)
  }
  return { held, files, damaged }
}

/** No file holds it. */
const unwritten: FileMark = { bytes: -1, crc: 0, rows: 0 }

const damageOf = (
  path: string,
  { file, held }: Remains,
  marks: ReadonlyArray<FileMark>
): DamagedFile => ({
  path: existsSync(file) ? file : path,
  is: existsSync(file) ? "damaged" : "missing",
  sound: marks[held - 1]?.rows ?? 0
})

/**
 * The first complete file of an earlier run that holds less or more than its mark says, or is not
 * under its own name.
 */
const incomplete = (
  directory: string,
  leaves: ReadonlyArray<string>,
  marks: Marks,
  files: FilesLeft["files"]
): DamagedFile | undefined => {
  for (const leaf of leaves) {
    const paths = pathsOf(directory, subsetOf(leaves, leaf))
    for (const [path, mark] of [
      [paths.rows, marksOf(marks[leaf]!).rows],
      [paths.errors, marksOf(marks[leaf]!).errors]
    ] as const) {
      const size = statSync(path, { throwIfNoEntry: false })?.size
      const expected = mark.rows === 0 && path === paths.errors ? undefined : mark.bytes
      if (size !== expected || (size !== undefined && files.get(path) !== path))
        return { path, is: size === undefined ? "missing" : "damaged", sound: mark.rows }
    }
  }
  return undefined
}
