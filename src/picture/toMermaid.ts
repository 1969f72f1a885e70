/** Pipelines as Mermaid text, which GitHub, GitLab and many editors draw. */
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { changeText } from "./changes.ts"
import { graphemes, legible } from "./measure.ts"
import { type Item, pictureOf, type StepItem, type Way } from "./Picture.ts"

/**
 * Writes a pipeline as a Mermaid flowchart: a node for each step with its class and model, the
 * columns on each edge, routings and subsets.
 *
 * @example
 *   const text = toMermaid(pipeline)
 */
export const toMermaid = (pipeline: AnyPipeline): string => {
  const { items, name, ways } = pictureOf(pipeline)
  const lines = [
    ...(name.trim() === "" ? [] : ["---", `title: ${JSON.stringify(legible(name))}`, "---"]),
    "flowchart TB",
    ...items.map((item, i) => `  n${i}${shapeOf(item)}`),
    ...ways.map((way) => `  n${way.from} ${arrowOf(way, items[way.from]!)} n${way.to}`),
    ...classLines(items)
  ]
  return `${lines.join("\n")}\n`
}

const shapeOf = (item: Item): string => {
  if (item.what === "routing") return `{{${quoted([item.text])}}}`
  if (item.what === "subset") return `[(${quoted([item.name, "subset of the dataset"])})]`
  const text = quoted([
    item.name,
    ...kindLines(item),
    ...item.changes.slice(0, mostChanges).map(changeText),
    ...(item.changes.length > mostChanges
      ? [`and ${item.changes.length - mostChanges} more columns`]
      : [])
  ])
  if (item.role === "source") return `([${text}])`
  return item.role === "task" ? `(${text})` : item.role === "global" ? `[[${text}]]` : `[${text}]`
}

const mostChanges = 6

const kindLines = ({ gathers, model, type }: StepItem): ReadonlyArray<string> => [
  type,
  ...(model === undefined
    ? []
    : [model.provider === "" ? model.name : `${model.provider} ${model.name}`]),
  ...(gathers === undefined ? [] : [gathers])
]

const arrowOf = ({ routed }: Way, from: Item): string => {
  if (from.what !== "step") return routed ? "-.->" : "-->"
  const { columns, open } = from
  const names = [...columns.map(({ name }) => name), ...(open ? ["…"] : [])].join(", ")
  const text =
    graphemes(names).length <= longest ? names : `${columns.length} columns${open ? ", …" : ""}`
  return text === "" ? "-->" : `-->|${quoted([text])}|`
}

/**
 * Lines in quotes. Characters that mean something to Mermaid are given by their numbers; it takes
 * all others as they are.
 */
const quoted = (lines: ReadonlyArray<string>): string =>
  `"${lines
    .map(shortened)
    .map((line) => line.replaceAll(/[^\p{L}\p{M}\p{N} _.,:()+~→−…·/?=-]/gu, numbered))
    .join("<br/>")}"`

const numbered = (character: string): string =>
  character > "\u00FF" ? character : `#${character.codePointAt(0)};`

const longest = 60

const shortened = (text: string): string => {
  const all = graphemes(legible(text))
  return all.length <= longest ? all.join("") : `${all.slice(0, longest - 1).join("")}…`
}

const classes: Readonly<Record<string, string>> = {
  source: "#0f9488",
  task: "#8b5cf6",
  step: "#3b82f6",
  global: "#d97706",
  join: "#db2777",
  routing: "#64748b",
  subset: "#16a34a"
}

/** A coloured border for each kind, which shows on light and on dark ground. */
const classLines = (items: ReadonlyArray<Item>): ReadonlyArray<string> => {
  const kinds = Map.groupBy(items.keys(), (i) => {
    const item = items[i]!
    return item.what === "step" ? item.role : item.what
  })
  return [...kinds].flatMap(([kind, members]) => [
    `  classDef ${kind} stroke:${classes[kind]},stroke-width:2px`,
    `  class ${members.map((i) => `n${i}`).join(",")} ${kind}`
  ])
}
