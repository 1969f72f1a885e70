/**
 * Prompt templates: Jinja as distilabel uses it. A template is data: it reaches the columns it
 * names and nothing else.
 */
import { Environment, Interpreter } from "@huggingface/jinja"
import type { Row } from "../columns/Row.ts"
import {
  isSyntax,
  parsed,
  type Program,
  runnable,
  type Syntax,
  templateFunctions
} from "./jinjaProgram.ts"

/** A template that was read. */
export interface Template {
  /** Columns that it reads. */
  readonly columns: ReadonlyArray<string>
  readonly render: (row: Row) => string
  /** The text before anything that depends on a row. */
  readonly fixed: string
}

/** Templates that were read: a document asks for each of its own several times. */
const known = new Map<string, Template>()
const mostKnown = 5000

/** Reads a template. Throws a `TemplateError` that says what is wrong with it. */
export const readTemplate = (source: string): Template => {
  const before = known.get(source)
  if (before !== undefined) return before
  const template = plainTemplate(source) ?? parsedTemplate(source)
  if (known.size >= mostKnown) known.clear()
  known.set(source, template)
  return template
}

const onlyNames = /^(?:[^{}]|\{\{[ \t]*[A-Za-z_]\w*[ \t]*\}\})*$/
const hole = /\{\{[ \t]*(\w+)[ \t]*\}\}/g
const words = new Set([
  "and",
  "or",
  "not",
  "in",
  "is",
  "if",
  "else",
  "elif",
  "for",
  "set",
  "macro",
  "call",
  "filter"
])

/**
 * A template of text and names, as most are: its columns are known without a parser, which it meets
 * when it is first rendered.
 */
const plainTemplate = (source: string): Template | undefined => {
  if (!onlyNames.test(source)) return undefined
  const names = new Set([...source.matchAll(hole)].map(([, name]) => name!))
  if ([...names].some((name) => words.has(name))) return undefined
  const columns = [...names].filter((name) => !builtInNames.has(name))
  let render: Template["render"] | undefined
  const fixed = source.split("{{", 1)[0]!
  return { columns, fixed, render: (row) => (render ??= parsedTemplate(source).render)(row) }
}

const parsedTemplate = (source: string): Template => {
  const program = parsed(source)
  const columns = [...freeNames(program)]
  const runs = runnable(program) as Program
  // A tag may take white space before it away, or be a comment.
  const fixed = source.split(/\s*\{[{%#]/, 1)[0]!
  return { columns, fixed, render: (row) => rendered(runs, row, columns) }
}

const rendered = (program: Program, row: Row, columns: ReadonlyArray<string>): string => {
  const environment = new Environment()
  for (const [name, value] of [...builtIn, ...templateFunctions]) environment.set(name, value)
  // Only what it reads: the engine converts every value it is given, however deep.
  for (const column of columns) environment.set(column, printable(row[column]))
  const result = new Interpreter(environment).run(program)
  return String((result as { readonly value: unknown }).value)
}

const range = (start: number, stop?: number, step = 1): ReadonlyArray<number> => {
  const [from, to] = stop === undefined ? [0, start] : [start, stop]
  return Array.from(
    { length: Math.max(0, Math.ceil((to - from) / step)) },
    (_, i) => from + i * step
  )
}

const builtIn: ReadonlyArray<readonly [string, unknown]> = [
  ["range", range],
  ["true", true],
  ["false", false],
  ["none", null],
  ["True", true],
  ["False", false],
  ["None", null]
]
const builtInNames = new Set([...builtIn.map(([name]) => name), "loop", "namespace"])

/** What the engine can convert: it knows no bigint and no undefined member. */
const printable = (value: unknown): unknown => {
  if (typeof value === "bigint")
    return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
      ? Number(value)
      : String(value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(printable)
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [key, printable(member)])
    )
  }
  return value
}

/** Names that a program reads and does not make itself. */
const freeNames = (program: Program): ReadonlySet<string> => {
  const read = new Set<string>()
  visit(program, new Set(builtInNames), read)
  return read
}

// Places where an identifier is a field, a filter or a keyword, not a variable.
const notVariables: Readonly<Record<string, ReadonlyArray<string>>> = {
  MemberExpression: ["property"],
  FilterExpression: ["filter"],
  FilterStatement: ["filter"],
  TestExpression: ["test"],
  KeywordArgumentExpression: ["key"],
  BinaryExpression: ["operator"],
  UnaryExpression: ["operator"],
  Macro: ["name", "args"]
}

const visit = (node: unknown, made: ReadonlySet<string>, read: Set<string>): void => {
  if (Array.isArray(node)) return visitAll(node, made, read)
  if (node instanceof Map) return visitAll([...node].flat(), made, read)
  if (!isSyntax(node)) return
  const syntax = node
  if (syntax.type === "Identifier") {
    const name = syntax["value"] as string
    if (!made.has(name)) read.add(name)
    return
  }
  if (syntax.type === "For") {
    visit(syntax["iterable"], made, read)
    const inside = new Set([...made, ...namesIn(syntax["loopvar"])])
    return visitAll([syntax["body"], syntax["defaultBlock"]], inside, read)
  }
  if (syntax.type === "Macro")
    return visit(syntax["body"], new Set([...made, ...namesIn(syntax["args"])]), read)
  const skipped = notVariables[syntax.type] ?? []
  for (const [key, child] of Object.entries(syntax)) {
    if (!skipped.includes(key) || (key === "property" && syntax["computed"] === true))
      visit(child, made, read)
    else visitCallArguments(child, made, read)
  }
}

/** Nodes one after another: what one sets, the next ones have. */
const visitAll = (
  nodes: ReadonlyArray<unknown>,
  made: ReadonlySet<string>,
  read: Set<string>
): void => {
  const known = new Set(made)
  for (const node of nodes) {
    const { assignee, name, type, value } = (node ?? {}) as Partial<Syntax>
    if (type === "Set" || type === "SetStatement") {
      visit(value, known, read)
      for (const made of namesIn(assignee)) known.add(made)
    } else visit(node, known, read)
    if (type === "Macro") for (const made of namesIn(name)) known.add(made)
  }
}

/** The arguments of a filter such as `join(separator)`. */
const visitCallArguments = (node: unknown, made: ReadonlySet<string>, read: Set<string>): void => {
  if (typeof node === "object" && node !== null && "args" in node) visit(node.args, made, read)
}

const namesIn = (node: unknown): ReadonlyArray<string> => {
  if (Array.isArray(node)) return node.flatMap(namesIn)
  if (typeof node !== "object" || node === null) return []
  const { type, value } = node as Syntax
  return type === "Identifier" ? [value as string] : type === "TupleLiteral" ? namesIn(value) : []
}
