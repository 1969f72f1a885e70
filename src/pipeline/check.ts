/**
 * The wiring check at run time: all that is wrong with a graph, in the sentences that the editor
 * shows for a typed one.
 */
import { type Columns, isOptional } from "../columns/Columns.ts"
import { clashing, emptyShape, missing, type Shape, withColumns } from "../columns/Shape.ts"
import { typeName } from "../columns/typeNames.ts"
import { givesInFlow, readsInFlow } from "../step/mapping.ts"
import type { StepData } from "../step/Step.ts"
import { concatenatedShape, joinedShape } from "./gatherShapes.ts"
import {
  type Graph,
  type GraphNode,
  type GraphRouting,
  lastCommon,
  type WrittenGraph
} from "./Graph.ts"
import { inOrder } from "./inOrder.ts"
import * as problems from "./problems.ts"
import type { Problem } from "./problems.ts"

/** A graph in running order, and what is wrong with it. */
export interface Checked {
  readonly graph: Graph
  readonly problems: ReadonlyArray<Problem>
}

/** Checks names, connections, columns, mappings and batch sizes. */
export const check = (written: WrittenGraph): Checked => {
  const nodes = new Map(written.nodes.map((node) => [node.name, node]))
  const { cycles, order } = inOrder(nodes)
  const broken: ReadonlyArray<Problem> = [
    ...connectionProblems(written),
    ...cycles.map((path) => new problems.InACycle({ step: path[0]!, path }))
  ]
  const found: Array<Problem> = []
  const incoming = new Map<string, Shape>()
  const outgoing = new Map<string, Shape>()
  const follows = new Map<string, string | undefined>()
  for (const node of order) {
    found.push(...kindProblems(node))
    follows.set(node.name, followedBy(node, follows, found))
    const have = shapeInto(node, outgoing, found)
    found.push(...columnProblems(node.step, have))
    incoming.set(node.name, have)
    outgoing.set(node.name, givesInFlow(node.step, have))
  }
  for (const routing of written.routings) found.push(...routingProblems(routing, nodes))
  return {
    graph: {
      nodes: new Map(order.map((node) => [node.name, node])),
      routings: written.routings,
      leaves: written.leaves,
      incoming,
      outgoing,
      follows
    },
    // Where connections are broken, what else seems wrong is mostly their consequence.
    problems: [...nameProblems(written), ...(broken.length > 0 ? broken : found)]
  }
}

/** The columns after each step, once it is known what columns sources have. */
export const shapesWith = (
  { nodes }: Graph,
  sources: ReadonlyMap<string, Columns>
): ReadonlyMap<string, Shape> => {
  const outgoing = new Map<string, Shape>()
  for (const node of nodes.values()) {
    const found = sources.get(node.name)
    const step: StepData =
      found === undefined
        ? node.step
        : { ...node.step, gives: (have) => withColumns(node.step.gives(have), found) }
    outgoing.set(node.name, givesInFlow(step, shapeInto(node, outgoing, [])))
  }
  return outgoing
}

const nameProblems = ({ nodes }: WrittenGraph): ReadonlyArray<Problem> => {
  const seen = new Set<string>()
  return nodes.flatMap(({ name }): ReadonlyArray<Problem> => {
    if (seen.has(name)) return [new problems.TakenName({ step: name })]
    seen.add(name)
    return /^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u.test(name)
      ? []
      : [new problems.BadName({ step: name })]
  })
}

const connectionProblems = ({ nodes, routings }: WrittenGraph): ReadonlyArray<Problem> => {
  const known = nodes.map(({ name }) => name)
  const mentioned = [...nodes.flatMap(({ from }) => from), ...routings.map(({ from }) => from)]
  return [...new Set(mentioned)]
    .filter((name) => !known.includes(name))
    .map((step) => new problems.UnknownStep({ step, known }))
}

const kindProblems = ({ from, gather, name, step }: GraphNode): ReadonlyArray<Problem> => {
  if (from.length === 0)
    return step.kind === "generator" ? [] : [new problems.NotAGenerator({ step: name })]
  if (step.kind === "generator")
    return [new problems.GeneratorAfterStep({ step: name, after: from })]
  const gathers = gather === "join" || gather === "zip"
  return gathers && step.kind !== "join"
    ? [new problems.NotAJoinStep({ step: name, after: from })]
    : []
}

