/**
 * The card of a dataset: what it is, how it was made, what is in it, how to use it and to make it
 * again.
 */
import { metadataColumn } from "../columns/metadata.ts"
import type { DatasetFacts } from "../data/distiset/Story.ts"
import type { SavedSubset } from "../data/distiset/writeSplits.ts"
import { nearestType, type SavedField, type SavedType } from "../data/files/columns/SavedType.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import type { RunFigures, StepFigures } from "../report/figures/RunFigures.ts"
import { dollars } from "../words/figures.ts"
import { citationsOf } from "./citations.ts"
import { attribute, block, code, folded, plain, table } from "./markdown.ts"
import { sampleRow } from "./sampleRow.ts"

export interface CardParts {
  readonly pipeline: AnyPipeline
  readonly facts: DatasetFacts
  /** What was measured, if it was. */
  readonly figures: RunFigures | undefined
  readonly yaml: string
  /** Where the picture is, seen from the card. */
  readonly picture: string
  /** Where the pipeline's YAML is, for a command line. */
  readonly document: string
  /**
   * Whether the document says all there is to say: own steps are functions of a program, which it
   * only names.
   */
  readonly complete: boolean
  /** The name of the pipeline's source, where it goes along. */
  readonly script: string | undefined
}

/** The card's text. */
export const cardText = (parts: CardParts): string =>
  [
    heading(parts),
    making(parts),
    using(parts),
    ...parts.facts.subsets.map((subset) => contents(subset, parts)),
    artifacts(parts),
    again(parts),
    citing(parts)
  ]
    .filter((section) => section !== "")
    .join("\n\n") + "\n"

const figure = (count: number): string => count.toLocaleString("en")
const rowsIn = ({ splits }: SavedSubset): number =>
  splits.reduce((sum, { examples }) => sum + examples, 0)
const project = "[distilabel-ts](https://www.npmjs.com/package/distilabel-ts)"

const heading = ({
  facts: { repo, subsets },
  pipeline: { description, name }
}: CardParts): string => {
  const rows = subsets.reduce((sum, subset) => sum + rowsIn(subset), 0)
  const sets = subsets.length === 1 ? "" : ` in ${subsets.length} subsets`
  return [
    `# ${plain(repo?.split("/").at(-1) ?? name)}`,
    ...(description === undefined || description.trim() === "" ? [] : [plain(description)]),
    `${rows === 1 ? "1 row" : `${figure(rows)} rows`} of synthetic data${sets}, made with ${project} by the pipeline ${code(name)}.`
  ].join("\n\n")
}

const making = ({ figures, picture, pipeline: { graph, name } }: CardParts): string => {
  const models = (figures?.steps ?? []).flatMap((step) =>
    step.model === undefined ? [] : [modelLine(step, step.model)]
  )
  const cost = figures?.steps.reduce((sum, { model }) => sum + (model?.cost ?? 0), 0) ?? 0
  const unpriced = figures?.steps.some(({ model }) => (model?.unpriced ?? 0) > 0) === true
  const answers =
    models.length === 0
      ? ""
      : `${table(["step", "model", "requests", "tokens in", "tokens out", "cost"], models)}\n\n${costSentence(cost, unpriced)}`
  return [
    "## How it was made",
    `<img src="${picture}" alt="${attribute(`The pipeline ${name}: ${[...graph.nodes.keys()].join(", ")}`)}" width="720">`,
    ...(answers === "" ? [] : [answers])
  ].join("\n\n")
}

const modelLine = (
  { name }: StepFigures,
  {
    cost,
    inputTokens,
    name: model,
    outputTokens,
    recalled,
    requests,
    unpriced
  }: NonNullable<StepFigures["model"]>
): ReadonlyArray<string> => [
  code(name),
  plain(model),
  figure(requests) + (recalled === 0 ? "" : ` (and ${figure(recalled)} kept answers)`),
  figure(inputTokens),
  figure(outputTokens),
  unpriced > 0 && cost === 0 ? "not known" : plain(dollars(cost))
]

const costSentence = (cost: number, unpriced: boolean): string =>
  cost === 0 && unpriced
    ? "What the models cost is not known."
    : `The answers cost about ${plain(dollars(cost))}${unpriced ? ", without those of models whose price is not known" : ""}.`

const using = ({ facts: { format, repo, subsets } }: CardParts): string => {
  const [first] = subsets
  if (repo === undefined || first === undefined) return ""
  const configs =
    subsets.length === 1 && first.config === "default"
      ? [undefined]
      : subsets.map(({ config }) => config)
  const python = [
    "from datasets import load_dataset",
    "",
    ...configs.map(
      (config) =>
        `dataset = load_dataset(${[repo, config]
          .filter((part) => part !== undefined)
          .map((part) => JSON.stringify(part))
          .join(", ")})`
    )
  ]
  const split = first.splits[0]?.name ?? "train"
  const options = [
    `name: "load"`,
    `repoId: ${JSON.stringify(repo)}`,
    ...(configs[0] === undefined ? [] : [`config: ${JSON.stringify(configs[0])}`]),
    ...(split === "train" ? [] : [`split: ${JSON.stringify(split)}`])
  ]
  return format === "arrow"
    ? ""
    : `## Use it\n\n${block("python", python.join("\n"))}\n\n${block("ts", `import { LoadDataFromHub } from "distilabel-ts"\n\nconst load = LoadDataFromHub({ ${options.join(", ")} })`)}`
}

