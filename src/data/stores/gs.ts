/**
 * Buckets of Google Cloud Storage. Credentials are the application default ones, as Google's SDK
 * finds them.
 */
import { statSync } from "node:fs"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { inTurn } from "./inTurn.ts"
import {
  causesOf,
  type Refusal,
  type StoreClient,
  type StoredObject,
  type StoreWords
} from "./ObjectStore.ts"

export const words: StoreWords = {
  bucket: "bucket",
  credentials:
    "Sign in with 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS.",
  endpoint: "STORAGE_EMULATOR_HOST"
}

export const environment = ["STORAGE_EMULATOR_HOST", "GOOGLE_APPLICATION_CREDENTIALS"]

/** Larger files go in parts that are sent again by themselves. */
const resumableBytes = 8 << 20
const pageSize = 1000

interface Metadata {
  readonly name?: string | undefined
  readonly size?: string | number | undefined
  readonly generation?: string | number | undefined
}

/** Opens a bucket. */
export const open = async (name: string): Promise<StoreClient> => {
  const { IdempotencyStrategy, Storage } = await import("@google-cloud/storage").catch(
    optionalPackage("@google-cloud/storage", "an address of Google Cloud Storage")
  )
  const storage = new Storage({
    // An object is put as a whole: doing that twice does no harm.
    retryOptions: { idempotencyStrategy: IdempotencyStrategy.RetryAlways, totalTimeout: 60 }
  })
  const bucket = storage.bucket(name)
  return {
    list: async function* (prefix) {
      for (let token: string | undefined; ;) {
        const [files, next] = await bucket.getFiles({
          prefix,
          autoPaginate: false,
          maxResults: pageSize,
          ...(token === undefined ? {} : { pageToken: token })
        })
        for (const file of files) yield objectOf(file.name, file.metadata)
        token = (next as { readonly pageToken?: string } | null)?.pageToken
        if (token === undefined) return
      }
    },
    find: async (key) => {
      try {
        const [metadata] = await bucket.file(key).getMetadata()
        return objectOf(key, metadata)
      } catch (thrown) {
        if (refusal(thrown) === "NoObject") return undefined
        throw thrown
      }
    },
    read: async ({ key, version }, from, to) =>
      bucket
        .file(key, version === "" ? {} : { generation: version })
        .createReadStream({ start: from, end: to - 1, validation: false, decompress: false }),
    put: (uploads) =>
      inTurn(uploads, async ({ content, key }) => {
        if ("text" in content) await bucket.file(key).save(content.text, { resumable: false })
        else
          await bucket.upload(content.file, {
            destination: key,
            resumable: statSync(content.file).size > resumableBytes
          })
      }),
    create: async (key, text) => {
      try {
        await bucket
          .file(key)
          .save(text, { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } })
        return true
      } catch (thrown) {
        if (statusOf(thrown) === 412) return false
        throw thrown
      }
    },
    remove: (keys) =>
      inTurn(keys, async (key) => {
        await bucket.file(key).delete({ ignoreNotFound: true })
      }),
    refusal
  }
}

const objectOf = (key: string, { generation, size }: Metadata): StoredObject => ({
  key,
  size: Number(size ?? 0),
  version: String(generation ?? "")
})

const statusOf = (thrown: unknown): number | undefined => {
  const { code, status } = thrown as { readonly code?: unknown; readonly status?: unknown }
  const found = Number(code ?? status)
  return Number.isNaN(found) ? undefined : found
}

const refusal = (thrown: unknown): Refusal | undefined => {
  const messages = causesOf(thrown)
    .map(({ message }) => (typeof message === "string" ? message : ""))
    .join(" ")
  if (/could not load the default credentials|invalid_grant|reauth/i.test(messages))
    return "NoCredentials"
  const status = statusOf(thrown)
  if (status === 404) return /bucket does not exist/i.test(messages) ? "NoBucket" : "NoObject"
  if (status === 412) return "Changed"
  if (status === 401 || status === 403) return "Denied"
  return undefined
}
