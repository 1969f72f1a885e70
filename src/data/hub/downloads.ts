/** Downloads: files of the Hub kept in the cache directory, each downloaded when it is first read, whole or not at all. */
import { createHash } from "node:crypto"
import { existsSync, statSync } from "node:fs"
import { mkdir, open, rename, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import { type ByteSource, localFile } from "../ByteSource.ts"
import { DataError } from "../DataError.ts"
import { HubError } from "./HubError.ts"
import type { HubFile, HubRepo } from "./HubRepo.ts"

/** A file of a repository as a local one. */
export const downloaded = (repo: HubRepo, file: HubFile, cacheDir: string): ByteSource => {
  const path = join(cacheDir, "hub", `datasets--${repo.id.replaceAll("/", "--")}`, repo.commit, ...file.path.split("/"))
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
    stream: async function*(from) {
      yield* (await here()).stream(from)
    },
    pieces: async () => (await here()).pieces()
  }
}

const download = async (repo: HubRepo, file: HubFile, source: ByteSource, path: string): Promise<ByteSource> => {
  if (existsSync(path) && statSync(path).size === file.size) return localFile(path)
  const partial = `${path}.${process.pid}-${Math.random().toString(36).slice(2, 8)}.partial`
  const hash = createHash("sha256")
  try {
    await mkdir(dirname(path), { recursive: true })
    const target = await open(partial, "w")
    try {
      for await (const chunk of source.stream()) {
        hash.update(chunk)
        await target.writeFile(chunk)
      }
      await target.sync()
    } finally {
      await target.close()
    }
    if (file.sha256 !== undefined && hash.digest("hex") !== file.sha256) throw new HubError({ reason: "Damaged", repo: repo.id, detail: `'${file.path}' came with other bytes than the Hub says it has. Run again.` })
    await rename(partial, path)
  } catch (thrown) {
    await rm(partial, { force: true })
    throw thrown instanceof HubError || (thrown as { readonly code?: unknown }).code === undefined ? thrown : DataError.of("write", partial, thrown)
  }
  return localFile(path)
}
