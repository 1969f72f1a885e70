/** The Hub's API of repositories: creating, describing and listing them, and committing. */
import type { HubState } from "./HubState.ts"
import { bodyOf, type HubRequest, json, nothing, Refusal, type Reply } from "./Reply.ts"
import { type Commit, pointerOf, type Repo, type RepoFile, sha256 } from "./Repos.ts"

/** `/api/whoami-v2`, `/api/repos/…`, `/api/datasets/OWNER/NAME/…`; undefined for anything else. */
export const repoReply = (state: HubState, request: HubRequest): Reply | undefined => {
  const [api, room, ...rest] = request.parts
  if (api !== "api") return undefined
  if (room === "whoami-v2") return whoAmI(state, request)
  if (room === "validate-yaml") return json({ errors: [], warnings: [] })
  if (room === "repos")
    return rest[0] === "create"
      ? create(state, request)
      : rest[0] === "delete"
        ? remove(state, request)
        : undefined
  if (room !== "datasets") return undefined
  const [owner = "", name = "", ...path] = rest
  return datasetReply(state, request, state.repoFor(request, `${owner}/${name}`), path)
}

const whoAmI = (state: HubState, request: HubRequest): Reply => {
  state.expectUser(request)
  const { user } = state.settings
  return json({
    type: "user",
    id: "1",
    name: user,
    fullname: user,
    email: `${user}@example.invalid`,
    emailVerified: true,
    canPay: false,
    isPro: false,
    periodEnd: null,
    billingMode: "postpaid",
    avatarUrl: "",
    orgs: [],
    auth: {
      type: "access_token",
      accessToken: { displayName: "simulated", role: "write", createdAt: new Date(0).toISOString() }
    }
  })
}

interface NamedRepo {
  readonly name?: string
  readonly organization?: string
  readonly private?: boolean
  readonly visibility?: string
  readonly files?: ReadonlyArray<{
    readonly path: string
    readonly content: string
    readonly encoding?: BufferEncoding
  }>
}

const idOf = (state: HubState, { name = "", organization }: NamedRepo): string =>
  name.includes("/") ? name : `${organization ?? state.settings.user}/${name}`

const create = (state: HubState, request: HubRequest): Reply => {
  state.expectUser(request)
  const wanted = bodyOf<NamedRepo>(request)
  const id = idOf(state, wanted)
  const url = `${request.origin}/datasets/${id}`
  if (state.repos.find(id) !== undefined)
    return json({ error: "You already created this dataset repo", url }, { status: 409 })
  const repo = state.repos.create(id, {
    private: wanted.private ?? wanted.visibility === "private"
  })
  if (wanted.files !== undefined)
    state.repos.change(
      repo,
      "main",
      new Map(
        wanted.files.map(({ content, encoding = "utf8", path }) => [
          path,
          Buffer.from(content, encoding)
        ])
      ),
      "initial files"
    )
  return json({ url, name: id, id })
}

const remove = (state: HubState, request: HubRequest): Reply => {
  state.expectUser(request)
  const id = idOf(state, bodyOf<NamedRepo>(request))
  state.repoFor(request, id)
  state.repos.remove(id)
  return nothing()
}

const datasetReply = (
  state: HubState,
  request: HubRequest,
  repo: Repo,
  [verb, revision = "main", ...path]: ReadonlyArray<string>
): Reply | undefined => {
  const commit = (): Commit => state.repos.at(repo, revision)
  switch (verb) {
    case undefined:
      return described(repo, state.repos.at(repo, "main"))
    case "revision":
      return described(repo, commit())
    case "tree":
      return tree(state, request, commit(), path.join("/").replace(/\/+$/, ""))
    case "paths-info":
      return pathsInfo(state, request, commit())
    case "commits":
      return json(
        [...(repo.branches.get(revision) ?? [])].reverse().map(({ date, oid, title }) => ({
          id: oid,
          title,
          message: "",
          authors: [{ user: state.settings.user }],
          date
        }))
      )
    case "refs":
      return refs(repo)
    case "branch":
      return branch(state, request, repo, revision)
    case "preupload":
      return preupload(state, request, commit())
    case "commit":
      return committed(state, request, repo, revision)
    case "xet-write-token":
    case "xet-read-token":
      if (verb === "xet-write-token") state.expectUser(request)
      return json({
        accessToken: "simulated",
        exp: Math.floor(Date.now() / 1000) + 3600,
        casUrl: `${request.origin}/xet`
      })
    default:
      return undefined
  }
}

