/** Texts, files and addresses as documents that are read: within limits, and nothing executed. */
import { readFile, stat } from "node:fs/promises"
import { extname } from "node:path"
import * as Effect from "effect/Effect"
import { DocumentFileError, DocumentProblem, InvalidDocument } from "../tree/DocumentProblem.ts"
import { LimitExceeded, type Limits } from "../tree/limits.ts"
import type { ReadDocument } from "../tree/Tree.ts"
import {
  NoYaml,
  readYaml,
  type SyntaxProblem,
  syntaxProblems,
  type YamlParser
} from "../yaml/readYaml.ts"
import { readJson } from "./json.ts"

/** The formats of documents. */
export type Format = "yaml" | "json"

/** A text with its format, and where it came from. */
export interface SourceText {
  readonly text: string
  readonly format: Format
  readonly source: string
}

/** The format that a file's name or an address says; undefined if it says none. */
export const formatOf = (path: string): Format | undefined =>
  ({ ".yaml": "yaml", ".yml": "yaml", ".json": "json" } as const)[extname(path).toLowerCase()]

const invalid = (
  source: string,
  reason: DocumentProblem["reason"],
  detail: string,
  position: { readonly line?: number; readonly column?: number } = {}
): InvalidDocument =>
  new InvalidDocument({
    source,
    problems: [new DocumentProblem({ reason, path: "", ...position, detail })]
  })

const megabytes = (bytes: number): string => `${Number((bytes / 1024 / 1024).toPrecision(3))} MB`

/** Reads a text. Throws nothing: what is wrong with it is an error with all places. */
export const readText = (
  { format, source, text }: SourceText,
  limits: Limits
): Effect.Effect<ReadDocument, InvalidDocument> =>
  Effect.gen(function* () {
    const bytes = Buffer.byteLength(text)
    if (bytes > limits.maxBytes) return yield* tooLarge(source, bytes, limits)
    const parser = yield* Effect.promise(() => import("js-yaml"))
    return yield* Effect.tryPromise({
      try: () =>
        format === "json"
          ? Promise.resolve(asJson(parser, text, source, limits))
          : asYaml(parser, text, source, limits),
      catch: (thrown) => {
        if (thrown instanceof InvalidDocument) return thrown
        // What no rule foresaw is still a text that cannot be read.
        return invalid(
          source,
          thrown instanceof LimitExceeded ? "TooLarge" : "Syntax",
          `This document cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}.`
        )
      }
    })
  })

const tooLarge = (source: string, bytes: number, { maxBytes }: Limits): InvalidDocument =>
  invalid(
    source,
    "TooLarge",
    `This document has ${megabytes(bytes)}, more than the ${megabytes(maxBytes)} that are allowed. If it is what you want, give limits: { maxBytes: … }.`
  )

const asYaml = async (
  parser: YamlParser,
  text: string,
  source: string,
  limits: Limits
): Promise<ReadDocument> => {
  let problems: ReadonlyArray<SyntaxProblem>
  try {
    const read = readYaml(parser, text, limits)
    if (read.problems.length === 0) return read.document
    problems = read.problems
  } catch (thrown) {
    if (!(thrown instanceof NoYaml)) throw thrown
    problems = syntaxProblems(await import("yaml"), text, thrown.thrown, limits)
  }
  throw new InvalidDocument({
    source,
    problems: problems.map(
      ({ detail, position }) =>
        new DocumentProblem({
          reason: "Syntax",
          path: "",
          ...position,
          detail: `This is no YAML: ${detail}.`
        })
    )
  })
}

const asJson = (parser: YamlParser, text: string, source: string, limits: Limits): ReadDocument => {
  try {
    const value = readJson(text.replace(/^\ufeff/, ""), limits)
    // JSON is YAML; where something is in it is asked for only when something is wrong.
    let places: ReadDocument["locate"] | undefined
    return {
      value,
      locate: (path, part) => (places ??= placesIn(parser, text, limits))(path, part)
    }
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    const [, line, column] = /line (\d+) column (\d+)/.exec(thrown.message) ?? []
    throw invalid(
      source,
      "Syntax",
      `This is no JSON: ${thrown.message.replace(/ in JSON at position.*$/s, "")}.`,
      line === undefined ? {} : { line: Number(line), column: Number(column) }
    )
  }
}

const placesIn = (parser: YamlParser, text: string, limits: Limits): ReadDocument["locate"] => {
  try {
    return readYaml(parser, text.replaceAll("\t", " "), limits).document.locate
  } catch {
    return () => undefined
  }
}

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
