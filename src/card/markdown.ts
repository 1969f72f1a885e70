/** Markdown, with what others wrote kept from being markup. */

/** A table, if it has rows. */
export const table = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>
): string =>
  rows.length === 0
    ? ""
    : [
        head,
        head.map((_, i) =>
          i === 0 ? "---" : /^(?:rows|tokens|cost|requests)/.test(head[i]!) ? "---:" : "---"
        ),
        ...rows
      ]
        .map((cells) => `| ${cells.join(" | ")} |`)
        .join("\n")

/** Text of others on one line: no markup, no HTML, no end of a table's cell. */
export const plain = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .trim()
    .replaceAll(/[\\`*_[\]<>#|~$&!]/g, (character) =>
      character === "<"
        ? "&lt;"
        : character === ">"
          ? "&gt;"
          : character === "&"
            ? "&amp;"
            : `\\${character}`
    )

/** Text in an attribute of HTML. */
export const attribute = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")

/** A name as code, in a table too. */
export const code = (name: string): string => {
  const text = name.replaceAll(/\s+/g, " ").replaceAll("|", "\\|")
  const fence = "`".repeat(longestRun(text) + 1)
  const space = text.startsWith("`") || text.endsWith("`") || text.trim() === "" ? " " : ""
  return `${fence}${space}${text}${space}${fence}`
}

/** A block of code that nothing in it ends. */
export const block = (language: string, text: string): string => {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}${language}\n${text.replace(/\n+$/, "")}\n${fence}`
}

/** What shows when one clicks. */
export const folded = (summary: string, text: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${text}\n\n</details>`

const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
