/**
 * Segments: the files of a log, each written by one process to its end and never changed. A line is
 * one sealed entry.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs"
import { join } from "node:path"
import { isUsable } from "../disk/access.ts"
import { unsealed } from "../disk/sealed.ts"
import { writerName } from "./writers.ts"

const chunkBytes = 1 << 20

/** A place in a segment. */
export interface Place {
  readonly offset: number
  /** Bytes, without the line feed. */
  readonly length: number
}

/** A place, and the segment that it is in. */
export interface Located extends Place {
  readonly segment: string
}

/** A line of a segment; its text is undefined if the line is damaged. */
export interface Line extends Place {
  readonly text: string | undefined
}

/** A name that sorts by time and says which process writes. */
export const segmentName = (): string => `${writerName()}.jsonl`

/** The names of all segments in a folder, oldest first. */
export const segmentNames = (directory: string): ReadonlyArray<string> => {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".jsonl"))
      .map(({ name }) => name)
      .toSorted()
  } catch {
    return []
  }
}

/** Bytes of a segment; 0 if it is gone, or nobody lets us read it. */
export const segmentSize = (directory: string, name: string): number => {
  const path = join(directory, name)
  return isUsable(path, "reads") ? (statSync(path, { throwIfNoEntry: false })?.size ?? 0) : 0
}

/** The complete lines of a segment from an offset on. A last line without its end is none yet. */
export function* linesFrom(path: string, offset: number): Generator<Line> {
  let file
  try {
    file = openSync(path, "r")
  } catch {
    return
  }
  try {
    let rest: Buffer = Buffer.alloc(0)
    let at = offset
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes)
      const length = readSync(file, chunk, 0, chunkBytes, at + rest.length)
      if (length === 0) return
      const bytes =
        rest.length === 0
          ? chunk.subarray(0, length)
          : Buffer.concat([rest, chunk.subarray(0, length)])
      let start = 0
      for (
        let end = bytes.indexOf(10, Math.max(start, rest.length));
        end >= 0;
        end = bytes.indexOf(10, start)
      ) {
        yield {
          offset: at + start,
          length: end - start,
          text: unsealed(bytes.toString("utf8", start, end))
        }
        start = end + 1
      }
      at += start
      rest = bytes.subarray(start)
    }
  } finally {
    closeSync(file)
  }
}
