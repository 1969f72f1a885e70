/** Looking after a response log: what is in it, whether it is sound, and making room. */
import { closeSync, existsSync, openSync, readdirSync, rmSync, statSync } from "node:fs"
import { basename, dirname, join, relative, sep } from "node:path"
import { msSince } from "../disk/fileAge.ts"
import { blocksIn } from "./blocks.ts"
import type { LoggedResponse } from "./LoggedResponse.ts"
import type { Damage } from "./ResponseLog.ts"
import { SegmentIndex } from "./SegmentIndex.ts"
import { linesFrom, segmentNames, segmentSize } from "./segments.ts"
import { isWriterLive } from "./writers.ts"

/** An entry, and where it is. */
export interface FoundEntry {
  readonly entry: LoggedResponse
  readonly segment: string
  readonly bytes: number
}

/** What a check of all segments found. */
export interface Soundness {
  readonly entries: number
  readonly damage: ReadonlyArray<Damage>
}

/**
 * All entries of a log that can be read, oldest segment first. An entry that a later one has taken
 * the place of is among them.
 */
export function* entriesOf(directory: string): Generator<FoundEntry> {
  for (const segment of segmentNames(directory)) {
    for (const { length, text } of linesFrom(join(directory, segment), 0)) {
      if (text !== undefined)
        yield { entry: JSON.parse(text) as LoggedResponse, segment, bytes: length + 1 }
    }
  }
}

/** Reads every line of a log against its checksum. */
export const verify = (directory: string): Soundness => {
  let entries = 0
  const damage: Array<Damage> = []
  for (const segment of segmentNames(directory)) {
    let reach = 0
    for (const { length, offset, text } of linesFrom(join(directory, segment), 0)) {
      reach = offset + length + 1
      if (text === undefined) damage.push({ segment, offset, bytes: length })
      else entries++
    }
    const size = statSync(join(directory, segment)).size
    // Its last line may be on its way, where its writer is there; one that may not be read at all tells nothing.
    if (
      size > reach &&
      (!isWriterLive(join(directory, segment)) || segmentSize(directory, segment) === 0)
    )
      damage.push({ segment, offset: reach, bytes: size - reach })
  }
  return { entries, damage }
}

/** A file of step outputs of which a part does not hold. */
export interface DamagedOutputs {
  readonly path: string
  readonly bytes: number
}

/**
 * Reads all outputs of steps against their checksums; gives how many files there are, and the
 * damaged ones.
 */
export const verifySteps = (
  cacheDirectory: string
): { readonly files: number; readonly damaged: ReadonlyArray<DamagedOutputs> } => {
  const directory = join(cacheDirectory, "steps")
  const files = filesIn(directory).filter(({ path }) => path.endsWith(".jsonl"))
  const damaged = files.flatMap(({ path }) => {
    // The folder of a step is its signature, which its outputs are sealed with.
    const [scope = ""] = relative(directory, path).split(sep)
    const bytes = damagedBytes(path, scope)
    // What a process is writing may end in the middle of a block.
    return bytes === 0 || isWriterLive(path) ? [] : [{ path, bytes }]
  })
  return { files: files.length, damaged }
}

const damagedBytes = (path: string, scope: string): number => {
  let file
  try {
    file = openSync(path, "r")
  } catch {
    return statSync(path).size
  }
  try {
    let sum = 0
    const blocks = blocksIn(file, scope, ({ length }) => {
      sum += length
    })
    for (const _ of blocks) {
      // Reading a block checks it.
    }
    return sum
  } finally {
    closeSync(file)
  }
}

/**
 * What makes room: files that were last written longer ago than so many milliseconds, or the oldest
 * until no more than so many bytes are left.
 */
export interface PruneOptions {
  readonly olderThanMs?: number | undefined
  readonly maxBytes?: number | undefined
  /** True to say what would go, and leave it. */
  readonly dryRun?: boolean | undefined
}

/** A file of a cache directory. */
export interface CacheFile {
  readonly path: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly written: number
}

/**
 * The files of a cache directory by what they hold: answers of models, outputs of steps, results of
 * runs.
 */
export const cacheFiles = (cacheDirectory: string) => ({
  responses: filesIn(join(cacheDirectory, "responses")),
  steps: filesIn(join(cacheDirectory, "steps")),
  runs: filesIn(join(cacheDirectory, "runs"))
})

/**
 * Removes answers and outputs of steps, whole files, oldest first, but none that a process is
 * writing to. They are asked for and worked out again if they are wanted. Results of runs stay.
 */
export const prune = (
  cacheDirectory: string,
  { dryRun = false, maxBytes = Infinity, olderThanMs = Infinity }: PruneOptions
): ReadonlyArray<CacheFile> => {
  const { responses, steps } = cacheFiles(cacheDirectory)
  const files = [...responses, ...steps]
    .filter(({ path }) => path.endsWith(".jsonl"))
    .toSorted((a, b) => a.written - b.written)
  let left = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const gone: Array<CacheFile> = []
  for (const file of files) {
    if (isWriterLive(file.path) || !(left > maxBytes || msSince(file.written) > olderThanMs))
      continue
    left -= file.bytes
    gone.push(file)
    if (!dryRun) rmSync(file.path, { force: true })
  }
  const segments = gone
    .filter(({ path }) => dirname(path) === join(cacheDirectory, "responses"))
    .map(({ path }) => basename(path))
  if (!dryRun && segments.length > 0) forget(join(cacheDirectory, "responses"), segments)
  return gone
}

const forget = (directory: string, segments: ReadonlyArray<string>): void => {
  const index = SegmentIndex.open(directory)
  index.forget(segments)
  index.close()
}

const filesIn = (directory: string): ReadonlyArray<CacheFile> => {
  const names = existsSync(directory)
    ? readdirSync(directory, { recursive: true, withFileTypes: true })
    : []
  return names
    .filter((each) => each.isFile())
    .map((each) => {
      const path = join(each.parentPath, each.name)
      const { mtimeMs, size } = statSync(path)
      return { path, bytes: size, written: mtimeMs }
    })
}
