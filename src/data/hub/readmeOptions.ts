/** Text options of a README's configuration, under the names of Python's loaders. */
import type { TextOptions } from "../rows/TextOptions.ts"

/** Keys that do not change which rows come of a file. */
const harmless = new Set([
  "description",
  "license",
  "version",
  "features",
  "drop_labels",
  "drop_metadata",
  "chunksize",
  "low_memory",
  "engine",
  "lineterminator"
])

/** What a key means; undefined if its value is not understood. */
const readers: Readonly<Record<string, (value: unknown) => TextOptions | undefined>> = {
  encoding: (value) => text("encoding", value),
  delimiter: (value) => mark("delimiter", value),
  sep: (value) => mark("delimiter", value),
  quotechar: (value) => mark("quote", value),
  escapechar: (value) => mark("escape", value),
  doublequote: (value) => (value === true ? {} : undefined),
  quoting: (value) => (value === 0 ? {} : value === 3 ? { quote: "" } : undefined),
  header: (value) =>
    value === null ? { header: false } : value === 0 || value === "infer" ? {} : undefined,
  skiprows: (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0
      ? { skipRows: value as number }
      : undefined,
  na_values: (value) => {
    const nulls = [value].flat()
    return nulls.every((item) => typeof item === "string") ? { nulls } : undefined
  },
  keep_default_na: (value) => (typeof value === "boolean" ? {} : undefined),
  field: (value) => text("field", value),
  sample_by: (value) => (value === "line" ? {} : undefined),
  keep_linebreaks: (value) => (value === false ? {} : undefined)
}

const text = (key: keyof TextOptions, value: unknown): TextOptions | undefined =>
  typeof value === "string" ? { [key]: value } : undefined
const mark = (key: keyof TextOptions, value: unknown): TextOptions | undefined =>
  typeof value === "string" && /^[\t\x20-\x7e]$/.test(value) ? { [key]: value } : undefined

/** The options, and those of the keys and values that are not understood: `skipfooter: 2`. */
export const readmeOptions = (
  others: Readonly<Record<string, unknown>>
): { readonly text: TextOptions; readonly unread: ReadonlyArray<string> } => {
  const { column_names: columnNames, names = columnNames, ...rest } = others
  const unread: Array<string> = []
  const options: TextOptions = {}
  for (const [key, value] of Object.entries(rest)) {
    const read = Object.hasOwn(readers, key)
      ? readers[key]!(value)
      : harmless.has(key)
        ? {}
        : undefined
    if (read === undefined) unread.push(`${key}: ${JSON.stringify(value)}`)
    else Object.assign(options, read)
  }
  if (names === undefined || names === null) return { text: options, unread }
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string"))
    return { text: options, unread: [...unread, `names: ${JSON.stringify(names)}`] }
  // Names with a header mean other names for it.
  return {
    text: {
      ...options,
      header: names,
      skipRows: (options.skipRows ?? 0) + (rest["header"] === 0 ? 1 : 0)
    },
    unread
  }
}
