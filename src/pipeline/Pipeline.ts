/** Pipelines: a graph that was closed and checked, under a name. */
import type * as hidden from "../columns/hidden.ts"
import type { Open } from "../columns/Row.ts"
import { takeUnconnected } from "../step/unconnected.ts"
import { check } from "./check.ts"
import type { GraphOf, LastOf, RowOfFlow } from "./Flow.ts"
import type { AnyFlow, FlowNode, RoutingGroup } from "./FlowNode.ts"
import { givenFlow, givenFlows } from "./given.ts"
import type { Graph, GraphNode, GraphRouting, WrittenGraph } from "./Graph.ts"
import { InvalidPipeline, type Problem } from "./problems.ts"
import * as says from "./sentences.ts"
import type { Says } from "./sentences.ts"
import type { Named, NamedSource, Requires } from "./Wire.ts"

/**
 * A pipeline that can run: `Steps` are the parameters of its steps by name, `Leaves` the row types
 * of its subsets, `Sources` those of its generators, `R` the services that its steps require.
 */
export interface Pipeline<out Steps, out Leaves, out Sources = unknown, out R = never> {
  readonly name: string
  readonly description?: string | undefined
  readonly graph: Graph
  readonly [hidden.steps]?: Steps
  readonly [hidden.leaves]?: Leaves
  readonly [hidden.sources]?: Sources
  readonly [hidden.requires]?: R
}

/** Any pipeline, for constraints. */
export type AnyPipeline = Pipeline<unknown, unknown, unknown, unknown>

/** A pipeline whose types are known only at run time. */
export type UntypedPipeline = Pipeline<unknown, unknown>

export interface PipelineOptions {
  /** What the pipeline is for; goes into documents and dataset cards. */
  readonly description?: string
}

/** A row type as a person reads it: an open row may have any other column. */
type Shown<R> = R extends Open
  ? { readonly [C in keyof R as C extends "~open" ? never : C]: R[C] } & {
      readonly [column: string]: unknown
    }
  : R

/** Branches are no leaf before they are joined. Anything else that is none is refused as it is. */
type Closes<Leaf> = Leaf extends { readonly flows: ReadonlyArray<AnyFlow> }
  ? NoInfer<{
      readonly [X in Says<typeof says.branchesEndApart>]: { readonly write: ".join(step)" }
    }>
  : AnyFlow | ReadonlyArray<AnyFlow>

type LeavesOf<Leaf> = Leaf extends readonly [infer Only extends AnyFlow]
  ? { readonly default: Shown<RowOfFlow<Only>> }
  : Leaf extends ReadonlyArray<AnyFlow>
    ? { readonly [F in Leaf[number] as LastOf<F>]: Shown<RowOfFlow<F>> }
    : { readonly default: Shown<RowOfFlow<Leaf>> }
/**
 * Runtime parameters by step name; a conditional, so that the editor shows them and not the name of
 * this type.
 */
type StepsOf<Leaf> = (
  Leaf extends ReadonlyArray<AnyFlow> ? GraphOf<Leaf[number]> : GraphOf<Leaf>
) extends infer Graph extends Named<string, unknown>
  ? { readonly [E in Graph as E["name"]]: E["parameters"] }
  : never

/** Row types of the generators by name. */
type SourcesOf<Leaf> = (
  Leaf extends ReadonlyArray<AnyFlow> ? GraphOf<Leaf[number]> : GraphOf<Leaf>
) extends infer Graph
  ? {
      readonly [
        E in Graph as E extends NamedSource<infer Name, unknown, unknown> ? Name : never
      ]: E extends NamedSource<string, unknown, infer Rows> ? Shown<Rows> : never
    }
  : never

/** Services that the steps require. */
type RequiredBy<Leaf> = (
  Leaf extends ReadonlyArray<AnyFlow> ? GraphOf<Leaf[number]> : GraphOf<Leaf>
) extends infer Graph
  ? Graph extends Requires<infer R>
    ? R
    : never
  : never

/**
 * Closes a graph under a name: one leaf gives the subset `default`, several give a subset each,
 * named after their steps.
 *
 * @example
 *   const pipeline = Pipeline("pipe-name", { description: "My first pipe" }, from(load).to(generate))
 *
 * @fails InvalidPipeline, thrown, with all that is wrong: what the compiler could not see, or was told not to look at
 */
export const Pipeline = <const Leaf>(
  name: string,
  options: PipelineOptions,
  leaf: Leaf & Closes<Leaf>
): Pipeline<StepsOf<Leaf>, LeavesOf<Leaf>, SourcesOf<Leaf>, RequiredBy<Leaf>> => {
  if (typeof name !== "string")
    throw new TypeError('A pipeline needs a name first: Pipeline("my-pipeline", {}, flow).')
  const leaves = leavesOf(leaf)
  return checkedPipeline(name, options ?? {}, written(leaves.map(({ node }) => node))) as never
}

/** The flows that end a pipeline. What the compiler refused can come here from JavaScript. */
const leavesOf = (leaf: unknown): ReadonlyArray<AnyFlow> => {
  if (Array.isArray(leaf)) return givenFlows("Pipeline", leaf)
  if (typeof leaf === "object" && leaf !== null && "flows" in leaf)
    throw new TypeError(`${says.branchesEndApart()}.`)
  return [givenFlow("Pipeline(name, options, flow)", leaf)]
}

/** A pipeline of a written graph. Throws `InvalidPipeline` with its problems and those found before. */
export const checkedPipeline = (
  name: string,
  { description }: PipelineOptions,
  graph: WrittenGraph,
  before: ReadonlyArray<Problem> = []
): UntypedPipeline => {
  const { graph: checked, problems: found } = check(graph)
  const problems = [...before, ...found]
  if (problems.length > 0) throw new InvalidPipeline({ pipeline: name, problems })
  return { name, description, graph: checked }
}

/** Names of steps that were made and stand in no flow of this program: most likely forgotten. */
export const forgottenSteps = takeUnconnected

/** The graph that flows carry, walked from its leaves back. */
const written = (leaves: ReadonlyArray<FlowNode>): WrittenGraph => {
  const found = new Set<FlowNode>()
  const waiting = [...leaves]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (found.has(node)) continue
    found.add(node)
    waiting.push(...node.from)
  }
  // The walk goes from the leaves back; turned around, sources come first and problems are told in the order one reads a pipeline.
  const nodes = [...found].reverse()
  return {
    nodes: nodes.map(graphNode),
    routings: routingsOf(nodes),
    leaves: leaves.map(({ step }) => step.name)
  }
}

const graphNode = ({ from, gather, input, step }: FlowNode): GraphNode => ({
  name: step.name,
  step:
    Object.keys(input).length === 0
      ? step
      : { ...step, mappings: { ...step.mappings, input: { ...step.mappings.input, ...input } } },
  gather,
  from: from.map((node) => node.step.name)
})

const routingsOf = (nodes: ReadonlyArray<FlowNode>): ReadonlyArray<GraphRouting> => {
  const groups = new Map<RoutingGroup, string>()
  for (const { from, routing } of nodes)
    if (routing !== undefined) groups.set(routing, from[0]!.step.name)
  return [...groups].map(([{ arms, by }, from]) => ({ from, by, to: arms }))
}
