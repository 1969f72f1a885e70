/** Addresses of object stores: `s3://bucket/folder/file`, and what else a path may look like. */
import { DataError } from "../rows/DataError.ts"

/** What an address may begin with. */
export type Scheme = "s3" | "gs" | "az" | "hf"

/** Where an object or a folder of objects lies. */
export interface StoreAddress {
  readonly scheme: Scheme
  /** The bucket; of Azure the container, of the Hub `datasets/OWNER/NAME`, perhaps with `@REVISION`. */
  readonly bucket: string
  /** The key of an object, or what the keys of a folder begin with; empty for all of the bucket. */
  readonly key: string
}

const shapes: Readonly<Record<Scheme, RegExp>> = {
  s3: /^([^/]+)(?:\/(.*))?$/s,
  gs: /^([^/]+)(?:\/(.*))?$/s,
  az: /^([^/]+)(?:\/(.*))?$/s,
  hf: /^(datasets\/[^/]+\/[^/]+)(?:\/(.*))?$/s
}

const examples: Readonly<Record<Scheme, string>> = {
  s3: "s3://BUCKET/PATH",
  gs: "gs://BUCKET/PATH",
  az: "az://CONTAINER/PATH",
  hf: "hf://datasets/OWNER/NAME/PATH"
}

/** Whether a path is an address, of whatever scheme, and not a path of this machine. */
export const isAddress = (path: string): boolean => /^[a-z][a-z\d+.-]+:\/\//i.test(path)

/** The parts of an address. */
export const storeAddress = (address: string, action: "read" | "write" = "read"): StoreAddress => {
  const [, scheme = "", rest = ""] = /^([^:]*):\/\/(.*)$/s.exec(address) ?? []
  const wrong = (detail: string): DataError => new DataError({ action, path: address, detail })
  if (!Object.hasOwn(shapes, scheme))
    throw wrong(
      `addresses that begin with '${scheme}://' are not supported. Give a path of this machine, or one of ${Object.values(examples).join(", ")}.`
    )
  const [, bucket, key = ""] = shapes[scheme as Scheme].exec(rest) ?? []
  if (bucket === undefined)
    throw wrong(`this is not an address of its kind. Write ${examples[scheme as Scheme]}.`)
  return { scheme: scheme as Scheme, bucket, key }
}

/** Where a run in shards keeps, within the folder of its address, what is no part of its dataset. */
export const runsFolder = ".run"

/** What the keys of a folder's objects begin with. */
export const folderKey = (key: string): string => {
  const plain = key.replace(/\/+$/, "")
  return plain === "" ? "" : `${plain}/`
}
