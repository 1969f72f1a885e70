/**
 * Filters of Jinja that the template engine lacks, or has otherwise: pure functions of plain
 * values, as jinja.palletsprojects.com describes them.
 */

/** A filter: the names of its arguments, and what it makes of a value and them. */
export interface JinjaFilter {
  readonly parameters: ReadonlyArray<string>
  readonly apply: (value: unknown, ...args: ReadonlyArray<never>) => unknown
}

const filter = <const Args extends ReadonlyArray<unknown>>(
  parameters: { readonly [I in keyof Args]: string },
  apply: (value: unknown, ...args: Args) => unknown
): JinjaFilter => ({ parameters, apply: apply as never })

const text = (value: unknown): string => {
  if (value === undefined) return ""
  if (value === null) return "None"
  if (typeof value === "boolean") return value ? "True" : "False"
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}

const list = (value: unknown): ReadonlyArray<unknown> => {
  if (Array.isArray(value)) return value
  if (typeof value === "string") return [...value]
  if (typeof value === "object" && value !== null) return Object.keys(value)
  if (value === undefined) return []
  throw new Error(`a filter wants a list and gets ${text(value)}`)
}

/** A member of a value, by a path such as `author.name` or a position. */
const attributeOf = (value: unknown, attribute: string | number | undefined): unknown =>
  attribute === undefined
    ? value
    : String(attribute)
        .split(".")
        .reduce<unknown>(
          (held, key) =>
            typeof held === "object" && held !== null
              ? (held as Readonly<Record<string, unknown>>)[key]
              : undefined,
          value
        )

type Attribute = string | number | undefined

/** Values in order: numbers by size, anything else as text, upper and lower case alike. */
const compare = (a: unknown, b: unknown): number => {
  if (typeof a === "number" && typeof b === "number") return a - b
  const [left, right] = [text(a).toLowerCase(), text(b).toLowerCase()]
  return left < right ? -1 : left > right ? 1 : 0
}

const extreme =
  (sign: 1 | -1) =>
  (value: unknown, attribute: Attribute): unknown => {
    const [first, ...others] = list(value)
    const of = (item: unknown): unknown => attributeOf(item, attribute)
    return others.reduce(
      (best, item) => (compare(of(item), of(best)) * sign > 0 ? item : best),
      first
    )
  }

