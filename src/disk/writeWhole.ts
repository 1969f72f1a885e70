/** Files that are written as a whole. */
import { renameSync, writeFileSync } from "node:fs"
import { clearWay } from "./clearWay.ts"

/** Writes a file: whatever happens, the text of before or this one is there. */
export const writeWhole = (path: string, text: string): void => {
  const provisional = `${path}.partial`
  clearWay(provisional)
  clearWay(path)
  writeFileSync(provisional, text)
  renameSync(provisional, path)
}
