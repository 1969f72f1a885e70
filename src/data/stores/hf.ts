/**
 * Datasets of the Hugging Face Hub as folders of files: `hf://datasets/OWNER/NAME@REVISION/PATH`.
 * What is put there is a commit.
 */
import { hubAccess, HubRefusal } from "../hub/HubAccess.ts"
import { type HubRepo, latestCommit, openRepo } from "../hub/HubRepo.ts"
import { HubUpload } from "../hub/HubUpload.ts"
import type { BytePieces } from "../rows/ByteSource.ts"
import type { StoreClient, StoredObject, StoreWords } from "./ObjectStore.ts"

export const words: StoreWords = {
  bucket: "dataset",
  credentials: "Set HF_TOKEN, or sign in with 'hf auth login'.",
  endpoint: "HF_ENDPOINT"
}

export const environment = [
  "HF_ENDPOINT",
  "HF_TOKEN",
  "HUGGING_FACE_HUB_TOKEN",
  "HF_TOKEN_PATH",
  "HF_HOME"
]

/** Larger ranges are not held in memory. */
const pieceBytes = 4 << 20
const title = "Upload with distilabel-ts"

/** Opens a dataset by its part of an address. */
export const open = async (name: string): Promise<StoreClient> => {
  const [id = "", revision = "main"] = name.slice("datasets/".length).split("@")
  const branch = decodeURIComponent(revision)
  const access = hubAccess()
  let opened: HubRepo | undefined
  const pieces = new Map<string, Promise<BytePieces>>()
  let writing: Promise<HubUpload> | undefined
  /** The dataset as it is now: it is listed again when somebody has changed it. */
  const now = async (): Promise<HubRepo> => {
    if (opened === undefined || (await latestCommit(access, id, branch)) !== opened.commit)
      opened = await openRepo(access, id, branch)
    return opened
  }
  const objects = (repo: HubRepo): ReadonlyArray<StoredObject> =>
    repo.files.map(({ path, size }) => ({ key: path, size, version: repo.commit }))
  const upload = (): Promise<HubUpload> => (writing ??= HubUpload.open(access, id, branch))
  return {
    list: async function* (prefix) {
      for (const object of objects(await now())) if (object.key.startsWith(prefix)) yield object
    },
    find: async (key) => objects(await now()).find((object) => object.key === key),
    read: async ({ key, version }, from, to) => {
      const repo = opened?.commit === version ? opened : await openRepo(access, id, version)
      const source = repo.source(repo.files.find(({ path }) => path === key)!)
      if (to - from > pieceBytes) return until(source.stream(from), to - from)
      const known = `${version}/${key}`
      const file = pieces.get(known) ?? source.pieces()
      pieces.set(known, file)
      file.catch(() => pieces.delete(known))
      return [await (await file).slice(from, to)]
    },
    put: async (uploads) => {
      await (
        await upload()
      ).add(
        uploads.map(({ content, key }) => ({ path: key, content })),
        title
      )
    },
    create: async (key, text) => {
      await (await upload()).commit([{ path: key, content: { text } }], [], title)
      return true
    },
    remove: async (keys) => {
      await (await upload()).commit([], keys, title)
    },
    refusal: (thrown) => (thrown instanceof HubRefusal ? { detail: thrown.message } : undefined)
  }
}

/** The first bytes of a stream. */
async function* until(bytes: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count
  for await (const chunk of bytes) {
    yield chunk.subarray(0, left)
    left -= chunk.length
    if (left <= 0) return
  }
}
