/**
 * Artifacts: files that steps save beside their rows, in folders `STEP/NAME`, each with what the
 * step says of it.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { DataError } from "../rows/DataError.ts"
import type { ArtifactFacts } from "./Story.ts"

/** The folder for them in that of a run. */
export const artifactsFolder = "artifacts"

/** The file in an artifact's folder that says what it is. */
const metadataFile = "metadata.json"

/** Has files written into a folder that takes its name when they are complete. */
export const saveArtifact = async (
  directory: string,
  step: string,
  name: string,
  write: (path: string) => void | PromiseLike<void>,
  metadata: Readonly<Record<string, unknown>> = {}
): Promise<void> => {
  const folder = join(directory, artifactsFolder, step)
  const target = join(folder, name)
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u.test(name))
    throw new DataError({
      action: "write",
      path: target,
      detail: `'${name}' is no name for an artifact. Use letters, digits, spaces, '.', '_' and '-'.`
    })
  try {
    await mkdir(folder, { recursive: true })
    const beside = await mkdtemp(join(folder, unfinished))
    try {
      await write(beside)
      await writeFile(join(beside, metadataFile), `${JSON.stringify(metadata, undefined, 2)}\n`)
      await rm(target, { recursive: true, force: true })
      await rename(beside, target)
    } catch (thrown) {
      await rm(beside, { recursive: true, force: true })
      throw thrown
    }
  } catch (thrown) {
    throw (thrown as NodeJS.ErrnoException).code === undefined
      ? thrown
      : DataError.of("write", target, thrown)
  }
}

/** Removes what steps of a killed run were writing. */
export const clearUnfinishedArtifacts = (directory: string): void => {
  const folder = join(directory, artifactsFolder)
  for (const step of existsSync(folder) ? folders(folder) : []) {
    for (const name of readdirSync(join(folder, step)))
      if (name.startsWith(unfinished))
        rmSync(join(folder, step, name), { recursive: true, force: true })
  }
}

/** How the folder of an artifact begins that is not complete. */
const unfinished = ".partial-"

/** The artifacts in a folder; none if there is no such folder. */
export const artifactsIn = (folder: string | undefined): ReadonlyArray<ArtifactFacts> => {
  if (folder === undefined || !existsSync(folder)) return []
  return folders(folder).flatMap((step) =>
    folders(join(folder, step)).map((name) => ({
      step,
      name,
      metadata: metadataIn(join(folder, step, name))
    }))
  )
}

/** Hidden ones were never finished. */
const folders = (path: string): ReadonlyArray<string> =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort()

const metadataIn = (folder: string): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(readFileSync(join(folder, metadataFile), "utf8")) as Readonly<
      Record<string, unknown>
    >
  } catch {
    return {}
  }
}
