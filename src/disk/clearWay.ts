/** Clearing the way: a file of ours is about to be written where something else stands. */
import { randomBytes } from "node:crypto"
import { renameSync, rmdirSync, statSync } from "node:fs"
import { isUsable } from "./access.ts"

/**
 * Moves a folder aside that stands under a file's name, unless it is empty, and lets us use a file
 * that nobody may use. What cannot be cleared stays: the write says why.
 */
export const clearWay = (path: string): void => {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory() === true) clearFolder(path)
    else if (found !== undefined) isUsable(path)
  } catch {
    // The write that follows meets the same obstacle, and names it.
  }
}

const clearFolder = (path: string): void => {
  try {
    rmdirSync(path)
  } catch {
    renameSync(path, `${path}.moved-aside-${randomBytes(3).toString("hex")}`)
  }
}