const described = (
  { createdAt, gated, id, private: hidden }: Repo,
  { date, files, oid }: Commit
): Reply =>
  json({
    _id: id,
    id,
    author: id.split("/")[0],
    sha: oid,
    lastModified: date,
    createdAt,
    private: hidden,
    gated: gated ? "manual" : false,
    disabled: false,
    downloads: 0,
    likes: 0,
    tags: [],
    siblings: [...files.keys()].sort().map((rfilename) => ({ rfilename }))
  })

const fileInfo = (state: HubState, file: RepoFile): Readonly<Record<string, unknown>> => ({
  type: "file",
  oid: file.oid,
  size: file.size,
  path: file.path,
  ...(file.sha256 === undefined
    ? {}
    : {
        lfs: { oid: file.sha256, size: file.size, pointerSize: pointerOf(file).length },
        xetHash: state.xet.hashOf(file.sha256)
      })
})

const isTrue = (text: string | null): boolean => text === "true" || text === "1" || text === "True"

const tree = (state: HubState, { url }: HubRequest, commit: Commit, folder: string): Reply => {
  const recursive = isTrue(url.searchParams.get("recursive"))
  const inside = [...commit.files.values()].filter(
    ({ path }) => folder === "" || path.startsWith(`${folder}/`)
  )
  if (folder !== "" && inside.length === 0)
    throw new Refusal(404, `${folder} does not exist on this revision`, "EntryNotFound")
  const entries = new Map<string, unknown>()
  for (const file of inside) {
    const names = file.path.slice(folder === "" ? 0 : folder.length + 1).split("/")
    const folders = names
      .slice(0, -1)
      .map((_, i) => [...(folder === "" ? [] : [folder]), ...names.slice(0, i + 1)].join("/"))
    for (const path of recursive ? folders : folders.slice(0, 1))
      entries.set(path, {
        type: "directory",
        oid: sha256(Buffer.from(path)).slice(0, 40),
        size: 0,
        path
      })
    if (recursive || folders.length === 0) entries.set(file.path, fileInfo(state, file))
  }
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  const from = Number(url.searchParams.get("cursor") ?? 0)
  const limit = Number(url.searchParams.get("limit") ?? 1000)
  const next = new URL(url)
  next.searchParams.set("cursor", String(from + limit))
  return json(sorted.slice(from, from + limit), {
    headers: from + limit < sorted.length ? { link: `<${next.href}>; rel="next"` } : {}
  })
}

const pathsInfo = (state: HubState, request: HubRequest, { files }: Commit): Reply => {
  const isJson = String(request.headers["content-type"] ?? "").includes("json")
  const paths = isJson
    ? [bodyOf<{ readonly paths?: string | ReadonlyArray<string> }>(request).paths ?? []].flat()
    : new URLSearchParams(request.body.toString()).getAll("paths")
  return json(
    paths.flatMap((path) => {
      const file = files.get(path)
      if (file !== undefined) return [fileInfo(state, file)]
      return [...files.keys()].some((other) => other.startsWith(`${path}/`))
        ? [{ type: "directory", oid: sha256(Buffer.from(path)).slice(0, 40), size: 0, path }]
        : []
    })
  )
}

const refs = ({ branches }: Repo): Reply => {
  const all = [...branches].map(([name, commits]) => ({ name, targetCommit: commits.at(-1)!.oid }))
  const converted = "refs/convert/"
  return json({
    branches: all
      .filter(({ name }) => !name.startsWith("refs/"))
      .map((ref) => ({ ...ref, ref: `refs/heads/${ref.name}` })),
    converts: all
      .filter(({ name }) => name.startsWith(converted))
      .map(({ name, targetCommit }) => ({
        name: name.slice(converted.length),
        ref: name,
        targetCommit
      })),
    tags: []
  })
}

