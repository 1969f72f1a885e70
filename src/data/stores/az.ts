/**
 * Containers of Azure Blob Storage. The account is that of the environment: of a connection string,
 * or a name with a key, a shared access signature, or whoever is signed in.
 */
import type { BlobServiceClient } from "@azure/storage-blob"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { remember } from "../../secrets/redact.ts"
import { DataError } from "../rows/DataError.ts"
import { inTurn } from "./inTurn.ts"
import type { Refusal, StoreClient, StoreWords } from "./ObjectStore.ts"

export const words: StoreWords = {
  bucket: "container",
  credentials:
    "Set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN; or sign in with 'az login' and install @azure/identity.",
  endpoint: "AZURE_STORAGE_CONNECTION_STRING"
}

export const environment = [
  "AZURE_STORAGE_CONNECTION_STRING",
  "AZURE_STORAGE_ACCOUNT",
  "AZURE_STORAGE_ACCOUNT_NAME",
  "AZURE_STORAGE_KEY",
  "AZURE_STORAGE_ACCOUNT_KEY",
  "AZURE_STORAGE_SAS_TOKEN"
]

const blockBytes = 8 << 20
const blocksAtOnce = 4

/** Opens a container. */
export const open = async (name: string): Promise<StoreClient> => {
  const container = (await service(name)).getContainerClient(name)
  return {
    list: async function* (prefix) {
      for await (const { metadata, name: key, properties } of container.listBlobsFlat({
        prefix,
        includeMetadata: true
      }))
        // Accounts with folders list them too.
        if (metadata?.["hdi_isfolder"] !== "true")
          yield { key, size: properties.contentLength ?? 0, version: properties.etag ?? "" }
    },
    find: async (key) => {
      try {
        const { contentLength, etag } = await container.getBlobClient(key).getProperties()
        return { key, size: contentLength ?? 0, version: etag ?? "" }
      } catch (thrown) {
        if (refusal(thrown) === "NoObject") return undefined
        throw thrown
      }
    },
    read: async ({ key, version }, from, to) => {
      const { readableStreamBody } = await container
        .getBlobClient(key)
        .download(
          from,
          to - from,
          version === "" ? {} : { conditions: { ifMatch: quoted(version) } }
        )
      return readableStreamBody as unknown as AsyncIterable<Uint8Array>
    },
    put: (uploads) =>
      inTurn(uploads, async ({ content, key }) => {
        const blob = container.getBlockBlobClient(key)
        if ("text" in content) await blob.upload(content.text, Buffer.byteLength(content.text))
        else
          await blob.uploadFile(content.file, { blockSize: blockBytes, concurrency: blocksAtOnce })
      }),
    create: async (key, text) => {
      try {
        await container
          .getBlockBlobClient(key)
          .upload(text, Buffer.byteLength(text), { conditions: { ifNoneMatch: "*" } })
        return true
      } catch (thrown) {
        if (statusOf(thrown) === 409 || statusOf(thrown) === 412) return false
        throw thrown
      }
    },
    remove: (keys) =>
      inTurn(keys, async (key) => {
        await container.getBlobClient(key).deleteIfExists()
      }),
    refusal
  }
}

/** A list gives versions without the quotes that conditions have. */
const quoted = (version: string): string => (version.startsWith('"') ? version : `"${version}"`)

const service = async (container: string): Promise<BlobServiceClient> => {
  const need = "an address of Azure"
  const { BlobServiceClient, StorageSharedKeyCredential } =
    await import("@azure/storage-blob").catch(optionalPackage("@azure/storage-blob", need))
  const connection = variable("AZURE_STORAGE_CONNECTION_STRING")
  if (connection !== undefined) {
    remember(connection, ...secretsIn(connection))
    return BlobServiceClient.fromConnectionString(connection)
  }
  const account = variable("AZURE_STORAGE_ACCOUNT") ?? variable("AZURE_STORAGE_ACCOUNT_NAME")
  if (account === undefined)
    throw new DataError({
      action: "read",
      path: `az://${container}`,
      detail: `no account is known. ${words.credentials}`
    })
  const url = `https://${account}.blob.core.windows.net`
  const key = variable("AZURE_STORAGE_KEY") ?? variable("AZURE_STORAGE_ACCOUNT_KEY")
  if (key !== undefined) {
    remember(key)
    return new BlobServiceClient(url, new StorageSharedKeyCredential(account, key))
  }
  const signature = variable("AZURE_STORAGE_SAS_TOKEN")?.replace(/^\?/, "")
  if (signature !== undefined) {
    remember(signature)
    return new BlobServiceClient(`${url}?${signature}`)
  }
  const { DefaultAzureCredential } = await import("@azure/identity").catch(
    optionalPackage("@azure/identity", `${need} without a key`)
  )
  return new BlobServiceClient(url, new DefaultAzureCredential())
}

const variable = (name: string): string | undefined => {
  const text = process.env[name]?.trim()
  return text === "" ? undefined : text
}

const secretsIn = (connection: string): ReadonlyArray<string> =>
  [...connection.matchAll(/(?:AccountKey|SharedAccessSignature)=([^;]+)/gi)].map(
    ([, text]) => text!
  )

const statusOf = (thrown: unknown): number | undefined =>
  (thrown as { readonly statusCode?: number }).statusCode

const refusal = (thrown: unknown): Refusal | undefined => {
  const { code, name } = thrown as { readonly code?: unknown; readonly name?: unknown }
  if (code === "ContainerNotFound") return "NoBucket"
  if (name === "CredentialUnavailableError" || name === "AggregateAuthenticationError")
    return "NoCredentials"
  const status = statusOf(thrown)
  if (status === 404) return "NoObject"
  if (status === 412) return "Changed"
  if (status === 401 || status === 403) return "Denied"
  return undefined
}
