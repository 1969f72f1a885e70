/** A Google Cloud Storage of one bucket: its JSON API, as far as Google's SDK asks it here. */
import { CRC32C } from "@google-cloud/storage"
import {
  type Answer,
  type Asked,
  Objects,
  ranged,
  startServer,
  type StoreServer
} from "./StoreServer.ts"

const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value)
})

const failed = (code: number, message: string): Answer =>
  json({ error: { code, message, errors: [{ message, reason: "simulated" }] } }, code)

/** So many objects are in a page of a list, so that there are several. */
const pageSize = 3

export const startGcs = async (bucket: string): Promise<StoreServer> => {
  const objects = new Objects()
  const sessions = new Map<string, { readonly key: string; parts: Buffer }>()
  const resource = (key: string) => {
    const { body, version } = objects.held.get(key)!
    const sum = new CRC32C()
    sum.update(body)
    return {
      kind: "storage#object",
      name: key,
      bucket,
      size: String(body.length),
      generation: version,
      crc32c: sum.toString()
    }
  }
  const put = (key: string, body: Buffer, url: URL): Answer => {
    if (url.searchParams.get("ifGenerationMatch") === "0" && objects.held.has(key))
      return failed(412, "At least one of the pre-conditions you specified did not hold.")
    objects.put(key, body)
    return json(resource(key))
  }
  const list = ({ searchParams }: URL): Answer => {
    const all = objects.below(searchParams.get("prefix") ?? "")
    const from = Number(searchParams.get("pageToken") ?? 0)
    const page = all.slice(from, from + pageSize)
    return json({
      kind: "storage#objects",
      items: page.map(([key]) => resource(key)),
      ...(from + pageSize < all.length ? { nextPageToken: String(from + pageSize) } : {})
    })
  }
  const upload = ({ body, headers, method, url }: Asked): Answer => {
    const session = url.searchParams.get("upload_id")
    if (session !== null && method === "PUT") {
      const under = sessions.get(session)!
      const [, last, total] =
        /^bytes (?:\d+-(\d+)|\*)\/(\d+|\*)$/.exec(String(headers["content-range"])) ?? []
      under.parts = Buffer.concat([under.parts, body])
      if (total === "*" || Number(last) + 1 < Number(total))
        return { status: 308, headers: { range: `bytes=0-${under.parts.length - 1}` } }
      return put(under.key, under.parts, url)
    }
    if (url.searchParams.get("uploadType") === "resumable") {
      const key = url.searchParams.get("name")!
      const id = String(sessions.size)
      sessions.set(id, { key, parts: Buffer.alloc(0) })
      return {
        status: 200,
        headers: { location: `http://${headers.host}${url.pathname}?upload_id=${id}` }
      }
    }
    const [, boundary = ""] = /boundary="?([^";]+)/.exec(String(headers["content-type"])) ?? []
    const parts = split(body, Buffer.from(`--${boundary}`))
    const content = parts[2]!.subarray(parts[2]!.indexOf("\r\n\r\n") + 4, -2)
    const { name } = JSON.parse(
      parts[1]!.subarray(parts[1]!.indexOf("\r\n\r\n") + 4).toString()
    ) as {
      readonly name?: string
    }
    return put(url.searchParams.get("name") ?? name!, Buffer.from(content), url)
  }
  return startServer((asked) => {
    const { headers, method, url } = asked
    const [, inBucket, path = ""] =
      /^\/(?:upload\/)?(?:storage\/v1\/)?b\/([^/]+)\/o\/?(.*)$/.exec(url.pathname) ?? []
    if (inBucket !== bucket) return failed(404, "The specified bucket does not exist.")
    if (url.pathname.startsWith("/upload/")) return upload(asked)
    if (path === "") return list(url)
    const key = decodeURIComponent(path)
    const object = objects.held.get(key)
    const generation = url.searchParams.get("generation")
    if (object === undefined || (generation !== null && generation !== object.version))
      return failed(404, `No such object: ${bucket}/${key}`)
    if (method === "DELETE") {
      objects.held.delete(key)
      return { status: 204 }
    }
    return url.searchParams.get("alt") === "media"
      ? ranged(headers.range, object.body)
      : json(resource(key))
  })
}

const split = (bytes: Buffer, by: Buffer): ReadonlyArray<Buffer> => {
  const parts: Array<Buffer> = []
  for (let from = 0; ;) {
    const at = bytes.indexOf(by, from)
    parts.push(bytes.subarray(from, at < 0 ? undefined : at))
    if (at < 0) return parts
    from = at + by.length
  }
}
