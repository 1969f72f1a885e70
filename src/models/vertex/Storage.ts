/**
 * Objects of Cloud Storage, where batch jobs of Vertex AI read their requests and write their
 * results.
 *
 * https://cloud.google.com/storage/docs/json_api/v1
 */
import type { Fetch } from "../http/Fetch.ts"
import { list, record, textIn } from "../http/wireValues.ts"

/** Where an object is: `gs://bucket/folder/name`. */
interface Place {
  readonly bucket: string
  readonly name: string
}

/** The bucket and the name in an address; undefined where it is not one. */
export const placeIn = (address: string): Place | undefined => {
  const [, bucket, name = ""] = /^gs:\/\/([^/]+)(?:\/(.*))?$/s.exec(address) ?? []
  return bucket === undefined ? undefined : { bucket, name }
}

const placeOf = (address: string): Place => {
  const place = placeIn(address)
  if (place === undefined) throw new Error(`'${address}' is not an address of Cloud Storage`)
  return place
}

export class Storage {
  readonly #url: string
  readonly #fetch: Fetch
  readonly #signed: () => Promise<Readonly<Record<string, string>>>

  /** `signed` gives the headers of a request. */
  constructor(url: string, fetch: Fetch, signed: () => Promise<Readonly<Record<string, string>>>) {
    this.#url = url.replace(/\/+$/, "")
    this.#fetch = fetch
    this.#signed = signed
  }

  /** Writes an object, in the place of one of that name. */
  async write(address: string, text: string, signal: AbortSignal): Promise<void> {
    const { bucket, name } = placeOf(address)
    const query = new URLSearchParams({ uploadType: "media", name })
    await this.#text(`upload/storage/v1/b/${bucket}/o?${query}`, signal, {
      method: "POST",
      body: text,
      type: "application/jsonl"
    })
  }

  async read(address: string, signal: AbortSignal): Promise<string> {
    return this.#text(`${objectPath(address)}?alt=media`, signal)
  }

  async remove(address: string, signal: AbortSignal): Promise<void> {
    await this.#text(objectPath(address), signal, { method: "DELETE" })
  }

  /** The objects whose address begins so. */
  async under(address: string, signal: AbortSignal): Promise<ReadonlyArray<string>> {
    const { bucket, name: prefix } = placeOf(address)
    const found: Array<string> = []
    let pageToken: string | undefined
    do {
      const query = new URLSearchParams({
        prefix,
        ...(pageToken === undefined ? {} : { pageToken })
      })
      const page = record(
        JSON.parse(await this.#text(`storage/v1/b/${bucket}/o?${query}`, signal)) as unknown
      )
      for (const item of list(page["items"]).map(record))
        found.push(`gs://${bucket}/${String(item["name"])}`)
      pageToken = textIn(page["nextPageToken"])
    } while (pageToken !== undefined)
    return found
  }

  async #text(
    path: string,
    signal: AbortSignal,
    {
      type,
      ...request
    }: { readonly method?: string; readonly body?: string; readonly type?: string } = {}
  ): Promise<string> {
    const headers = {
      ...(await this.#signed()),
      ...(type === undefined ? {} : { "content-type": type })
    }
    const response = await this.#fetch(`${this.#url}/${path}`, { ...request, headers, signal })
    return response.text()
  }
}

const objectPath = (address: string): string => {
  const { bucket, name } = placeOf(address)
  return `storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`
}
