/**
 * The parts of a graph that different processes work on, one after the other. Rows go their way
 * alone from where they are numbered to where they are next collected: that is a part whose source
 * may be cut into shards. A step that needs rows beside one another is a part that is worked on
 * whole, and so is whatever cannot be cut.
 */
import { planOf } from "../engine/plan/planning.ts"
import type { Graph, GraphNode } from "../pipeline/Graph.ts"
import { lastCommon } from "../pipeline/Graph.ts"
import { sourceHindrance } from "./shardable.ts"

/** Rows that go from one part to others, in their order, error rows among them. */
export interface Stream {
  readonly name: string
  /** The step that they leave. */
  readonly from: string
  /** The step that a routing sends them to; undefined for all rows of the step. */
  readonly to: string | undefined
}

export interface Part {
  /** The steps that are worked on in it, in the graph's order. */
  readonly steps: ReadonlyArray<string>
  /** Streams that come in, and those that go out. */
  readonly inputs: ReadonlyArray<Stream>
  readonly outlets: ReadonlyArray<Stream>
  /** Leaves of the graph whose rows it makes. */
  readonly leaves: ReadonlyArray<string>
}

/** The parts of a graph, in an order in which each comes after those that it gets rows from. */
export const partsOf = (graph: Graph): ReadonlyArray<Part> => {
  const groups = groupsOf(graph)
  const order = inOrder(graph, groups)
  const streams = crossings(graph, groups)
  return order.flatMap((group): ReadonlyArray<Part> => {
    const steps = [...graph.nodes.keys()].filter((name) => groups.of(name) === group)
    const inputs = unique(streams.filter(({ reader }) => reader === group))
    const outlets = unique(streams.filter(({ writer }) => writer === group))
    const leaves = graph.leaves.filter((leaf) => groups.of(leaf) === group)
    return steps.length + outlets.length === 0 ? [] : [{ steps, inputs, outlets, leaves }]
  })
}

const unique = (crossings: ReadonlyArray<{ readonly stream: Stream }>): ReadonlyArray<Stream> => [
  ...new Map(crossings.map(({ stream }) => [stream.name, stream])).values()
]

/** Which steps are worked on together. */
interface Groups {
  /** The group of a step. */
  readonly of: (step: string) => string
  /** The group in which rows of a step go on, which may read them as a stream. */
  readonly after: (step: string) => string
}

/** Whether a step's rows are numbered anew. */
const numbers = ({ gather, step }: GraphNode): boolean =>
  gather === "zip" ||
  gather === "concat" ||
  step.kind === "generator" ||
  step.kind === "global" ||
  (step.kind === "step" && step.rowCount === "many-to-one")

/** The step whose numbering the rows of a step follow. */
const numberedBy = (graph: Graph, name: string): string => {
  const node = graph.nodes.get(name)!
  if (numbers(node)) return name
  return numberedBy(
    graph,
    node.from.length > 1 ? lastCommon(graph.follows, node.from)! : node.from[0]!
  )
}

const isRouted = (graph: Graph, from: string, to: string): boolean =>
  graph.routings.some((routing) => routing.from === from && routing.to.includes(to))

const whole = (step: string): string => `whole ${step}`
const rows = (step: string): string => `rows ${step}`

