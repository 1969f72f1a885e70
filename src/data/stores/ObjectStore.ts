/** Object stores: objects under keys, listed, read in ranges, and put there whole or not at all. */
import { PackageMissing } from "../../runtime/PackageMissing.ts"
import { redacted } from "../../secrets/redact.ts"
import { HubError } from "../hub/HubError.ts"
import { DataError } from "../rows/DataError.ts"

/** An object as it was when it was looked at. */
export interface StoredObject {
  readonly key: string
  readonly size: number
  /** Another one whenever the content is. */
  readonly version: string
}

/** A file on this machine, or a text, and the key it gets. */
export interface Upload {
  readonly key: string
  readonly content: { readonly file: string } | { readonly text: string }
}

/** Why a service refuses a request, in our words; a text says it in those of the service. */
export type Refusal =
  | "NoBucket"
  | "NoObject"
  | "NoCredentials"
  | "Denied"
  | "Changed"
  | { readonly unreachable: string }
  | { readonly detail: string }

/** What each service does in its own way. */
export interface StoreClient {
  readonly list: (prefix: string) => AsyncIterable<StoredObject>
  readonly find: (key: string) => Promise<StoredObject | undefined>
  /** Bytes from one place up to another. It is refused where the object is of another version. */
  readonly read: (
    object: StoredObject,
    from: number,
    to: number
  ) => Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array>>
  readonly put: (uploads: ReadonlyArray<Upload>) => Promise<void>
  /** Puts a text where nothing is, as far as the service can tell; gives whether it did. */
  readonly create: (key: string, text: string) => Promise<boolean>
  readonly remove: (keys: ReadonlyArray<string>) => Promise<void>
  /** What a failure means; undefined if it is not a refusal, so that it may be tried again. */
  readonly refusal: (thrown: unknown) => Refusal | undefined
}

/** What sentences call the parts of a service. */
export interface StoreWords {
  readonly bucket: string
  /** What to do where credentials are missing. */
  readonly credentials: string
  /** The variable that leads to another server. */
  readonly endpoint: string
}

/** A bucket, open. All that it throws are `DataError`s. */
export class ObjectStore {
  /** What addresses of its objects begin with: `s3://bucket`. */
  readonly root: string
  readonly #client: StoreClient
  readonly #words: StoreWords

  constructor(root: string, client: StoreClient, words: StoreWords) {
    this.root = root
    this.#client = client
    this.#words = words
  }

  addressOf(key: string): string {
    return `${this.root}/${key}`
  }

  /** The objects whose keys begin with a text, in the order of their keys. */
  async list(prefix: string): Promise<ReadonlyArray<StoredObject>> {
    const objects = await this.#told("read", prefix, () =>
      Array.fromAsync(this.#client.list(prefix))
    )
    return objects.sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  /** An object; undefined if there is none. */
  find(key: string): Promise<StoredObject | undefined> {
    return this.#told("read", key, () => this.#client.find(key))
  }

  /** An object that must be there. */
  async expect(key: string): Promise<StoredObject> {
    return (await this.find(key)) ?? this.#fail("read", key, "NoObject")
  }

  /**
   * Bytes of an object from one place up to another; where a connection is lost, the next one goes
   * on where it broke.
   */
  async *read(object: StoredObject, from = 0, to = object.size): AsyncGenerator<Uint8Array> {
    let position = from
    let failures = 0
    while (position < to) {
      const before = position
      try {
        for await (const chunk of await this.#client.read(object, position, to)) {
          position += chunk.length
          yield chunk
        }
        if (position < to) throw new Error(`it ended after ${position} of ${to} bytes`)
      } catch (thrown) {
        failures = position > before ? 1 : failures + 1
        const refusal = this.#refusal(thrown)
        if (refusal !== undefined || failures >= tries)
          this.#fail("read", object.key, refusal ?? { detail: messageOf(thrown) })
      }
    }
  }

  /** The text of a small object; undefined if there is none. */
  async text(key: string): Promise<string | undefined> {
    const object = await this.find(key)
    return object === undefined
      ? undefined
      : Buffer.concat(await Array.fromAsync(this.read(object))).toString()
  }

  /** Puts files and texts under their keys, in place of what was there. */
  put(uploads: ReadonlyArray<Upload>): Promise<void> {
    return this.#told("write", commonPrefix(uploads), () => this.#client.put(uploads))
  }

  /** Puts a text where nothing is; gives whether nothing was. */
  create(key: string, text: string): Promise<boolean> {
    return this.#told("write", key, async () =>
      (await this.#client.find(key)) === undefined ? this.#client.create(key, text) : false
    )
  }

  /** Removes objects, as far as they are there. */
  async remove(keys: ReadonlyArray<string>): Promise<void> {
    if (keys.length > 0) await this.#told("write", keys[0]!, () => this.#client.remove(keys))
  }

  async #told<A>(action: "read" | "write", key: string, request: () => Promise<A>): Promise<A> {
    try {
      return await request()
    } catch (thrown) {
      if (thrown instanceof DataError) throw thrown
      return this.#fail(action, key, this.#refusal(thrown) ?? { detail: messageOf(thrown) })
    }
  }

