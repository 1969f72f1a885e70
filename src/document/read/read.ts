/** Texts as documents that are read: within limits, and nothing executed. */
import * as Effect from "effect/Effect"
import { DocumentProblem, InvalidDocument } from "../tree/DocumentProblem.ts"
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
  /\.ya?ml$/i.test(path) ? "yaml" : /\.json$/i.test(path) ? "json" : undefined

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
export const readText = Effect.fnUntraced(function* (
  { format, source, text }: SourceText,
  limits: Limits
): Effect.fn.Return<ReadDocument, InvalidDocument> {
  const bytes = new TextEncoder().encode(text).length
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

/** A document that is longer than it may be. */
export const tooLarge = (source: string, bytes: number, { maxBytes }: Limits): InvalidDocument =>
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
