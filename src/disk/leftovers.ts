/**
 * Leftovers: provisional files and folders whose writer was killed. A name says which process of
 * which machine writes under it, so that the next writer knows when nobody comes back for it.
 */
import { hash, randomBytes } from "node:crypto"
import { readdirSync, rmSync } from "node:fs"
import { hostname } from "node:os"
import { basename, dirname, join } from "node:path"
import { fileAgeMs } from "./fileAge.ts"
import { isRunning } from "./isRunning.ts"

const machine = hash("sha256", hostname()).slice(0, 8)

/** Provisional paths that this process is writing under. */
const written = new Set<string>()

/** Files of other machines count as left when nobody wrote to them for a day. */
const idleMs = 86_400_000

/** A path beside `path` to write under until all is complete; hidden, and given back with `done`. */
export const provisionalPath = (path: string): string => {
  const provisional = join(
    dirname(path),
    `${prefixOf(path)}${machine}-${process.pid}-${randomBytes(4).toString("hex")}`
  )
  written.add(provisional)
  return provisional
}

/** The provisional path is no longer in use: what stands there was moved, or is left. */
export const done = (provisional: string): void => {
  written.delete(provisional)
}

/** What killed writers left under provisional paths of `path`. */
export const leftoversOf = (path: string): ReadonlyArray<string> => {
  const prefix = prefixOf(path)
  return namesIn(dirname(path))
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(dirname(path), name))
    .filter((left) => isLeft(left, basename(left).slice(prefix.length)))
}

/** Removes what killed writers left under provisional paths of `path`. */
export const removeLeftovers = (path: string): void => {
  for (const left of leftoversOf(path)) rmSync(left, { recursive: true, force: true })
}

const prefixOf = (path: string): string => `.${basename(path)}.partial-`

const isLeft = (path: string, owner: string): boolean => {
  const [, on, pid = ""] = /^([\da-f]{8})-(\d+)-[\da-f]{8}/.exec(owner) ?? []
  if (on !== machine) return ageMs(path) > idleMs
  if (Number(pid) === process.pid) return ![...written].some((each) => path.startsWith(each))
  return !isRunning(Number(pid))
}

/** Since the last write to it, or to anything in it. */
const ageMs = (path: string): number =>
  Math.min(...[path, ...namesIn(path, true).map((name) => join(path, name))].map(fileAgeMs))

const namesIn = (directory: string, recursive = false): ReadonlyArray<string> => {
  try {
    return readdirSync(directory, { recursive, encoding: "utf8" })
  } catch {
    return []
  }
}
