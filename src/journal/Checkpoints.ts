/**
 * Checkpoints: how far a run has come, so that the same run goes on from there. One file in the
 * run's folder, a line for each checkpoint.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { Prefix } from "../disk/prefixes.ts"
import { unsealed } from "../disk/sealed.ts"
import { readSealedLines, SealedLines } from "./SealedLines.ts"

/**
 * How much of a leaf's files belongs to the rows before a checkpoint, and the checksums of that
 * much.
 */
export interface LeafMark {
  readonly bytes: number
  readonly rows: number
  readonly crc: number
  readonly errorBytes: number
  readonly errorRows: number
  readonly errorCrc: number
}

/** How much of a file belongs to the rows before a checkpoint. */
export interface RowsMark extends Prefix {
  readonly rows: number
}

/** All rows of the source before `position` are in the leaves' files. */
export interface Checkpoint {
  readonly position: number
  /** The hash of the source's rows from the checkpoint before to this one. */
  readonly rows: string
  readonly leaves: Readonly<Record<string, LeafMark>>
  /** How much of the files of steps that write their own is of these rows; absent without any. */
  readonly files?: Readonly<Record<string, RowsMark>>
  /** What the source keeps over a resume, as it was after these rows; absent if it keeps nothing. */
  readonly state?: unknown
}

/** What a source gave in all. */
export interface SourceSum {
  readonly rows: number
  readonly hash: string
}

/** How a finished run ended. */
export interface Finish {
  readonly sources: Readonly<Record<string, SourceSum>>
  readonly leaves: Readonly<Record<string, LeafMark>>
}

/** Which run it is that works in a folder. */
export interface RunIdentity {
  /** Its name in the journal; a resumed run keeps it. */
  readonly run: string
  /** Runs of whose rows it has kept the first ones. */
  readonly earlier: ReadonlyArray<string>
  /** Runs whose requests count against its budget: itself, and those that it goes on after a stop. */
  readonly paid: ReadonlyArray<string>
}

/** What an earlier run in this folder has left. */
export interface Past {
  readonly identity: RunIdentity
  /** What the graph was. */
  readonly signature: string
  readonly checkpoints: ReadonlyArray<Checkpoint>
  readonly finish: Finish | undefined
}

type Line =
  | { readonly signature: string; readonly identity?: RunIdentity }
  | Checkpoint
  | { readonly finish: Finish }

// Hidden, so that a pattern over the folder's files finds rows only.
const fileName = ".checkpoints"

/** The folders below one that hold checkpoints. */
export const foldersWithCheckpoints = (directory: string): ReadonlyArray<string> => {
  const names = existsSync(directory)
    ? readdirSync(directory, { recursive: true, encoding: "utf8" })
    : []
  return names
    .filter((name) => basename(name) === fileName)
    .map((name) => join(directory, dirname(name)))
    .sort()
}

/**
 * What an earlier run has left in a folder; undefined if there was none, or if its file is damaged
 * from the start.
 */
export const readPast = (directory: string): Past | undefined => {
  const lines = readSealedLines(join(directory, fileName)) as ReadonlyArray<Line> | undefined
  let signature: string | undefined
  let identity: RunIdentity = { run: "", earlier: [], paid: [] }
  const checkpoints: Array<Checkpoint> = []
  let finish: Finish | undefined
  for (const value of lines ?? []) {
    if ("signature" in value) {
      signature = value.signature
      identity = value.identity ?? identity
    } else if ("finish" in value) finish = value.finish
    else checkpoints.push(value)
  }
  return signature === undefined ? undefined : { signature, identity, checkpoints, finish }
}

/** Whether a line of a folder's checkpoints is damaged: what comes after it does not count. */
export const hasDamagedCheckpoints = (directory: string): boolean => {
  try {
    return readFileSync(join(directory, fileName), "utf8")
      .split("\n")
      .some((line) => line !== "" && unsealed(line) === undefined)
  } catch {
    return existsSync(join(directory, fileName))
  }
}

/** Writes the checkpoints of a run. */
export class CheckpointWriter {
  readonly #lines: SealedLines

  /** Begins anew, with the checkpoints of an earlier run that still hold. */
  constructor(
    directory: string,
    signature: string,
    identity: RunIdentity,
    kept: ReadonlyArray<Checkpoint>
  ) {
    this.#lines = new SealedLines(join(directory, fileName), [{ signature, identity }, ...kept])
  }

  add(checkpoint: Checkpoint): void {
    this.#lines.add(checkpoint)
  }

  finish(finish: Finish): void {
    this.#lines.add({ finish })
  }
}
