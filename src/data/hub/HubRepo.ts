/** A dataset repository of the Hub at one commit: its files, listed and opened. */
import * as Redacted from "effect/Redacted"
import type { BytePieces, ByteSource } from "../rows/ByteSource.ts"
import { type HubAccess, HubRefusal, HubUnreachable } from "./HubAccess.ts"
import { HubError } from "./HubError.ts"
import { hubPackage } from "./hubPackage.ts"

/** A file of a repository. */
export interface HubFile {
  readonly path: string
  readonly size: number
  /** The SHA-256 of its content, known of large files. */
  readonly sha256?: string | undefined
}

export interface HubRepo {
  readonly id: string
  /** The commit that all its files are of. */
  readonly commit: string
  readonly files: ReadonlyArray<HubFile>
  /** A file, read over the network as it is wanted. */
  readonly source: (file: HubFile) => ByteSource
  /** The text of a small file; undefined if there is none. */
  readonly text: (path: string) => Promise<string | undefined>
}

/** The branch to which the Hub converts datasets of other formats. */
export const convertedBranch = "refs/convert/parquet"

/**
 * Opens a repository at a branch, a tag or a commit; undefined where the revision may be missing
 * and is.
 */
export const openRepo = async (
  access: HubAccess,
  id: string,
  revision = "main"
): Promise<HubRepo> => {
  const commit = await latestCommit(access, id, revision)
  const told = telling(access, id, revision)
  const { downloadFile, listFiles } = await hubPackage(id)
  const client = clientOf(access, id)
  const listed = await told(() =>
    Array.fromAsync(
      listFiles({
        repo: { type: "dataset", name: id },
        revision: commit,
        recursive: true,
        ...client
      })
    )
  )
  const files = listed
    .filter(({ type }) => type === "file")
    .map(({ lfs, path, size }): HubFile => ({ path, size: lfs?.size ?? size, sha256: lfs?.oid }))
  const blobOf = (path: string): Promise<Blob> =>
    told(async () => {
      const blob = await downloadFile({
        repo: { type: "dataset", name: id },
        path: path.split("/").map(encodeURIComponent).join("/"),
        revision: commit,
        ...client
      })
      if (blob === null)
        throw new HubError({ reason: "Damaged", repo: id, detail: `the file '${path}' has gone.` })
      return blob
    })
  return {
    id,
    commit,
    files,
    source: (file) => ({
      name: `${access.endpoint}/datasets/${id}/${file.path}`,
      stream: (from = 0) => streamed(file, () => blobOf(file.path), told, from),
      pieces: () => piecesOf(() => blobOf(file.path), told)
    }),
    text: async (path) => {
      const file = files.find((candidate) => candidate.path === path)
      return file === undefined
        ? undefined
        : Buffer.concat(
            await Array.fromAsync(streamed(file, () => blobOf(path), told, 0))
          ).toString()
    }
  }
}

/** The commit that a branch, a tag or a commit is now. */
export const latestCommit = async (
  access: HubAccess,
  id: string,
  revision: string
): Promise<string> => {
  checkName(id)
  const { datasetInfo } = await hubPackage(id)
  const client = clientOf(access, id)
  const { sha } = await telling(
    access,
    id,
    revision
  )(() => datasetInfo({ name: id, revision, additionalFields: ["sha"], ...client }))
  return sha
}

const clientOf = (access: HubAccess, id: string) => ({
  hubUrl: access.endpoint,
  fetch: access.fetch,
  ...credentials(access, id)
})

/** Runs a request, and says in our words why it failed. */
export type Told = <A>(request: () => Promise<A>) => Promise<A>

export const checkName = (id: string): void => {
  if (!/^[\w.-]+(\/[\w.-]+)?$/.test(id))
    throw new HubError({
      reason: "NoSuchRepo",
      repo: id,
      detail:
        "this is no name of a dataset. Write OWNER/NAME, as in the last two parts of its address."
    })
}

export const credentials = (
  { token, tokenFrom }: HubAccess,
  repo: string
): { readonly accessToken?: string } => {
  if (token === undefined) return {}
  const accessToken = Redacted.value(token)
  if (!accessToken.startsWith("hf_"))
    throw new HubError({
      reason: "Unauthorized",
      repo,
      detail: `the token (${tokenFrom}) is none of the Hub's: they begin with 'hf_'. Make one at https://huggingface.co/settings/tokens.`
    })
  return { accessToken }
}

