/**
 * YAML text to a tree. Tags are read, never executed; aliases are followed within limits; every
 * value knows its place.
 */
import type * as JsYaml from "js-yaml"
import type * as YamlModule from "yaml"
import { type Limits, tooDeep } from "../tree/limits.ts"
import type { Position, ReadDocument } from "../tree/Tree.ts"
import { YamlEvents } from "./YamlEvents.ts"
import { YamlTree } from "./YamlTree.ts"

/** What is wrong with the text itself. */
export interface SyntaxProblem {
  readonly detail: string
  readonly position: Position | undefined
}

/** The library that reads, several times faster than the other; it tells of the first mistake only. */
export type YamlParser = Pick<
  typeof JsYaml,
  "parseEvents" | "getScalarValue" | "EVENT_ID" | "SCALAR_STYLE"
>

/** A text that is no YAML: what the parser threw, or undefined for several documents in one. */
export class NoYaml extends Error {
  readonly thrown: unknown

  constructor(thrown: unknown) {
    super("no YAML")
    this.thrown = thrown
  }
}

interface Read {
  readonly document: ReadDocument
  readonly problems: ReadonlyArray<SyntaxProblem>
}

/** Reads YAML 1.1 as Python does. Throws `NoYaml` and `LimitExceeded`. */
export const readYaml = (library: YamlParser, text: string, limits: Limits): Read => {
  let events: ReadonlyArray<JsYaml.Event>
  try {
    events = library.parseEvents(text, { maxDepth: limits.maxDepth })
  } catch (thrown) {
    throw new NoYaml(thrown)
  }
  const positionOf = positionsIn(text)
  if (events.filter(({ type }) => type === library.EVENT_ID.DOCUMENT).length > 1)
    throw new NoYaml(undefined)
  const problems: Array<SyntaxProblem> = []
  const source = new YamlEvents(library, text, events)
  const tree = new YamlTree(source, limits, (detail, offset) =>
    problems.push({ detail, position: positionOf(offset) })
  )
  const value = tree.read()
  return {
    document: {
      value,
      locate: (path, part = "value") => {
        const offset = source.locate(path, part, tree.anchors)
        return offset === undefined ? undefined : positionOf(offset)
      }
    },
    problems
  }
}

/**
 * All mistakes of a text, in the words of the parser that goes on after the first. Throws
 * `LimitExceeded`.
 */
export const syntaxProblems = (
  yaml: typeof YamlModule,
  text: string,
  thrown: unknown,
  limits: Limits
): ReadonlyArray<SyntaxProblem> => {
  const { mark, reason } = (thrown ?? {}) as {
    readonly reason?: string
    readonly mark?: { readonly position: number }
  }
  if (reason?.includes("maxDepth") === true || thrown instanceof RangeError) throw tooDeep(limits)
  const { errors } = yaml.parseDocument(text, {
    version: "1.1",
    schema: "failsafe",
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error"
  })
  if (errors.some(({ message }) => message.includes("call stack"))) throw tooDeep(limits)
  const positionOf = positionsIn(text)
  if (errors.length > 0)
    return errors.map(({ message, pos }) => ({
      detail: message.replaceAll(/\s+/g, " ").replace(/\.$/, ""),
      position: positionOf(pos[0])
    }))
  return [
    {
      detail: reason ?? "it holds several documents",
      position: mark === undefined ? undefined : positionOf(mark.position)
    }
  ]
}

/** Lines and columns of a text. */
const positionsIn = (text: string): ((offset: number) => Position) => {
  let starts: ReadonlyArray<number> | undefined
  return (offset) => {
    starts ??= [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - starts[low]! + 1 }
  }
}
