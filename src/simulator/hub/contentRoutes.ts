/** The content of files: downloads with ranges, uploads by Git LFS and by xet. */
import { createHash } from "node:crypto"
import type { HubState } from "./HubState.ts"
import { bodyOf, type HubRequest, json, nothing, ranged, Refusal, type Reply } from "./Reply.ts"
import { pointerOf, type Repo, type RepoFile, sha256 } from "./Repos.ts"

/**
 * `/datasets/OWNER/NAME/resolve/…`, `/datasets/OWNER/NAME.git/info/lfs/…`, `/lfs/…`, `/cdn/…`,
 * `/xet/…`; undefined for anything else.
 */
export const contentReply = (state: HubState, request: HubRequest): Reply | undefined => {
  const [room, ...rest] = request.parts
  if (room === "lfs") return lfsUpload(state, request, rest)
  if (room === "xet") return xetReply(state, request, rest)
  if (room === "cdn")
    return ranged(request, contentBy(state, rest[0] ?? ""), {
      etag: `"${rest[0] ?? ""}"`,
      "content-type": "application/octet-stream"
    })
  if (room !== "datasets") return undefined
  const [owner = "", name = "", verb, ...path] = rest
  if (name.endsWith(".git"))
    return path.join("/") === "lfs/objects/batch"
      ? lfsBatch(
          state,
          request,
          state.repoFor(request, `${owner}/${name.slice(0, -".git".length)}`)
        )
      : undefined
  if (verb !== "resolve" && verb !== "raw") return undefined
  return download(state, request, state.repoFor(request, `${owner}/${name}`), {
    raw: verb === "raw",
    path
  })
}

const download = (
  state: HubState,
  request: HubRequest,
  repo: Repo,
  { path, raw }: { readonly raw: boolean; readonly path: ReadonlyArray<string> }
): Reply => {
  // A branch's name may have slashes, which clients encode: it is one part of the path.
  const [revision = "main", ...names] = path
  const commit = state.repos.at(repo, revision)
  state.expectEntry(request, repo)
  const file = commit.files.get(names.join("/"))
  if (file === undefined) throw new Refusal(404, "Entry not found", "EntryNotFound")
  const headers = {
    "x-repo-commit": commit.oid,
    etag: `"${file.sha256 ?? file.oid}"`,
    "content-type": "application/octet-stream"
  }
  if (file.sha256 === undefined) return ranged(request, file.content, headers)
  return raw
    ? ranged(request, pointerOf(file), { ...headers, etag: `"${file.oid}"` })
    : large(state, request, repo, { commit: commit.oid, file, sha256: file.sha256, headers })
}