/** Says why a request about a dataset failed. */
export const telling =
  (
    { endpoint, token, tokenFrom }: HubAccess,
    repo: string,
    revision: string,
    access: "read" | "write" = "read"
  ): Told =>
  async (request) => {
    const error = (reason: HubError["reason"], detail: string): HubError =>
      new HubError({
        reason,
        repo,
        detail: token === undefined ? detail : detail.replaceAll(Redacted.value(token), "<token>")
      })
    try {
      return await request()
    } catch (thrown) {
      if (thrown instanceof HubError) throw thrown
      if (thrown instanceof HubUnreachable)
        throw error(
          "Unreachable",
          `${endpoint} cannot be reached (${thrown.message}). Check the network, and HF_ENDPOINT if it is set.`
        )
      if (!(thrown instanceof HubRefusal)) throw error("HubFailed", (thrown as Error).message)
      const { code, message, status } = thrown
      const name = code ?? ""
      if (name === "GatedRepo" || (status === 403 && /gated|access to dataset/i.test(message))) {
        const url = `${endpoint}/datasets/${repo}`
        throw error(
          "Gated",
          token === undefined
            ? `its owner lets in only who has asked. Ask at ${url}, then set HF_TOKEN.`
            : `its owner has not let you in yet (token: ${tokenFrom}). Ask at ${url}.`
        )
      }
      if (name === "RevisionNotFound")
        throw error(
          "NoSuchRevision",
          `it has no revision '${revision}'. Give a branch, a tag or a commit that it has.`
        )
      if ((status === 401 || status === 403) && token !== undefined && name !== "RepoNotFound")
        throw error(
          "Unauthorized",
          `the Hub does not accept the token (${tokenFrom}): ${message}. Make one with ${access} access at ${endpoint}/settings/tokens.`
        )
      if (name === "RepoNotFound" || status === 401 || status === 404) {
        const token_ =
          token === undefined
            ? "If it is private, set HF_TOKEN (or option token)."
            : `If it is private, the token (${tokenFrom}) has no access to it.`
        throw error(
          "NoSuchRepo",
          `there is no such dataset at ${endpoint}. Check owner and name. ${token_}`
        )
      }
      if (status === 429)
        throw error(
          "RateLimited",
          `the Hub asks to wait longer than we do (429). ${token === undefined ? "With a token (HF_TOKEN) it allows more. " : ""}Run again later.`
        )
      throw error(
        "HubFailed",
        `the Hub answers with status ${status}: ${message}. Run again later.`
      )
    }
  }

const tries = 5

const piecesOf = async (open: () => Promise<Blob>, told: Told): Promise<BytePieces> => {
  const blob = await open()
  const slice = async (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
    for (let attempt = 1; ; attempt++) {
      try {
        const piece = new Uint8Array(await blob.slice(start, end).arrayBuffer())
        if (piece.length === Math.min(end, blob.size) - start) return piece
        throw new Error("the Hub gave another number of bytes than it was asked for")
      } catch (thrown) {
        // What was refused was tried again before; here the body was cut.
        if (attempt === tries || thrown instanceof HubRefusal || thrown instanceof HubUnreachable)
          return told(() => Promise.reject(thrown))
      }
    }
  }
  return { size: blob.size, slice, close: async () => {} }
}

/** The bytes of a file; where a connection is lost, the next one goes on where it broke. */
async function* streamed(
  { path, size }: HubFile,
  open: () => Promise<Blob>,
  told: Told,
  from: number
): AsyncGenerator<Uint8Array> {
  const blob = await open()
  let position = from
  let failures = 0
  while (position < size) {
    const before = position
    try {
      for await (const chunk of blob
        .slice(position)
        .stream() as unknown as AsyncIterable<Uint8Array>) {
        position += chunk.length
        yield chunk
      }
      if (position < size) throw new Error(`'${path}' ended after ${position} of ${size} bytes`)
    } catch (thrown) {
      failures = position > before ? 1 : failures + 1
      if (failures >= tries || thrown instanceof HubRefusal || thrown instanceof HubUnreachable)
        await told(() => Promise.reject(thrown))
    }
  }
}