const groupsOf = (graph: Graph): Groups => {
  const joined = new Map<string, string>()
  const found = (group: string): string => {
    const next = joined.get(group)
    return next === undefined ? group : found(next)
  }
  const join = (a: string, b: string): void => {
    if (found(a) !== found(b)) joined.set(found(b), found(a))
  }
  const first = (name: string): string => {
    const node = graph.nodes.get(name)!
    if (!numbers(node)) return rows(numberedBy(graph, name))
    return node.step.kind === "generator" && sourceHindrance(node.step) === undefined
      ? rows(name)
      : whole(name)
  }
  const groups: Groups = {
    of: (step) => found(first(step)),
    after: (step) => found(numbers(graph.nodes.get(step)!) ? rows(step) : first(step))
  }
  // A join finds its rows by where they parted: all between is worked on together.
  const { edges, nodes, regions } = planOf(graph)
  regions.forEach((region, number) => {
    if (region.edge !== null) return
    const between = edges.filter((edge) => edge.regions.includes(number))
    const parted = groups.after(nodes[region.from]!.name)
    const touched = new Set(
      between.flatMap(({ from, to }) =>
        [from, to].map((id) => {
          const { kind, name } = nodes[id]!
          return id === region.from || kind === "gate" ? groups.after(name) : groups.of(name)
        })
      )
    )
    if (touched.size > 1) for (const group of touched) join(parted, group)
  })
  // A source whose rows are only collected is read where that is done.
  for (const { name, step } of graph.nodes.values()) {
    if (step.kind !== "generator" || graph.leaves.includes(name)) continue
    const readers = [...graph.nodes.values()].filter(({ from }) => from.includes(name))
    const group = readers.length === 0 ? undefined : groups.of(readers[0]!.name)
    const routes = graph.routings.some(({ from }) => from === name)
    if (
      group !== undefined &&
      !routes &&
      readers.every((node) => numbers(node) && groups.of(node.name) === group)
    )
      join(group, groups.of(name))
  }
  // Rows that are routed to one step in two ways stay with it: outlets have the names of steps.
  for (const { from, name } of graph.nodes.values()) {
    const homes = from
      .filter((before) => isRouted(graph, before, name))
      .map((before) => groups.after(before))
    if (new Set(homes).size < homes.length) for (const home of homes) join(home, groups.of(name))
  }
  untangle(graph, groups, join)
  return groups
}

/** Groups that get rows from each other are one. */
const untangle = (graph: Graph, groups: Groups, join: (a: string, b: string) => void): void => {
  for (let again = true; again;) {
    again = false
    const before = new Map<string, Set<string>>()
    for (const { reader, writer } of crossings(graph, groups)) {
      const of = before.get(reader) ?? new Set()
      before.set(reader, of.add(writer))
    }
    const reaches = (from: string, to: string, seen: Set<string>): boolean =>
      [...(before.get(from) ?? [])].some((next) => {
        if (next === to) return true
        if (seen.has(next)) return false
        seen.add(next)
        return reaches(next, to, seen)
      })
    for (const [reader, writers] of before) {
      const back = [...writers].find((writer) => reaches(writer, reader, new Set()))
      if (back === undefined) continue
      join(reader, back)
      again = true
      break
    }
  }
}

/** Each stream with the group that writes it and one that reads it. */
const crossings = (
  graph: Graph,
  groups: Groups
): ReadonlyArray<{ readonly stream: Stream; readonly writer: string; readonly reader: string }> => {
  const found = [...graph.nodes.values()].flatMap(({ from, name }) =>
    from.flatMap((before) => {
      const routes = isRouted(graph, before, name)
      const [own, home, reader] = [groups.of(before), groups.after(before), groups.of(name)]
      const all: Stream = { name: before, from: before, to: undefined }
      // Rows that are routed are so where the step's rows go on.
      const routed: Stream = { name: `${before} → ${name}`, from: before, to: name }
      return [
        ...((routes || reader === home) && own !== home
          ? [{ stream: all, writer: own, reader: home }]
          : []),
        ...(routes && reader !== home ? [{ stream: routed, writer: home, reader }] : []),
        ...(!routes && reader !== home && reader !== own
          ? [{ stream: all, writer: own, reader }]
          : [])
      ]
    })
  )
  return found.filter(({ reader, writer }) => reader !== writer)
}

const inOrder = (graph: Graph, groups: Groups): ReadonlyArray<string> => {
  const needs = crossings(graph, groups)
  const all = new Set(
    [...graph.nodes.keys()].flatMap((name) => [groups.of(name), groups.after(name)])
  )
  const order: Array<string> = []
  while (order.length < all.size) {
    const next = [...all].find(
      (group) =>
        !order.includes(group) &&
        needs.every(({ reader, writer }) => reader !== group || order.includes(writer))
    )!
    order.push(next)
  }
  return order
}
