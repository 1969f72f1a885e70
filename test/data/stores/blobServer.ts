/** An Azure Blob Storage of one container, as far as Azure's SDK asks it here. */
import {
  type Answer,
  type Asked,
  Objects,
  ranged,
  startServer,
  type StoreServer
} from "./StoreServer.ts"

const failed = (status: number, code: string): Answer => ({
  status,
  headers: { "x-ms-error-code": code, "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>simulated</Message></Error>`
})

export const account = "simulated"
export const accountKey = Buffer.from("a key that opens nothing anywhere").toString("base64")

export const connectionTo = ({ url }: StoreServer): string =>
  `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${url}/${account};`

const pageSize = 3

export const startBlobs = async (container: string): Promise<StoreServer> => {
  const objects = new Objects()
  const blocks = new Map<string, Buffer>()
  const put = (key: string, body: Buffer, { headers }: Asked): Answer => {
    if (headers["if-none-match"] === "*" && objects.held.has(key))
      return failed(409, "BlobAlreadyExists")
    const { version } = objects.put(key, body)
    return { status: 201, headers: { etag: `"${version}"` } }
  }
  const list = ({ searchParams }: URL): Answer => {
    const all = objects.below(searchParams.get("prefix") ?? "")
    const from = Number(searchParams.get("marker") ?? 0)
    const blobs = all
      .slice(from, from + pageSize)
      .map(
        ([key, { body, version }]) =>
          `<Blob><Name>${key}</Name><Properties><Content-Length>${body.length}</Content-Length><Etag>${version}</Etag></Properties></Blob>`
      )
    const next = from + pageSize < all.length ? String(from + pageSize) : ""
    return {
      status: 200,
      headers: { "content-type": "application/xml" },
      body: `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${blobs.join("")}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`
    }
  }
  return startServer((asked) => {
    const { body, headers, method, url } = asked
    const [, , within, ...names] = url.pathname.split("/")
    if (headers.authorization === undefined) return failed(403, "AuthenticationFailed")
    if (within !== container) return failed(404, "ContainerNotFound")
    const key = names.map(decodeURIComponent).join("/")
    const part = url.searchParams.get("comp")
    if (part === "list") return list(url)
    if (part === "block") {
      blocks.set(`${key} ${url.searchParams.get("blockid")}`, body)
      return { status: 201 }
    }
    if (part === "blocklist") {
      const ids = [...body.toString().matchAll(/<Latest>([^<]*)<\/Latest>/g)].map(([, id]) => id)
      return put(key, Buffer.concat(ids.map((id) => blocks.get(`${key} ${id}`)!)), asked)
    }
    if (method === "PUT") return put(key, body, asked)
    const object = objects.held.get(key)
    if (object === undefined) return failed(404, "BlobNotFound")
    if (method === "DELETE") {
      objects.held.delete(key)
      return { status: 202 }
    }
    if (headers["if-match"] !== undefined && headers["if-match"] !== `"${object.version}"`)
      return failed(412, "ConditionNotMet")
    const { headers: more = {}, ...answer } = ranged(
      (headers["x-ms-range"] ?? headers.range) as string | undefined,
      object.body
    )
    return {
      ...answer,
      headers: {
        ...more,
        etag: `"${object.version}"`,
        "x-ms-blob-type": "BlockBlob",
        "last-modified": new Date(0).toUTCString()
      }
    }
  })
}
