/** Artifacts: files that steps save beside their rows, in folders `STEP/NAME`, each with what the step says of it. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { ArtifactFacts } from "./saving/Story.ts"

/** The folder for them in that of a run. */
export const artifactsFolder = "artifacts"

/** The file in an artifact's folder that says what it is. */
export const artifactMetadata = "metadata.json"

/** The artifacts of a run; none if there is no such folder. */
export const artifactsIn = (folder: string | undefined): ReadonlyArray<ArtifactFacts> => {
  if (folder === undefined || !existsSync(folder)) return []
  return folders(folder).flatMap((step) => folders(join(folder, step)).map((name) => ({ step, name, metadata: metadataIn(join(folder, step, name, artifactMetadata)) })))
}

const folders = (path: string): ReadonlyArray<string> => readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort()

const metadataIn = (path: string): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Readonly<Record<string, unknown>>
  } catch {
    return {}
  }
}
