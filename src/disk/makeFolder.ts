/**
 * Making folders, with the error of the folder that cannot be made: for a path below a read-only
 * one Node says only that it is not there.
 */
import { existsSync, mkdirSync } from "node:fs"
import { dirname } from "node:path"

export const makeFolder = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true })
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown
    let missing = path
    while (!existsSync(dirname(missing))) missing = dirname(missing)
    mkdirSync(missing)
  }
}
