/**
 * Source files to look at, beside the sources that they import. TypeScript's own check of the
 * project does not see them, since their folder's name begins with a dot.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterAll } from "vitest"

export const sourceFolder = (): ((name: string, text: string) => string) => {
  const folder = mkdtempSync("test/codegen/.sources-")
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (name, text) => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
}
