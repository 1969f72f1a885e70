/**
 * Ages of files. A file is stamped by the machine's clock and its age is told by it, so that this
 * is the one place beside the names of files where that clock counts: waits, limits and budgets go
 * by effect's clock.
 */
import { statSync } from "node:fs"

/** Milliseconds since a moment that a file was stamped with. */
export const msSince = (stamp: number): number => Date.now() - stamp

/** Milliseconds since a file was written to; Infinity where there is none. */
export const fileAgeMs = (path: string): number => {
  const stamp = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return stamp === undefined ? Infinity : msSince(stamp)
}