const followedBy = (
  { from, gather, name, step }: GraphNode,
  follows: Graph["follows"],
  found: Array<Problem>
): string | undefined => {
  const afresh = step.kind !== "join" && step.rowCount === "many-to-one"
  if (gather === "none" || gather === "zip" || gather === "concat" || afresh) return undefined
  const before = from.filter((one) => follows.has(one))
  if (gather === "one") return before[0]
  const common = before.length < from.length ? undefined : lastCommon(follows, from)
  if (common === undefined) found.push(new problems.NoCommonSource({ step: name, flows: from }))
  return common
}

const shapeInto = (
  { from, gather, name, step }: GraphNode,
  outgoing: ReadonlyMap<string, Shape>,
  found: Array<Problem>
): Shape => {
  const branches = from.map((before) => ({
    name: before,
    shape: outgoing.get(before) ?? emptyShape
  }))
  if (gather === "none") return emptyShape
  if (gather === "one") return branches[0]!.shape
  if (gather === "concat") return concatenatedShape(branches)
  const { disagreements, shape } = joinedShape(branches, gather === "zip" || step.armRows === "one")
  for (const { column, types } of disagreements)
    found.push(new problems.BranchesDisagree({ step: name, column, types }))
  return shape
}

const columnProblems = (step: StepData, have: Shape): ReadonlyArray<Problem> => {
  if (step.kind === "generator") return mappingProblems(step, have)
  const reads = readsInFlow(step)
  const available = (): ReadonlyArray<string> => Object.keys(have.columns)
  const lacking = missing(reads.columns, have).map(
    (column) => new problems.MissingColumn({ step: step.name, column, available: available() })
  )
  const wrong = clashing(reads.columns, have).map(
    (column) =>
      new problems.WrongType({
        step: step.name,
        column,
        wants: typeName(reads.columns[column]!),
        gets:
          typeName(have.columns[column]!) + (isOptional(have.columns[column]!) ? " or nothing" : "")
      })
  )
  const complete =
    reads.oneOf.length === 0 ||
    reads.oneOf.some(
      (columns) => missing(columns, have).length === 0 && clashing(columns, have).length === 0
    )
  const oneOf = complete
    ? []
    : [
        new problems.NeedsOneOf({
          step: step.name,
          oneOf: reads.oneOf.map(Object.keys),
          available: available()
        })
      ]
  return [...lacking, ...wrong, ...oneOf, ...mappingProblems(step, have)]
}

const mappingProblems = (step: StepData, have: Shape): ReadonlyArray<Problem> => {
  const { input, output } = step.mappings
  const inputs = [step.reads.columns, ...step.reads.oneOf].flatMap(Object.keys)
  const unknownIn = (side: "input" | "output", known: ReadonlyArray<string>) =>
    Object.keys(step.mappings[side])
      .filter((column) => !known.includes(column))
      .map((column) => new problems.UnknownMapping({ step: step.name, column, side, known }))
  const found = Object.keys(input).length === 0 ? [] : unknownIn("input", inputs)
  // Mostly an output that is mapped is one that the step adds, whatever else there is.
  const added = step.gives({ columns: step.reads.columns, open: false }).columns
  if (Object.keys(output).every((column) => Object.hasOwn(added, column))) return found
  const given = step.gives({ ...have, columns: { ...have.columns, ...step.reads.columns } })
  return given.open ? found : [...found, ...unknownIn("output", Object.keys(given.columns))]
}

const routingProblems = (
  { by, from, to }: GraphRouting,
  nodes: ReadonlyMap<string, GraphNode>
): ReadonlyArray<Problem> => {
  if (to.length === 0) return [new problems.RoutingNeedsList({ step: from })]
  const upstream = nodes.get(from)?.step
  return to.flatMap((name): ReadonlyArray<Problem> => {
    const node = nodes.get(name)
    if (node === undefined) return [new problems.UnknownArm({ step: name, upstream: from })]
    // Rows that are routed one by one come in no batch whose size could matter.
    if (upstream === undefined || typeof by === "function" || !node.step.batchSizeGiven) return []
    const { batchSize } = node.step
    return upstream.batchSize % batchSize === 0
      ? []
      : [
          new problems.BatchSizesDisagree({
            step: name,
            upstream: from,
            batchSize,
            upstreamBatchSize: upstream.batchSize
          })
        ]
  })
}
