/**
 * Programs of templates: parsed by the template engine, with what the engine lacks put in as
 * functions: filters, `loop.cycle`, `{% raw %}`.
 */
import { parse, tokenize } from "@huggingface/jinja"
import { closest } from "../columns/closest.ts"
import { engineFilters, jinjaFilters } from "./jinjaFilters.ts"

export type Program = ReturnType<typeof parse>

/** A template that cannot be read. */
export class TemplateError extends Error {
  override readonly name = "TemplateError"
}

/** A node of a program, whatever it is. */
export interface Syntax {
  readonly type: string
  readonly [key: string]: unknown
}

export const isSyntax = (node: unknown): node is Syntax =>
  typeof node === "object" && node !== null && "type" in node

/** Reads a template. Throws a `TemplateError` that says what is wrong, and where. */
export const parsed = (source: string): Program => {
  let program
  try {
    // As in Jinja's own defaults; the package's `Template` trims line ends after tags.
    program = parse(tokenize(withoutRaw(source), { trim_blocks: false, lstrip_blocks: false }))
  } catch (thrown) {
    throw new TemplateError(
      `the template cannot be read: ${(thrown as Error).message}. It starts with ${JSON.stringify(source.slice(0, 60))}.`
    )
  }
  checkFilters(program, source)
  return program
}

/** Text between `raw` and `endraw` as a text that is printed. */
const withoutRaw = (source: string): string =>
  source.replaceAll(
    /\{%-?\s*raw\s*-?%\}(.*?)\{%-?\s*endraw\s*-?%\}/gs,
    (_, content: string) => `{{ ${JSON.stringify(content)} }}`
  )

/** The name of a filter, which may have arguments. */
const filterName = (filter: unknown): string | undefined => {
  if (!isSyntax(filter)) return undefined
  if (filter.type === "Identifier") return filter["value"] as string
  return filter.type === "CallExpression" ? filterName(filter["callee"]) : undefined
}

const checkFilters = (program: Program, source: string): void => {
  const problems: Array<string> = []
  const known = [...engineFilters, ...jinjaFilters.keys()]
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (node instanceof Map) return [...node].flat().forEach(visit)
    if (!isSyntax(node)) return
    const name =
      node.type === "FilterExpression" || node.type === "FilterStatement"
        ? filterName(node["filter"])
        : undefined
    if (name !== undefined && !known.includes(name)) {
      const near = closest(name, known)
      problems.push(
        `filter '${name}'${placeOf(source, name)} is not known.${near === undefined ? ` There are: ${known.toSorted().join(", ")}.` : ` Did you mean '${near}'?`}`
      )
    }
    if (node.type === "FilterStatement" && name !== undefined && !engineFilters.has(name))
      problems.push(
        `filter '${name}'${placeOf(source, name)} works on values only: write {{ value | ${name} }}.`
      )
    Object.values(node).forEach(visit)
  }
  visit(program)
  if (problems.length > 0)
    throw new TemplateError(`the template cannot be read: ${[...new Set(problems)].join(" ")}`)
}

/** " at line 2, column 14", where a filter of that name stands first. */
const placeOf = (source: string, name: string): string => {
  const at = new RegExp(`\\|\\s*${name}\\b`).exec(source)
  if (at === null) return ""
  const before = source.slice(0, at.index + at[0].length - name.length).split("\n")
  return ` at line ${before.length}, column ${before.at(-1)!.length + 1}`
}

/** The name of a function that stands for a filter: no template can have one of its own. */
export const functionOf = (filter: string): string => `~${filter}`
/** Reads where the engine has no value: an argument that was left out. */
const absent: Syntax = { type: "Identifier", value: functionOf("absent") }
const call = (name: string, args: ReadonlyArray<unknown>): Syntax => ({
  type: "CallExpression",
  callee: { type: "Identifier", value: functionOf(name) },
  args
})

/** The program that the engine runs: filters that it lacks are calls of functions. */
export const runnable = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(runnable)
  if (node instanceof Map)
    return new Map([...node].map(([key, value]) => [runnable(key), runnable(value)]))
  if (!isSyntax(node)) return node
  const inner = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, runnable(value)])
  ) as Syntax
  if (inner.type === "FilterExpression") return filterCall(inner)
  if (inner.type === "CallExpression" && isCycle(inner["callee"]))
    return call("cycle", [
      positionOf(inner["callee"]),
      ...(inner["args"] as ReadonlyArray<unknown>)
    ])
  // What the engine asks its nodes for stands on their classes.
  return Object.assign(Object.create(Object.getPrototypeOf(node) as object) as object, inner)
}

const filterCall = (node: Syntax): unknown => {
  const name = filterName(node["filter"])!
  const found = jinjaFilters.get(name)
  const given = ((node["filter"] as Syntax)["args"] ?? []) as ReadonlyArray<Syntax>
  const byName = new Map(
    given
      .filter(({ type }) => type === "KeywordArgumentExpression")
      .map((argument) => [(argument["key"] as Syntax)["value"] as string, argument["value"]])
  )
  // The engine's own `map` takes an attribute.
  if (found === undefined || (name === "map" && byName.has("attribute"))) return node
  const positional = given.filter(({ type }) => type !== "KeywordArgumentExpression")
  const named = found.parameters
    .slice(positional.length)
    .map((parameter) => byName.get(parameter) ?? absent)
  return call(name, [node["operand"], ...positional, ...named])
}

/** `loop.cycle` */
const isCycle = (callee: unknown): callee is Syntax =>
  isSyntax(callee) &&
  callee.type === "MemberExpression" &&
  filterName(callee["object"]) === "loop" &&
  filterName(callee["property"]) === "cycle"

/** `loop.index0` */
const positionOf = (callee: Syntax): Syntax => ({
  ...callee,
  property: { type: "Identifier", value: "index0" }
})

/** A value of the engine as a plain one. */
const plain = (value: unknown): unknown => {
  const held = (inner: unknown): unknown => plain((inner as { readonly value: unknown }).value)
  if (Array.isArray(value)) return value.map(held)
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, inner]) => [String(key), held(inner)]))
  return value
}

/** The functions that such a program calls. */
export const templateFunctions: ReadonlyArray<readonly [string, unknown]> = [
  ...[...jinjaFilters].map(
    ([name, { apply }]) =>
      [
        functionOf(name),
        (...args: ReadonlyArray<unknown>) => {
          const [value, ...others] = args.map(plain)
          return apply(value, ...(others as Array<never>))
        }
      ] as const
  ),
  [
    functionOf("cycle"),
    (position: number, ...values: ReadonlyArray<unknown>) => plain(values[position % values.length])
  ]
]