interface LargeFile {
  readonly commit: string
  readonly file: RepoFile
  readonly sha256: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A large file: clients that know xet are told where its chunks are, others get its bytes, perhaps
 * from another host.
 */
const large = (
  state: HubState,
  request: HubRequest,
  { id }: Repo,
  { commit, file, headers, sha256: oid }: LargeFile
): Reply => {
  const { origin } = request
  const linked = { ...headers, "x-linked-size": String(file.size), "x-linked-etag": `"${oid}"` }
  const hash = state.xet.hashOf(oid)
  if (
    hash !== undefined &&
    String(request.headers["accept"] ?? "").includes("vnd.xet-fileinfo+json")
  ) {
    const refreshUrl = `${origin}/api/datasets/${id}/xet-read-token/${commit}`
    const reconstructionUrl = `${origin}/xet/v1/reconstructions/${hash}`
    return json(
      { hash, refreshUrl, reconstructionUrl },
      {
        headers: {
          ...linked,
          "content-type": "application/vnd.xet-fileinfo+json",
          "x-xet-hash": hash,
          link: `<${refreshUrl}>; rel="xet-auth", <${reconstructionUrl}>; rel="xet-reconstruction-info"`
        }
      }
    )
  }
  if (!state.settings.redirect) return ranged(request, file.content, linked)
  // By another name, the same machine is another host.
  const location = new URL(`/cdn/${oid}`, origin)
  location.hostname = location.hostname === "localhost" ? "127.0.0.1" : "localhost"
  return nothing(302, { ...linked, location: location.href })
}

const contentBy = (state: HubState, oid: string): Buffer => {
  for (const id of state.repos.ids) {
    for (const commits of state.repos.find(id)!.branches.values()) {
      for (const { files } of commits)
        for (const file of files.values()) if (file.sha256 === oid) return file.content
    }
  }
  throw new Refusal(403, "The address has expired")
}

interface LfsObject {
  readonly oid: string
  readonly size: number
}

const lfsBatch = (state: HubState, request: HubRequest, repo: Repo): Reply => {
  state.expectUser(request)
  const {
    objects = [],
    ref,
    transfers = []
  } = bodyOf<{
    readonly objects?: ReadonlyArray<LfsObject>
    readonly transfers?: ReadonlyArray<string>
    readonly ref?: { readonly name?: string }
  }>(request)
  const { multipartAbove, xet } = state.settings
  const transfer =
    xet && transfers.includes("xet")
      ? "xet"
      : objects.some(({ size }) => size > multipartAbove)
        ? "multipart"
        : "basic"
  const { origin } = request
  const uploads = objects.map(({ oid, size }) => {
    if (state.uploads.has(oid)) return { oid, size }
    if (transfer === "xet") {
      const header = {
        "X-Xet-Cas-Url": `${origin}/xet`,
        "X-Xet-Access-Token": "simulated",
        "X-Xet-Token-Expiration": String(Math.floor(Date.now() / 1000) + 3600),
        "X-Xet-Session-Id": "simulated"
      }
      return {
        oid,
        size,
        authenticated: true,
        actions: {
          upload: {
            href: `${origin}/api/datasets/${repo.id}/xet-write-token/${ref?.name ?? "main"}`,
            header
          }
        }
      }
    }
    const verify = { href: `${origin}/lfs/${oid}/verify` }
    if (transfer === "basic")
      return {
        oid,
        size,
        authenticated: true,
        actions: { upload: { href: `${origin}/lfs/${oid}` }, verify }
      }
    const count = Math.max(1, Math.ceil(size / multipartAbove))
    const parts = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        String(i + 1).padStart(5, "0"),
        `${origin}/lfs/${oid}?part=${i + 1}`
      ])
    )
    return {
      oid,
      size,
      authenticated: true,
      actions: {
        upload: {
          href: `${origin}/lfs/${oid}/complete`,
          header: { chunk_size: String(multipartAbove), ...parts }
        },
        verify
      }
    }
  })
  return json(
    { transfer, objects: uploads },
    { headers: { "content-type": "application/vnd.git-lfs+json" } }
  )
}

const lfsUpload = (
  state: HubState,
  request: HubRequest,
  [oid = "", action]: ReadonlyArray<string>
): Reply => {
  if (action === "verify") return json({})
  const part = request.url.searchParams.get("part")
  if (part !== null) {
    const parts = state.parts.get(oid) ?? []
    parts[Number(part) - 1] = request.body
    state.parts.set(oid, parts)
    return nothing(200, { etag: `"${createHash("md5").update(request.body).digest("hex")}"` })
  }
  const content = action === "complete" ? Buffer.concat(state.parts.get(oid) ?? []) : request.body
  if (sha256(content) !== oid) throw new Refusal(400, "The content has another hash")
  state.parts.delete(oid)
  state.uploads.set(oid, content)
  return nothing()
}

const xetReply = (
  state: HubState,
  request: HubRequest,
  [version, kind, ...rest]: ReadonlyArray<string>
): Reply | undefined => {
  const hash = rest.at(-1) ?? ""
  // Shards go to either address, with or without a version.
  if (version === "shards" || kind === "shards") {
    state.xet.addShard(request.body)
    return json({ result: 1 })
  }
  switch (kind) {
    case "xorbs":
      state.xet.addPack(hash, request.body)
      return json({ was_inserted: true })
    case "chunks":
      throw new Refusal(404, "no chunk like it is known")
    case "data":
      return ranged(request, state.xet.pack(hash), {})
    case "reconstructions": {
      const [, first = "0", last = ""] =
        /^bytes=(\d+)-(\d*)$/.exec(String(request.headers["range"] ?? "")) ?? []
      return json(
        state.xet.reconstruction(
          hash,
          Number(first),
          last === "" ? Infinity : Number(last),
          (pack) => `${request.origin}/xet/v1/data/${pack}`
        )
      )
    }
    default:
      return undefined
  }
}