const contents = (subset: SavedSubset, { facts: { subsets }, pipeline }: CardParts): string => {
  const splits = subset.splits
    .map(({ examples, name }) => `${code(name)} ${figure(examples)}`)
    .join(", ")
  const title = subsets.length === 1 ? "## What is in it" : `## What is in ${code(subset.config)}`
  const columns = subset.fields.map(({ name, type }) => [
    code(name),
    typeWords(type),
    origin(name, subset, pipeline)
  ])
  return [
    title,
    `Rows: ${splits}.`,
    table(["column", "type", "from"], columns),
    ...(subset.sample === undefined
      ? []
      : [
          folded(
            metadataColumn in subset.sample
              ? `The first row, without ${metadataColumn}: what was asked, the raw answers, and token counts`
              : "The first row",
            block("json", sampleRow(subset.sample))
          )
        ])
  ]
    .filter((part) => part !== "")
    .join("\n\n")
}

/** The steps that give the column, the last of them first in the flow to the subset. */
const origin = (column: string, { config }: SavedSubset, { graph }: AnyPipeline): string => {
  const leaf =
    graph.leaves.length === 1 ? graph.leaves[0]! : graph.leaves.find((name) => name === config)
  const before = leaf === undefined ? [] : upstream(leaf, graph)
  const giving = before.filter((name) => {
    const had = graph.incoming.get(name)?.columns[column]
    const has = graph.outgoing.get(name)?.columns[column]
    return has !== undefined && has !== had
  })
  const [last] = giving.slice(-1)
  const node = last === undefined ? undefined : graph.nodes.get(last)
  return node === undefined ? "" : `${code(node.name)} (${node.step.type})`
}

/** The nodes that a node's rows come through, sources first, and itself. */
const upstream = (leaf: string, { nodes }: AnyPipeline["graph"]): ReadonlyArray<string> => {
  const wanted = new Set([leaf])
  for (const { from, name } of [...nodes.values()].toReversed())
    if (wanted.has(name)) for (const before of from) wanted.add(before)
  return [...nodes.keys()].filter((name) => wanted.has(name))
}

const words = {
  text: "text",
  json: "JSON text",
  digits: "whole number as text",
  boolean: "true or false",
  integer: "whole number",
  float: "number",
  bytes: "bytes",
  moment: "date and time",
  null: "nothing"
} as const

const typeWords = (type: SavedType): string => {
  if (type.kind === "stored") return typeWords(nearestType(type.type))
  if (type.kind === "list")
    return `list of ${type.item.kind === "list" ? `lists of ${itemWords(type.item.item)}` : itemWords(type.item)}`
  return type.kind === "struct" ? `object: ${fieldWords(type.fields)}` : words[type.kind]
}

const many = {
  text: "texts",
  json: "JSON texts",
  digits: "whole numbers as text",
  boolean: "true or false",
  integer: "whole numbers",
  float: "numbers",
  bytes: "bytes",
  moment: "dates and times",
  null: "nothing"
} as const

const itemWords = (type: SavedType): string =>
  type.kind === "stored"
    ? itemWords(nearestType(type.type))
    : type.kind === "struct"
      ? `objects: ${fieldWords(type.fields)}`
      : type.kind === "list"
        ? "lists"
        : many[type.kind]

const mostFields = 6

const fieldWords = (fields: ReadonlyArray<SavedField>): string =>
  fields
    .slice(0, mostFields)
    .map(({ name }) => code(name))
    .join(", ") + (fields.length > mostFields ? ` and ${fields.length - mostFields} more` : "")

const artifacts = ({ facts: { artifacts: all } }: CardParts): string =>
  all.length === 0
    ? ""
    : `## Files of steps\n\n${table(
        ["file", "step", "what it says"],
        all.map(({ metadata, name, step }) => [
          code(`artifacts/${step}/${name}`),
          code(step),
          Object.keys(metadata).length === 0 ? "" : code(JSON.stringify(metadata))
        ])
      )}`

/** Longer ones are read in their file. */
const mostLines = 200

const again = ({ complete, document, script, yaml }: CardParts): string =>
  [
    "## Make it again",
    script === undefined
      ? complete
        ? "This takes the same models and their keys:"
        : "Some of its steps are functions of its author's program, which the document only names. It can be looked at; to run it, give what is missing with `--bind`:"
      : `The program that made it is [${plain(script)}](${encodeURIComponent(script)}). To run it takes the same models and their keys:`,
    block(
      "sh",
      [
        `npx distilabel-ts info ${document}`,
        `npx distilabel-ts run ${script === undefined ? document : script}${script === undefined && !complete ? " --bind steps.ts" : ""}`
      ].join("\n")
    ),
    ...(yaml === "" || yaml.split("\n").length > mostLines
      ? []
      : [folded("The pipeline as YAML", block("yaml", yaml))])
  ].join("\n\n")

const citing = ({ pipeline: { graph } }: CardParts): string =>
  folded(
    "Cite",
    block("bibtex", citationsOf([...graph.nodes.values()].map(({ step }) => step)).join("\n\n"))
  )
