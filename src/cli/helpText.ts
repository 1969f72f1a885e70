/** Help as text for a terminal. */

interface Entry {
  readonly name: string
  readonly about: string
}

/** What the help of a command says. */
export interface HelpPage {
  /** The names that call it. */
  readonly path: ReadonlyArray<string>
  readonly details: string
  readonly args: ReadonlyArray<Entry>
  readonly commands: ReadonlyArray<Entry>
  readonly options: ReadonlyArray<Entry>
  readonly notes: string
  readonly examples: ReadonlyArray<string>
}

/** How a text is shown. */
export interface Look {
  /** The width of the terminal, if it is one. */
  readonly columns?: number | undefined
  readonly bold?: ((text: string) => string) | undefined
}

/** Lines are no longer than the terminal, and never too long to read. */
const widest = 130

/** The help of a command, as wide as the terminal. */
export const helpText = (
  { args, commands, details, examples, notes, options, path }: HelpPage,
  { bold = (text) => text, columns = widest }: Look = {}
): string => {
  const width = Math.min(columns, widest)
  const list = (heading: string, entries: ReadonlyArray<Entry>): ReadonlyArray<string> =>
    entries.length === 0 ? [] : [[bold(`${heading}:`), ...listed(entries, width)].join("\n")]
  const call = [
    ...path,
    ...(commands.length > 0 ? ["COMMAND"] : []),
    ...args.map(({ name }) => name),
    "[options]"
  ].join(" ")
  return [
    `${bold("Usage:")} ${call}`,
    ...paragraphs(details, width),
    ...list("Commands", commands),
    ...list("Arguments", args),
    ...list("Options", options),
    ...paragraphs(notes, width),
    [bold("Examples:"), ...examples.map((example) => `  ${example}`)].join("\n")
  ].join("\n\n")
}

const paragraphs = (text: string, width: number): ReadonlyArray<string> =>
  text === ""
    ? []
    : text
        .split("\n\n")
        .map((paragraph) =>
          paragraph.startsWith("  ") ? paragraph : wrapped(paragraph, width).join("\n")
        )

/** A name so long has its words below it. */
const longestName = 26

const listed = (entries: ReadonlyArray<Entry>, width: number): ReadonlyArray<string> => {
  const column =
    Math.max(...entries.map(({ name }) => (name.length <= longestName ? name.length : 0))) + 4
  const indent = " ".repeat(column)
  return entries.flatMap(({ about, name }) => {
    const [first = "", ...more] = wrapped(about, Math.max(width - column, 24))
    const start = `  ${name}`
    return [
      ...(start.length > column - 2
        ? [start, `${indent}${first}`]
        : [`${start.padEnd(column)}${first}`]),
      ...more.map((line) => `${indent}${line}`)
    ]
  })
}

const wrapped = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}