  #refusal(thrown: unknown): Refusal | undefined {
    if (thrown instanceof HubError) return { detail: thrown.detail }
    if (thrown instanceof PackageMissing) return { detail: `it ${thrown.predicate}` }
    return this.#client.refusal(thrown) ?? unreachable(thrown)
  }

  #fail(action: "read" | "write", key: string, refusal: Refusal): never {
    throw new DataError({
      action,
      path: this.addressOf(key),
      detail: redacted(sentence(refusal, action, this.#words))
    })
  }
}

/** So often a connection may break without a byte in between. */
const tries = 5

const sentence = (
  refusal: Refusal,
  action: "read" | "write",
  { bucket, credentials, endpoint }: StoreWords
): string => {
  if (typeof refusal === "object")
    return "detail" in refusal
      ? refusal.detail
      : `the store cannot be reached (${refusal.unreachable}). Check the network, and ${endpoint} if it is set.`
  switch (refusal) {
    case "NoBucket":
      return `there is no such ${bucket}. Check its name, and ${endpoint} if it is set.`
    case "NoObject":
      return "there is no such object. Check the address."
    case "NoCredentials":
      return `there are no credentials for it. ${credentials}`
    case "Denied":
      return `access is denied. Check that your credentials allow to ${action} it.`
    case "Changed":
      return "it was changed while it was being read. Run again."
  }
}

const networkCodes =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE)$/

/** A server that nobody answers for. Connections that were lost in the middle are tried again. */
const unreachable = (thrown: unknown): Refusal | undefined => {
  const codes = causesOf(thrown).map(({ code }) => code)
  const code = codes.find((each) => typeof each === "string" && networkCodes.test(each)) as
    | string
    | undefined
  return code === undefined || code === "ECONNRESET" || code === "EPIPE"
    ? undefined
    : { unreachable: code }
}

interface Cause {
  readonly code?: unknown
  readonly message?: unknown
}

/** An error with what caused it, as far as it says. */
export const causesOf = (thrown: unknown): ReadonlyArray<Cause> => {
  const found: Array<Cause> = []
  const add = (cause: unknown): void => {
    if (typeof cause !== "object" || cause === null || found.includes(cause) || found.length > 9)
      return
    found.push(cause)
    const { cause: inner, errors } = cause as {
      readonly cause?: unknown
      readonly errors?: unknown
    }
    add(inner)
    if (Array.isArray(errors)) errors.forEach(add)
  }
  add(thrown)
  return found
}

const messageOf = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).split("\n")[0]!.trim() ||
  "the store has failed without saying why."

const commonPrefix = (uploads: ReadonlyArray<Upload>): string =>
  uploads.length === 1 ? uploads[0]!.key : (uploads[0]?.key.replace(/[^/]*$/, "") ?? "")
