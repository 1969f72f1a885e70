/**
 * What a picture of a pipeline shows, before anything is placed: steps, routings, subsets, and the
 * ways of rows between them.
 */
import { emptyShape, type Shape } from "../columns/Shape.ts"
import { typeName } from "../columns/typeNames.ts"
import type { Gather } from "../pipeline/FlowNode.ts"
import type { Graph, GraphNode, GraphRouting } from "../pipeline/Graph.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { type Change, changesOf } from "./changes.ts"
import { shortType } from "./shortType.ts"

/** What a step is to a reader; decides its colour. */
export type Role = "source" | "step" | "task" | "global" | "join"

/** The model that a step asks. */
export interface Model {
  /** Who provides it: `OpenAI`, `Mistral`. */
  readonly provider: string
  readonly name: string
}

/** A step. */
export interface StepItem {
  readonly what: "step"
  readonly name: string
  readonly type: string
  readonly role: Role
  /** How it brings several flows together: "join of 3 branches". */
  readonly gathers: string | undefined
  readonly model: Model | undefined
  readonly changes: ReadonlyArray<Change>
  /** The columns after it. */
  readonly columns: ReadonlyArray<Column>
  /** Whether there may be more columns than are known. */
  readonly open: boolean
}

/** A routing, between a step and those it chooses from. */
export interface RoutingItem {
  readonly what: "routing"
  readonly text: string
}

/** A subset of the dataset that comes of a leaf. */
export interface SubsetItem {
  readonly what: "subset"
  readonly name: string
  readonly columns: ReadonlyArray<Column>
  readonly open: boolean
}

export interface Column {
  readonly name: string
  readonly type: string
  /** The type in few words. */
  readonly short: string
}

export type Item = StepItem | RoutingItem | SubsetItem

/** The way of rows between two items, by their places in the list. */
export interface Way {
  readonly from: number
  readonly to: number
  /** Whether only some of the rows take it. */
  readonly routed: boolean
  /** How many rows took it. */
  readonly count: number | undefined
}

export interface Picture {
  readonly name: string
  readonly description: string
  readonly items: ReadonlyArray<Item>
  readonly ways: ReadonlyArray<Way>
}

/**
 * How many rows went from one step to another, or, without `to`, into the subset of a leaf;
 * undefined where nobody counted.
 */
export type Counts = (from: string, to: string | undefined) => number | undefined

/** The picture of a pipeline, steps in running order. */
export const pictureOf = (
  { description = "", graph, name }: AnyPipeline,
  counts: Counts = () => undefined
): Picture => {
  const items: Array<Item> = []
  const ways: Array<Way> = []
  const place = (item: Item): number => items.push(item) - 1
  const places = new Map<string, number>()
  const gates = new Map<GraphRouting, number>()
  for (const node of inReadingOrder(graph)) {
    const to = place(stepItem(graph, node))
    places.set(node.name, to)
    for (const before of node.from) {
      const from = places.get(before)
      // A graph that did not pass the check may have a step that gets rows from none.
      if (from === undefined) continue
      const routing = graph.routings.find(
        (each) => each.from === before && each.to.includes(node.name)
      )
      const count = counts(before, node.name)
      if (routing === undefined) {
        ways.push({ from, to, routed: false, count })
        continue
      }
      let gate = gates.get(routing)
      if (gate === undefined) {
        gates.set(routing, (gate = place({ what: "routing", text: routingText(routing) })))
        ways.push({ from, to: gate, routed: false, count: undefined })
      }
      ways.push({ from: gate, to, routed: true, count })
    }
  }
  for (const leaf of graph.leaves) {
    const from = places.get(leaf)
    // A graph that did not pass the check may name a leaf that is not there.
    if (from === undefined) continue
    const to = place({
      what: "subset",
      name: graph.leaves.length === 1 ? "default" : leaf,
      ...columnsOf(graph.outgoing.get(leaf))
    })
    ways.push({ from, to, routed: false, count: counts(leaf, undefined) })
  }
  return { name, description, items, ways }
}

/** Nodes after those they get rows from, branches in the order in which they are joined. */
const inReadingOrder = ({ leaves, nodes }: Graph): ReadonlyArray<GraphNode> => {
  const found = new Set<GraphNode>()
  const waiting: Array<{ readonly name: string; readonly done: boolean }> = []
  // A stack of its own, since chains may be longer than calls can nest.
  for (const leaf of [...leaves, ...nodes.keys()]) {
    waiting.push({ name: leaf, done: false })
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const node = nodes.get(next.name)
      if (node === undefined || found.has(node)) continue
      if (next.done) found.add(node)
      else
        waiting.push(
          { name: next.name, done: true },
          ...node.from.toReversed().map((name) => ({ name, done: false }))
        )
    }
  }
  return [...found]
}

const stepItem = (graph: Graph, node: GraphNode): StepItem => {
  const { gather, name, step } = node
  const model = modelOf(step.options["llm"])
  return {
    what: "step",
    name,
    type: step.type,
    role:
      step.kind === "generator"
        ? "source"
        : step.kind === "join" || gather === "concat"
          ? "join"
          : step.kind === "global"
            ? "global"
            : model === undefined
              ? "step"
              : "task",
    gathers: gathersText(gather, node.from.length),
    model,
    changes: changesOf(graph, node),
    ...columnsOf(graph.outgoing.get(name))
  }
}

const gathersText = (gather: Gather, flows: number): string | undefined => {
  switch (gather) {
    case "join":
      return `joins ${flows} branches`
    case "zip":
      return `zips ${flows} flows`
    case "concat":
      return `${flows} flows in turn`
    default:
      return undefined
  }
}

/** The model among a step's options, by what it looks like: this room knows no models. */
const modelOf = (llm: unknown): Model | undefined => {
  if (typeof llm !== "object" || llm === null || !("model" in llm) || typeof llm.model !== "string")
    return undefined
  const provider = "type" in llm && typeof llm.type === "string" ? llm.type.replace(/LLM$/, "") : ""
  return { provider, name: llm.model }
}

const columnsOf = ({ columns, open }: Shape = emptyShape): {
  readonly columns: ReadonlyArray<Column>
  readonly open: boolean
} => ({
  columns: Object.entries(columns).map(([name, schema]) => ({
    name,
    type: typeName(schema),
    short: shortType(schema)
  })),
  open
})

const routingText = ({ by, to }: GraphRouting): string => {
  if (typeof by === "function") return `each row: some of ${to.length}`
  const { n } = by.options
  return `each batch: ${typeof n === "number" ? `${n} of ${to.length}` : by.description}`
}

/** What an item is called in words. */
export const nameOf = (item: Item): string => (item.what === "routing" ? item.text : item.name)
