/**
 * Buckets of S3, and of services that speak its protocol: Cloudflare R2, MinIO and others by their
 * endpoint. Credentials are those that the AWS SDK finds.
 */
import { createReadStream, statSync } from "node:fs"
import type { Readable } from "node:stream"
import { setTimeout as sleep } from "node:timers/promises"
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
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose a profile with AWS_PROFILE.",
  endpoint: "AWS_ENDPOINT_URL_S3"
}

/** What says which server is asked, and as whom. */
export const environment = [
  "AWS_ENDPOINT_URL_S3",
  "AWS_ENDPOINT_URL",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_PROFILE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN"
]

/** S3 takes 10,000 parts at most, of 5 MiB at least. */
const mostParts = 10_000
const partBytes = 8 << 20
const partsAtOnce = 4

/** A create that meets another one under way is tried so often, each time a little later. */
const mostCreates = 10
const createAgainMs = 50

/** Opens a bucket. */
export const open = async (bucket: string): Promise<StoreClient> => {
  const need = "an address of S3"
  const {
    DeleteObjectCommand,
    GetObjectCommand,
    HeadBucketCommand,
    HeadObjectCommand,
    ListObjectsV2Command,
    PutObjectCommand,
    S3Client
  } = await import("@aws-sdk/client-s3").catch(optionalPackage("@aws-sdk/client-s3", need))
  const { Upload } = await import("@aws-sdk/lib-storage").catch(
    optionalPackage("@aws-sdk/lib-storage", need)
  )
  const client = new S3Client({
    followRegionRedirects: true,
    ...elsewhere()
  })
  const within = (key: string) => ({ Bucket: bucket, Key: key })
  return {
    list: async function* (prefix) {
      for (let token: string | undefined; ;) {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token })
        )
        for (const { ETag, Key, Size } of page.Contents ?? [])
          if (Key !== undefined) yield { key: Key, size: Size ?? 0, version: ETag ?? "" }
        token = page.NextContinuationToken
        if (page.IsTruncated !== true || token === undefined) return
      }
    },
    find: async (key): Promise<StoredObject | undefined> => {
      try {
        const { ContentLength, ETag } = await client.send(new HeadObjectCommand(within(key)))
        return { key, size: ContentLength ?? 0, version: ETag ?? "" }
      } catch (thrown) {
        if (statusOf(thrown) !== 404) throw thrown
        // The answer has no body that says whether it is the bucket that is missing.
        await client.send(new HeadBucketCommand({ Bucket: bucket })).catch((missing: unknown) => {
          throw statusOf(missing) === 404 ? new BucketMissing() : missing
        })
        return undefined
      }
    },
    read: async ({ key, version }, from, to) => {
      const { Body, ETag } = await client.send(
        new GetObjectCommand({
          ...within(key),
          Range: `bytes=${from}-${to - 1}`,
          ...(version === "" ? {} : { IfMatch: version })
        })
      )
      const bytes = Body as Readable
      // Not all that speak S3 keep to conditions.
      if (ETag !== undefined && version !== "" && ETag !== version) {
        bytes.destroy()
        throw new OtherVersion()
      }
      return bytes
    },
    put: (uploads) =>
      inTurn(uploads, async ({ content, key }) => {
        if ("text" in content) {
          await client.send(new PutObjectCommand({ ...within(key), Body: content.text }))
          return
        }
        const { size } = statSync(content.file)
        await new Upload({
          client,
          params: { ...within(key), Body: createReadStream(content.file) },
          partSize: Math.max(partBytes, Math.ceil(size / mostParts)),
          queueSize: partsAtOnce
        }).done()
      }),
    create: async (key, text) => {
      const create = { ...within(key), Body: text, IfNoneMatch: "*" }
      for (let attempt = 1; ; attempt++)
        try {
          await client.send(new PutObjectCommand(create))
          return true
        } catch (thrown) {
          const status = statusOf(thrown)
          if (status === 412) return false
          // Another create is under way, and may fail yet.
          if (status !== 409 || attempt === mostCreates) throw thrown
          await sleep(attempt * createAgainMs)
        }
    },
    // One by one: not all that speak S3 remove several in a way that the SDK asks for.
    remove: (keys) =>
      inTurn(keys, async (key) => {
        await client.send(new DeleteObjectCommand(within(key)))
      }),
    refusal
  }
}

/**
 * A service other than AWS, by its address. These are often at one address for all buckets, know no
 * regions, and do not take the checksums that AWS is sent by default.
 */
const elsewhere = () => {
  const endpoint = [process.env["AWS_ENDPOINT_URL_S3"], process.env["AWS_ENDPOINT_URL"]].find(
    (each) => each !== undefined && each !== ""
  )
  return endpoint === undefined
    ? {}
    : ({
        endpoint,
        forcePathStyle: true,
        ...(process.env["AWS_REGION"] === undefined ? { region: "us-east-1" } : {}),
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED"
      } as const)
}

/** What no answer says of itself. */
class BucketMissing extends Error {}
class OtherVersion extends Error {}

interface Failure {
  readonly name?: string
  readonly message?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

const statusOf = (thrown: unknown): number | undefined =>
  (thrown as Failure).$metadata?.httpStatusCode

const refusal = (thrown: unknown): Refusal | undefined => {
  const { message = "", name = "" } = thrown as Failure
  if (name === "NoSuchBucket" || thrown instanceof BucketMissing) return "NoBucket"
  if (name === "NoSuchKey") return "NoObject"
  if (name === "CredentialsProviderError" || causesOf(thrown).some(isWithoutCredentials))
    return "NoCredentials"
  if (/region is missing/i.test(message))
    return { detail: "no region is known. Set AWS_REGION to that of the bucket." }
  if (name === "InvalidAccessKeyId" || name === "SignatureDoesNotMatch" || name === "ExpiredToken")
    return { detail: `the credentials are not accepted (${name}). ${words.credentials}` }
  const status = statusOf(thrown)
  if (status === 412 || thrown instanceof OtherVersion) return "Changed"
  if (status === 401 || status === 403) return "Denied"
  if (status === 301 || name === "PermanentRedirect")
    return { detail: "the bucket is in another region. Set AWS_REGION to its own." }
  return undefined
}

const isWithoutCredentials = ({ message }: { readonly message?: unknown }): boolean =>
  typeof message === "string" && /could not load credentials|credential is missing/i.test(message)
