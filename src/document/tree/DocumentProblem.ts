/**
 * What can be wrong with a document, as tagged errors: the place, what is wrong, and how to mend
 * it.
 */
import * as Schema from "effect/Schema"
import { distance } from "fastest-levenshtein"
import { closest } from "../../columns/closest.ts"
import type { Problem } from "../../pipeline/problems.ts"

/** One thing that is wrong with a document, with its place in the text, counted from 1. */
export class DocumentProblem extends Schema.TaggedError<DocumentProblem>()("DocumentProblem", {
  /**
   * `Syntax`, `TooLarge`, `WrongShape`, `UnknownKey`, `UnknownClass`, `WrongValue`, `NoSuchExport`
   * or `Wiring`.
   */
  reason: Schema.Literals([
    "Syntax",
    "TooLarge",
    "WrongShape",
    "UnknownKey",
    "UnknownClass",
    "WrongValue",
    "NoSuchExport",
    "Wiring"
  ]),
  /** Where in the document: `pipeline.steps[2].step.llm`. */
  path: Schema.String,
  line: Schema.optionalKey(Schema.Int),
  column: Schema.optionalKey(Schema.Int),
  detail: Schema.String,
  /** The problem of the graph, for `Wiring`. */
  wiring: Schema.optionalKey(Schema.Unknown)
}) {
  /** The problem of the graph, typed. */
  get problem(): Problem | undefined {
    return this.wiring as Problem | undefined
  }
  override get message(): string {
    const place = this.line === undefined ? "" : `${this.line}:${this.column ?? 1} `
    return `${place}${this.detail}`
  }
}

/** More problems than this are counted in a message, not listed. */
const mostShown = 50

/** A document that gives no pipeline, with all that is wrong with it. Nothing of it was executed. */
export class InvalidDocument extends Schema.TaggedError<InvalidDocument>()("InvalidDocument", {
  /** The file or address, or what kind of text it is. */
  source: Schema.String,
  problems: Schema.Array(DocumentProblem)
}) {
  override get message(): string {
    const [first, ...more] = this.problems
    if (first !== undefined && more.length === 0)
      return `${this.source}:${first.line === undefined ? " " : ""}${first.message}`
    const shown = this.problems
      .slice(0, mostShown)
      .map((problem, i) => `  ${i + 1}. ${problem.message}`)
    const rest = this.problems.length - shown.length
    return [
      `${this.source} has ${this.problems.length} problems:`,
      ...shown,
      ...(rest > 0 ? [`  … and ${rest} more`] : [])
    ].join("\n")
  }
}

/** A document that cannot be read from where it is, or written to where it shall be. */
export class DocumentFileError extends Schema.TaggedError<DocumentFileError>()(
  "DocumentFileError",
  {
    action: Schema.Literals(["read", "write", "fetch"]),
    path: Schema.String,
    detail: Schema.String
  }
) {
  override get message(): string {
    return `Cannot ${this.action} '${this.path}': ${this.detail}`
  }
}

/** The known name that a misspelt one is surely meant to be: a letter or two apart. */
export const misspelt = (name: string, known: ReadonlyArray<string>): string | undefined => {
  const near = closest(name, known)
  return near !== undefined && distance(name, near) <= (near.length > 5 ? 2 : 1) ? near : undefined
}
