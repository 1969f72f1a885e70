/**
 * Moving a folder into its place: what stood there goes only when the new one is in its place, and
 * comes back where that was cut short.
 */
import { existsSync, renameSync, rmSync } from "node:fs"
import { done, leftoversOf } from "../../disk/leftovers.ts"

const oldEnding = "-old"

/** Moves a folder from its provisional path to its own. */
export const moveInto = (from: string, target: string): void => {
  const old = `${from}${oldEnding}`
  if (existsSync(target)) renameSync(target, old)
  try {
    renameSync(from, target)
  } catch (thrown) {
    if (existsSync(old)) renameSync(old, target)
    throw thrown
  }
  rmSync(old, { recursive: true, force: true })
  done(from)
}

/** Puts back what a killed process had moved out of the way when nothing had taken its place yet. */
export const restoreMoved = (target: string): void => {
  if (existsSync(target)) return
  const moved = leftoversOf(target).find((left) => left.endsWith(oldEnding))
  if (moved !== undefined) renameSync(moved, target)
}