const titled = (value: unknown): string =>
  text(value).replace(
    /([^-\s({[<]+)/gu,
    (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()
  )

const truncated = (
  value: unknown,
  length = 255,
  killWords = false,
  end = "...",
  leeway = 5
): string => {
  const whole = text(value)
  if (whole.length <= length + leeway) return whole
  const cut = whole.slice(0, Math.max(0, length - end.length))
  if (killWords) return cut + end
  const space = cut.lastIndexOf(" ")
  return (space < 0 ? cut : cut.slice(0, space)) + end
}

const rounded = (value: unknown, precision = 0, method = "common"): number => {
  const factor = 10 ** precision
  const scaled = Number(value) * factor
  // Python rounds halves to the even neighbour.
  const halfEven = Math.abs(scaled % 1) === 0.5 ? 2 * Math.round(scaled / 2) : Math.round(scaled)
  const by = { common: halfEven, ceil: Math.ceil(scaled), floor: Math.floor(scaled) }[method]
  if (by === undefined)
    throw new Error(`filter round has methods common, ceil and floor, not '${method}'`)
  return by / factor
}

const formatted = (pattern: unknown, ...values: ReadonlyArray<unknown>): string => {
  let next = 0
  return text(pattern).replace(
    /%(?:%|([-+0 ]*)(\d*)(?:\.(\d+))?([sdifxr]))/g,
    (whole, flags = "", width = "", precision: string | undefined, kind: string | undefined) => {
      if (kind === undefined) return "%"
      if (next >= values.length) throw new Error(`filter format has no value for '${whole}'`)
      const value = values[next++]
      const number = Number(value)
      const shown =
        kind === "s" || kind === "r"
          ? text(value).slice(0, precision === undefined ? undefined : Number(precision))
          : kind === "f"
            ? number.toFixed(Number(precision ?? 6))
            : kind === "x"
              ? Math.trunc(number).toString(16)
              : String(Math.trunc(number))
      const signed =
        String(flags).includes("+") && number >= 0 && kind !== "s" ? `+${shown}` : shown
      return String(flags).includes("-")
        ? signed.padEnd(Number(width))
        : signed.padStart(Number(width), String(flags).includes("0") && kind !== "s" ? "0" : " ")
    }
  )
}

const batched = (value: unknown, size: number, fill?: unknown): unknown => {
  const items = list(value)
  const batches = Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size)
  )
  const last = batches.at(-1)
  if (fill !== undefined && last !== undefined)
    batches[batches.length - 1] = [
      ...last,
      ...Array.from({ length: size - last.length }, () => fill)
    ]
  return batches
}

const sliced = (value: unknown, slices: number, fill?: unknown): unknown => {
  const items = list(value)
  const [each, more] = [Math.floor(items.length / slices), items.length % slices]
  return Array.from({ length: slices }, (_, i) => {
    const from = i * each + Math.min(i, more)
    const slice = items.slice(from, from + each + (i < more ? 1 : 0))
    return fill !== undefined && more > 0 && i >= more ? [...slice, fill] : slice
  })
}

const grouped = (value: unknown, attribute: Attribute, otherwise?: unknown): unknown => {
  const of = (item: unknown): unknown => attributeOf(item, attribute) ?? otherwise ?? null
  const sorted = list(value).toSorted((a, b) => compare(of(a), of(b)))
  const groups: Array<[unknown, Array<unknown>]> = []
  for (const item of sorted) {
    const last = groups.at(-1)
    if (last !== undefined && compare(last[0], of(item)) === 0) last[1].push(item)
    else groups.push([of(item), [item]])
  }
  return groups
}

const summed = (value: unknown, attribute: Attribute, start = 0): number =>
  list(value).reduce<number>((sum, item) => sum + Number(attributeOf(item, attribute)), start)

/** The same item for the same list: a prompt that changes from run to run is paid for again. */
const drawn = (value: unknown): unknown => {
  const items = list(value)
  let hash = 0x811c9dc5
  for (const unit of JSON.stringify(items))
    hash = Math.imul(hash ^ unit.codePointAt(0)!, 0x01000193)
  return items[(hash >>> 0) % Math.max(1, items.length)]
}

const wrappedLine = (line: string, width: number): string => {
  const lines: Array<string> = []
  for (const word of line.split(" ")) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.join("\n")
}

const wrapped = (value: unknown, width = 79): string =>
  text(value)
    .split("\n")
    .map((line) => wrappedLine(line, width))
    .join("\n")

const centered = (value: unknown, width = 80): string => {
  const whole = text(value)
  const left = Math.max(0, Math.floor((width - whole.length) / 2))
  return (" ".repeat(left) + whole).padEnd(width)
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;"
}
const escaped = (value: unknown): string =>
  text(value).replace(/[&<>"']/g, (sign) => entities[sign]!)

/** What `map` may name. */
const mapped: Readonly<Record<string, (value: unknown) => unknown>> = {
  upper: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  trim: (value) => text(value).trim(),
  string: text,
  length: (value) => list(value).length,
  int: (value) => Math.trunc(Number(value)) || 0,
  float: (value) => Number(value) || 0,
  abs: (value) => Math.abs(Number(value)),
  title: titled,
  first: (value) => list(value)[0],
  last: (value) => list(value).at(-1)
}

const mapBy = (value: unknown, name: string): unknown => {
  const by = mapped[name]
  if (by === undefined)
    throw new Error(`filter map knows ${Object.keys(mapped).join(", ")}, not '${name}'`)
  return list(value).map(by)
}

export const jinjaFilters: ReadonlyMap<string, JinjaFilter> = new Map([
  ["batch", filter(["linecount", "fill_with"], batched)],
  ["center", filter(["width"], centered)],
  ["count", filter([], (value) => list(value).length)],
  ["e", filter([], escaped)],
  ["escape", filter([], escaped)],
  ["format", { parameters: [], apply: formatted }],
  ["groupby", filter(["attribute", "default"], grouped)],
  ["map", filter(["filter"], mapBy)],
  ["max", filter(["attribute"], extreme(1))],
  ["min", filter(["attribute"], extreme(-1))],
  ["random", filter([], drawn)],
  ["round", filter(["precision", "method"], rounded)],
  ["slice", filter(["slices", "fill_with"], sliced)],
  ["sum", filter(["attribute", "start"], summed)],
  ["title", filter([], titled)],
  ["truncate", filter(["length", "killwords", "end", "leeway"], truncated)],
  ["urlencode", filter([], (value) => encodeURIComponent(text(value)).replaceAll("%2F", "/"))],
  ["wordcount", filter([], (value) => text(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0)],
  ["wordwrap", filter(["width"], wrapped)]
])

/** Filters that the engine has itself. */
export const engineFilters: ReadonlySet<string> = new Set([
  "abs",
  "bool",
  "capitalize",
  "default",
  "first",
  "float",
  "indent",
  "int",
  "items",
  "join",
  "last",
  "length",
  "list",
  "lower",
  "rejectattr",
  "replace",
  "reverse",
  "safe",
  "selectattr",
  "sort",
  "string",
  "tojson",
  "trim",
  "unique",
  "upper"
])
