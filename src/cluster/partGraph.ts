/** The graph of a part: its steps, with sources for what comes in and leaves for what goes out. */
import * as Effect from "effect/Effect"
import type { Row } from "../columns/Row.ts"
import { emptyShape, type Shape } from "../columns/Shape.ts"
import type { Graph, GraphNode } from "../pipeline/Graph.ts"
import type { StepData } from "../step/Step.ts"
import type { RowFailed } from "../step/StepFailed.ts"
import type { Part, Stream } from "./parts.ts"
import type { StreamItem } from "./RowStream.ts"

/** Gives the rows of a stream from a row on. */
export type ReadStream = (stream: Stream, offset: number) => Iterable<StreamItem>

/** A part's graph, and the leaves at which its streams leave. */
export interface PartGraph {
  readonly graph: Graph
  /** The leaf of each stream that goes out. */
  readonly outlets: ReadonlyMap<string, Stream>
}

/** The graph of a part of a graph, in which `read` gives what other parts have made. */
export const graphOf = (graph: Graph, part: Part, read: ReadStream): PartGraph => {
  const own = new Set(part.steps)
  const sources = part.inputs.map((stream) => sourceNode(graph, stream, read))
  // A stream of all rows of a step stands for the step.
  const sourceOf = (before: string, name: string): string => {
    if (own.has(before)) return before
    const routed = part.inputs.find(({ from, to }) => from === before && to === name)
    return routed?.name ?? before
  }
  const members = part.steps.map((name): GraphNode => {
    const node = graph.nodes.get(name)!
    return { ...node, from: node.from.map((before) => sourceOf(before, name)) }
  })
  const routed = part.outlets.flatMap(({ from, to }) =>
    to === undefined ? [] : [passNode(graph, from, to)]
  )
  const nodes = [...sources, ...members, ...routed]
  const names = new Set(nodes.map(({ name }) => name))
  const routings = graph.routings.filter(
    ({ from, to }) => names.has(from) && to.some((name) => names.has(name))
  )
  const outlets = new Map(part.outlets.map((stream) => [stream.to ?? stream.from, stream]))
  const shapes = (of: Graph["incoming"], name: string): Shape => of.get(name) ?? emptyShape
  const fromSource = new Set(sources.map(({ name }) => name))
  const follows = (name: string): string | undefined =>
    fromSource.has(name) ? undefined : graph.follows.get(name)
  return {
    graph: {
      nodes: new Map(nodes.map((node) => [node.name, node])),
      routings,
      leaves: [...new Set([...part.leaves, ...outlets.keys()])],
      incoming: new Map(nodes.map(({ name }) => [name, shapes(graph.incoming, name)])),
      outgoing: new Map([
        ...nodes.map(({ name }) => [name, shapes(graph.outgoing, name)] as const),
        ...part.inputs.map(({ from, name }) => [name, shapes(graph.outgoing, from)] as const)
      ]),
      follows: new Map(nodes.map(({ name }) => [name, follows(name)]))
    },
    outlets
  }
}

const nothing = {
  tags: [],
  armRows: "any",
  reads: { columns: {}, oneOf: [] },
  extendsRows: true,
  declares: undefined,
  removes: [],
  mappings: { input: {}, output: {} },
  batchSizeGiven: true,
  parameters: {},
  options: {},
  values: {},
  useCache: true,
  keepsOutputs: false,
  goesOn: false,
  file: undefined,
  check: Effect.void
} as const

/** What stands for a step of another part: its rows, as that part has left them. */
const sourceNode = (graph: Graph, stream: Stream, read: ReadStream): GraphNode => {
  const { batchSize } = graph.nodes.get(stream.from)!.step
  const shape = graph.outgoing.get(stream.from) ?? emptyShape
  const step: StepData = {
    ...nothing,
    name: stream.name,
    type: "Stream",
    kind: "generator",
    rowCount: "generator",
    gives: () => shape,
    batchSize,
    configure: () => step,
    open: Effect.sync(() => {
      const failures = new WeakMap<Row, RowFailed>()
      return {
        kind: "generator",
        *generate(offset) {
          for (const { failure, row } of read(stream, offset)) {
            if (failure !== undefined) failures.set(row, failure)
            yield row
          }
        },
        failureOf: (row) => failures.get(row)
      }
    })
  }
  return { name: stream.name, step, gather: "none", from: [] }
}

/** What stands for a step of another part to which rows are routed. */
const passNode = (graph: Graph, from: string, to: string): GraphNode => {
  const step: StepData = {
    ...nothing,
    name: to,
    type: "Stream",
    kind: "step",
    rowCount: "one-to-one",
    gives: (have) => have,
    batchSize: graph.nodes.get(from)!.step.batchSize,
    configure: () => step,
    open: Effect.succeed({ kind: "batch", process: (rows) => rows })
  }
  return { name: to, step, gather: "one", from: [from] }
}
