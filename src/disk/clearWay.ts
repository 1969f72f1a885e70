/** Clearing the way: a file of ours is about to be written where something else stands. */
import { accessSync, chmodSync, constants, renameSync, rmdirSync, statSync } from "node:fs"
import { randomBytes } from "node:crypto"

/** Moves a folder aside that stands under a file's name, unless it is empty, and lets us use a file that nobody may use. What cannot be cleared stays: the write says why. */
export const clearWay = (path: string): void => {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) return
    if (found.isDirectory()) clearFolder(path)
    else if (!isUsable(path)) chmodSync(path, 0o600)
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

const isUsable = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}
