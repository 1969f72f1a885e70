/** Access: files of ours that somebody has forbidden even to us. */
import { accessSync, chmodSync, constants } from "node:fs"

const { R_OK, W_OK } = constants

/**
 * Whether a file can be read and, unless `reads` is all that is wanted, written: allows it where
 * that is ours to allow.
 */
export const isUsable = (path: string, wanted: "reads" | "writes" = "writes"): boolean => {
  const mode = wanted === "reads" ? R_OK : R_OK | W_OK
  if (isAllowed(path, mode)) return true
  try {
    chmodSync(path, 0o600)
  } catch {
    return false
  }
  return isAllowed(path, mode)
}

const isAllowed = (path: string, mode: number): boolean => {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}
