/**
 * Downloads: files of the Hub kept in the cache directory, each downloaded when it is first read,
 * whole or not at all, and again when it is not as it was downloaded.
 */
import { createHash } from "node:crypto"
import { statSync } from "node:fs"
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { crc32 } from "node:zlib"
import { clearWay } from "../../disk/clearWay.ts"
import { done, provisionalPath, removeLeftovers } from "../../disk/leftovers.ts"
import { fileSum, type Prefix } from "../../disk/prefixes.ts"
import { sealed, unsealed } from "../../disk/sealed.ts"
import { type ByteSource, localFile } from "../rows/ByteSource.ts"
import { DataError } from "../rows/DataError.ts"
import { HubError } from "./HubError.ts"
import type { HubFile, HubRepo } from "./HubRepo.ts"

/** A file of a repository as a local one. */
export const downloaded = (repo: HubRepo, file: HubFile, cacheDir: string): ByteSource => {
  const path = join(
    cacheDir,
    "hub",
    `datasets--${repo.id.replaceAll("/", "--")}`,
    repo.commit,
    ...file.path.split("/")
  )
  const source = repo.source(file)
  let local: Promise<ByteSource> | undefined
  const here = (): Promise<ByteSource> => {
    local ??= download(repo, file, source, path).catch((thrown: unknown) => {
      local = undefined
      throw thrown
    })
    return local
  }
  return {
    name: source.name,
    stream: async function* (from) {
      yield* (await here()).stream(from)
    },
    pieces: async () => (await here()).pieces()
  }
}

const download = async (
  repo: HubRepo,
  file: HubFile,
  source: ByteSource,
  path: string
): Promise<ByteSource> => {
  removeLeftovers(path)
  if (await isSound(file, path)) return localFile(path)
  const partial = provisionalPath(path)
  try {
    await mkdir(dirname(path), { recursive: true })
    const { sha256, sum } = await written(source, partial)
    if (file.sha256 !== undefined && sha256 !== file.sha256)
      throw new HubError({
        reason: "Damaged",
        repo: repo.id,
        detail: `'${file.path}' came with other bytes than the Hub says it has. Run again.`
      })
    clearWay(path)
    clearWay(sumPath(path))
    await writeFile(sumPath(path), sealed(JSON.stringify(sum)))
    await rename(partial, path)
  } catch (thrown) {
    await rm(partial, { force: true })
    throw thrown instanceof HubError || (thrown as { readonly code?: unknown }).code === undefined
      ? thrown
      : DataError.of("write", partial, thrown)
  } finally {
    done(partial)
  }
  return localFile(path)
}

/** Writes all bytes of a source to a file; gives what they add up to. */
const written = async (
  source: ByteSource,
  path: string
): Promise<{ readonly sha256: string; readonly sum: Prefix }> => {
  const hash = createHash("sha256")
  let [bytes, crc] = [0, 0]
  const target = await open(path, "w")
  try {
    for await (const chunk of source.stream()) {
      hash.update(chunk)
      crc = crc32(chunk, crc)
      bytes += chunk.length
      await target.writeFile(chunk)
    }
    await target.sync()
  } finally {
    await target.close()
  }
  return { sha256: hash.digest("hex"), sum: { bytes, crc } }
}

/** Where the checksum of a download is: beside it, hidden. */
const sumPath = (path: string): string => join(dirname(path), `.${basename(path)}.sum`)

/** Whether a file is there as it was downloaded. */
const isSound = async ({ size }: HubFile, path: string): Promise<boolean> => {
  if (statSync(path, { throwIfNoEntry: false })?.size !== size) return false
  const expected = await readSum(path)
  const found = await fileSum(path)
  return expected !== undefined && found?.bytes === expected.bytes && found.crc === expected.crc
}

const readSum = async (path: string): Promise<Prefix | undefined> => {
  try {
    const json = unsealed(await readFile(sumPath(path), "utf8"))
    return json === undefined ? undefined : (JSON.parse(json) as Prefix)
  } catch {
    return undefined
  }
}