const branch = (state: HubState, request: HubRequest, repo: Repo, name: string): Reply => {
  state.expectUser(request)
  if (request.method === "DELETE") {
    repo.branches.delete(name)
    return nothing()
  }
  if (repo.branches.has(name)) return json({ error: "Reference already exists" }, { status: 409 })
  repo.branches.set(name, [
    state.repos.at(
      repo,
      bodyOf<{ readonly startingPoint?: string }>(request).startingPoint ?? "main"
    )
  ])
  return nothing()
}

const preupload = (state: HubState, request: HubRequest, { files, oid }: Commit): Reply => {
  state.expectUser(request)
  const { files: wanted = [] } = bodyOf<{
    readonly files?: ReadonlyArray<{
      readonly path: string
      readonly size: number
      readonly sample?: string
    }>
  }>(request)
  return json({
    commitOid: oid,
    files: wanted.map(({ path, sample = "", size }) => ({
      path,
      uploadMode:
        state.repos.isLarge(path, size) || Buffer.from(sample, "base64").includes(0)
          ? "lfs"
          : "regular",
      shouldIgnore: false,
      oid: files.get(path)?.oid ?? null
    }))
  })
}

/** One line of a commit. */
type Operation =
  | {
      readonly key: "header"
      readonly value: { readonly summary?: string; readonly parentCommit?: string }
    }
  | {
      readonly key: "file"
      readonly value: {
        readonly path: string
        readonly content: string
        readonly encoding?: BufferEncoding
      }
    }
  | { readonly key: "lfsFile"; readonly value: { readonly path: string; readonly oid: string } }
  | { readonly key: "deletedFile" | "deletedFolder"; readonly value: { readonly path: string } }

const committed = (state: HubState, request: HubRequest, repo: Repo, revision: string): Reply => {
  state.expectUser(request)
  const operations = request.body
    .toString()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Operation)
  const head = state.repos.at(repo, revision)
  const changes = new Map<string, Buffer | undefined>()
  let title = ""
  for (const { key, value } of operations) {
    if (key === "header") {
      if (value.parentCommit !== undefined && value.parentCommit !== head.oid)
        throw new Refusal(412, "A commit has happened since. Please refresh and try again.")
      title = value.summary ?? ""
    } else if (key === "file")
      changes.set(value.path, Buffer.from(value.content, value.encoding ?? "utf8"))
    else if (key === "lfsFile") changes.set(value.path, uploaded(state, value.oid))
    else {
      const gone =
        key === "deletedFile"
          ? [value.path]
          : [...head.files.keys()].filter((path) =>
              path.startsWith(`${value.path.replace(/\/+$/, "")}/`)
            )
      if (key === "deletedFile" && !head.files.has(value.path))
        throw new Refusal(404, `${value.path} does not exist`, "EntryNotFound")
      for (const path of gone) changes.set(path, undefined)
    }
  }
  const asksForReview = isTrue(request.url.searchParams.get("create_pr"))
  const number = [...repo.branches.keys()].filter((name) => name.startsWith("refs/pr/")).length + 1
  const target = asksForReview ? `refs/pr/${number}` : revision
  if (asksForReview) repo.branches.set(target, [head])
  const { oid } = state.repos.change(repo, target, changes, title)
  state.changed(repo, target, changes)
  const url = `${request.origin}/datasets/${repo.id}`
  return json({
    success: true,
    commitOid: oid,
    commitUrl: `${url}/commit/${oid}`,
    hookOutput: "",
    ...(asksForReview ? { pullRequestUrl: `${url}/discussions/${number}` } : {})
  })
}

/** The content that was uploaded before, by Git LFS or by xet. */
const uploaded = (state: HubState, oid: string): Buffer => {
  const hash = state.xet.hashOf(oid)
  const content =
    state.uploads.get(oid) ?? (hash === undefined ? undefined : state.xet.contentOf(hash))
  if (content === undefined) throw new Refusal(400, `LFS object ${oid} was not uploaded`)
  if (sha256(content) !== oid)
    throw new Refusal(400, `LFS object ${oid} has another content than its hash says`)
  state.uploads.set(oid, content)
  return content
}
