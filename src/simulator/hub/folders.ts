/**
 * Datasets of a simulated Hub in a folder: `OWNER/NAME/…`, read at its start, and written when
 * something is pushed.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { dirname, join, sep } from "node:path"
import { SimulatorOptionError } from "../server/SimulatorOptions.ts"
import type { Changes, Repos } from "./Repos.ts"

/** Reads all datasets of a folder. */
export const readFolders = (directory: string, repos: Repos): void => {
  mkdirSync(directory, { recursive: true })
  for (const owner of foldersIn(directory)) {
    for (const name of foldersIn(join(directory, owner))) {
      const folder = join(directory, owner, name)
      const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
        statSync(join(folder, path)).isFile()
      )
      const content = new Map(
        files.map((path) => [path.replaceAll(sep, "/"), readFileSync(join(folder, path))])
      )
      repos.change(repos.create(`${owner}/${name}`), "main", content, `files of ${owner}/${name}`)
    }
  }
}

const foldersIn = (path: string): ReadonlyArray<string> => {
  if (!statSync(path).isDirectory())
    throw new SimulatorOptionError(
      "directory",
      `'${path}'`,
      "give a folder with datasets as OWNER/NAME"
    )
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort()
}

/** Writes what a commit has changed. */
export const writeFolders = (directory: string, id: string, changes: Changes): void => {
  for (const [path, content] of changes) {
    const target = join(directory, id, path)
    // A path that leads out of its folder stays where it is: in memory.
    if (!target.startsWith(join(directory, id) + sep)) continue
    if (content === undefined) {
      if (existsSync(target)) rmSync(target)
      continue
    }
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content)
  }
}
