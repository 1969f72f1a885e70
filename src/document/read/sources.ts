/** Files and addresses as the texts of documents, within limits. */
import { readFile, stat } from "node:fs/promises"
import { extname } from "node:path"
import * as Effect from "effect/Effect"
import { DocumentFileError, type InvalidDocument } from "../tree/DocumentProblem.ts"
import type { Limits } from "../tree/limits.ts"
import { type Format, formatOf, type SourceText, tooLarge } from "./read.ts"

/** Reads a file's text. */
export const textOfFile = (
  path: string,
  limits: Limits
): Effect.Effect<SourceText, DocumentFileError | InvalidDocument> => {
  const format = formatOf(path)
  if (format === undefined)
    return Effect.fail(
      new DocumentFileError({
        action: "read",
        path,
        detail: `its name ends in '${extname(path)}'. Documents are .yaml, .yml or .json files.`
      })
    )
  return Effect.tryPromise({
    try: async () => {
      const { size } = await stat(path)
      return size > limits.maxBytes ? size : await readFile(path, "utf8")
    },
    catch: (thrown) => new DocumentFileError({ action: "read", path, detail: fileDetail(thrown) })
  }).pipe(
    Effect.flatMap((read) =>
      typeof read === "number"
        ? Effect.fail(tooLarge(path, read, limits))
        : Effect.succeed({ text: read, format, source: path })
    )
  )
}

const fileDetail = (thrown: unknown): string => {
  const { code, message } = thrown as NodeJS.ErrnoException
  if (code === "ENOENT")
    return "there is no such file. Check the path; a relative one starts at the folder you are in."
  if (code === "EISDIR") return "it is a folder. Give the file in it."
  if (code === "EACCES" || code === "EPERM") return "reading it is not permitted."
  return message
}

/** Options of `fromUrl`. */
export interface FetchOptions {
  /**
   * A Hugging Face token for private repositories. It is sent to huggingface.co alone. Default
   * `HF_TOKEN`.
   */
  readonly token?: string | undefined
  /** Seconds until the address must have answered. Default 30. */
  readonly timeout?: number | undefined
}

/** Fetches an address's text. Pages of the Hub and of GitHub that show a file stand for the file. */
export const textOfUrl = (
  address: string,
  { timeout = 30, token }: FetchOptions,
  limits: Limits
): Effect.Effect<SourceText, DocumentFileError | InvalidDocument> => {
  const failed = (detail: string): DocumentFileError =>
    new DocumentFileError({ action: "fetch", path: shownAddress(address), detail })
  if (!URL.canParse(address))
    return Effect.fail(
      failed("this is no address. It begins with https:// and names a .yaml or .json file.")
    )
  const url = rawFile(new URL(address))
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return Effect.fail(
      failed(`addresses begin with https://, not with '${url.protocol}'. For a file use fromFile.`)
    )
  return Effect.tryPromise({
    try: (signal) =>
      fetchText(url, token, AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]), limits),
    catch: (thrown) =>
      thrown instanceof Refused
        ? failed(thrown.message)
        : failed(`${reasonOf(thrown, timeout)} Check the address and the network.`)
  }).pipe(
    Effect.flatMap((fetched) =>
      typeof fetched === "number"
        ? Effect.fail(tooLarge(shownAddress(address), fetched, limits))
        : Effect.succeed({ ...fetched, source: shownAddress(address) })
    )
  )
}

class Refused extends Error {}

const reasonOf = (thrown: unknown, timeout: number): string => {
  if (!(thrown instanceof Error)) return `${String(thrown)}.`
  if (thrown.name === "TimeoutError") return `it did not answer in ${timeout} seconds.`
  return `${thrown.cause instanceof Error ? thrown.cause.message : thrown.message}.`
}

/** The text and its format; a number of bytes if it is too long. */
const fetchText = async (
  url: URL,
  token: string | undefined,
  signal: AbortSignal,
  { maxBytes }: Limits
): Promise<{ readonly text: string; readonly format: Format } | number> => {
  const own = url.hostname === "huggingface.co" || url.hostname.endsWith(".huggingface.co")
  const bearer = token ?? process.env["HF_TOKEN"]
  // A redirect to another host goes without the token.
  const response = await fetch(url, {
    signal,
    headers:
      own && url.protocol === "https:" && bearer !== undefined && bearer !== ""
        ? { authorization: `Bearer ${bearer}` }
        : {}
  })
  if (!response.ok)
    throw new Refused(
      `it answered ${response.status} ${response.statusText}.${response.status === 401 || response.status === 403 ? " It may be private: set HF_TOKEN." : " Check the address."}`
    )
  const type = response.headers.get("content-type") ?? ""
  if (/html/.test(type))
    throw new Refused("it is a web page, not a document. Give the address of the file itself.")
  const parts: Array<Uint8Array> = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += (part as Uint8Array).length
    if (bytes > maxBytes) return bytes
    parts.push(part as Uint8Array)
  }
  const text = Buffer.concat(parts).toString("utf8")
  return {
    text,
    format: formatOf(url.pathname) ?? (/json/.test(type) || /^\s*\{/.test(text) ? "json" : "yaml")
  }
}

/** The file that a page shows. */
const rawFile = (url: URL): URL => {
  const raw = new URL(url)
  if (url.hostname === "huggingface.co")
    raw.pathname = url.pathname.replace(
      /^((?:\/(?:datasets|spaces))?\/[^/]+\/[^/]+)\/blob\//,
      "$1/resolve/"
    )
  const [, owner, repo, rest] =
    url.hostname === "github.com"
      ? (/^\/([^/]+)\/([^/]+)\/blob\/(.+)$/.exec(url.pathname) ?? [])
      : []
  return rest === undefined
    ? raw
    : new URL(`https://raw.githubusercontent.com/${owner}/${repo}/${rest}`)
}

/** An address for messages, without what may be secret in it. */
const shownAddress = (address: string): string =>
  URL.canParse(address)
    ? `${new URL(address).origin}${new URL(address).pathname}`
    : address.slice(0, 200)
