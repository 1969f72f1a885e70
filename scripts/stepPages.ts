/** Pages of the documentation, one for each step and task, and one that lists them. */
import type { SourceParameter } from "../src/codegen/read/SourceReport.ts"
import type { ColumnTag, StepDoc } from "./stepDocs.ts"

/** Texts by the names of their files. */
export const stepPages = (docs: ReadonlyArray<StepDoc>): ReadonlyMap<string, string> =>
  new Map([
    ["README.md", listPage(docs)],
    ...docs.map((doc) => [`${doc.name}.md`, stepPage(doc)] as const)
  ])

const written = "<!-- Written by `npm run docs` from the docstrings; do not edit. -->"

const groups: ReadonlyArray<StepDoc["group"]> = [
  "Sources",
  "Columns and rows",
  "Joins",
  "Tasks",
  "Own steps"
]

const listPage = (docs: ReadonlyArray<StepDoc>): string =>
  [
    "# Steps and tasks",
    written,
    ...groups.flatMap((group) => {
      const members = docs.filter((doc) => doc.group === group)
      return members.length === 0
        ? []
        : [
            `## ${group}`,
            table(
              ["", ""],
              members.map(({ about, name }) => [`[${name}](${name}.md)`, sentence(about)])
            )
          ]
    })
  ].join("\n\n") + "\n"

/** The first sentence of a text. */
export const sentence = (text: string): string =>
  (/^.*?[.:](?=\s|$)/s.exec(text)?.[0] ?? text).replaceAll(/\s+/g, " ").replace(/:$/, ".")

const stepPage = ({
  about,
  adds,
  example,
  fails,
  name,
  options,
  parameters,
  reads,
  source
}: StepDoc): string =>
  [
    `# ${name}`,
    written,
    about,
    ...(example === "" ? [] : [`\`\`\`ts\n${example}\n\`\`\``]),
    ...(reads.length + adds.length === 0
      ? []
      : ["## Columns", ...columnsText("reads", reads), ...columnsText("adds", adds)]),
    "## Options",
    table(["option", "type", "default", ""], options.map(optionRow)),
    ...(parameters.length === 0
      ? []
      : [
          "## Parameters",
          "What `run({ parameters })` may set, by the step's name.",
          table(["parameter", "type", "default", ""], parameters.map(optionRow))
        ]),
    ...(fails.length === 0
      ? []
      : [
          "## Failures",
          fails
            .map((line) => `- \`${line.split(" ")[0]}\` ${line.split(" ").slice(1).join(" ")}`)
            .join("\n")
        ]),
    ...(source === undefined ? [] : ["## Source", `<${source}>`])
  ].join("\n\n") + "\n"

const columnsText = (
  what: "reads" | "adds",
  tags: ReadonlyArray<ColumnTag>
): ReadonlyArray<string> => {
  const named = tags.filter(({ column }) => column !== undefined)
  const told = tags
    .filter(({ column }) => column === undefined)
    .map(({ note, text }) => `It ${what} ${text}${note === "" ? "" : `: ${note}`}.`)
  return [
    ...told,
    ...(named.length === 0
      ? []
      : [
          table(
            [what, "type", ""],
            named.map(({ column, note, optional, text }) => [
              `\`${column}\``,
              text + (optional ? ", optional" : ""),
              note
            ])
          )
        ])
  ]
}

const optionRow = ({ about, name, optional, type }: SourceParameter): ReadonlyArray<string> => {
  const [, value] = /Default:?\s(.*?)\.(?=\s|$)/s.exec(about) ?? []
  const text = value === undefined ? about : about.replace(/\s*Default:?\s.*?\.(?=\s|$)/s, "")
  return [
    `\`${name}\``,
    `\`${type}\``,
    value?.replaceAll("\n", " ") ?? (optional ? "" : "must be given"),
    text
  ]
}

/** A Markdown table, columns of which nothing is said left out. */
export const table = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>
): string => {
  const kept = [...head.keys()].filter((column) => rows.some((row) => row[column] !== ""))
  const line = (cells: ReadonlyArray<string>): string =>
    `| ${kept.map((column) => cells[column]!.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`
  return [line(head), `|${" --- |".repeat(kept.length)}`, ...rows.map(line)].join("\n")
}
