/**
 * Source files to look at. TypeScript's own check of the project does not see them, since their
 * folder's name begins with a dot. As a user's files do, they import the declarations of the build,
 * where there is one: reading the library's sources instead takes the compiler twice as long.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterAll } from "vitest"
import { conditions } from "../program.ts"

/** The tsconfig.json of such a folder. */
export const settings = {
  extends: "../../../tsconfig.json",
  ...(conditions.length === 0 ? { compilerOptions: { customConditions: [] } } : {}),
  include: ["**/*.ts"]
}

export const sourceFolder = (): ((name: string, text: string) => string) => {
  const folder = mkdtempSync("test/codegen/.sources-")
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (name, text) => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
}
