/**
 * Building graphs from data or configuration: the same graph and the same sentences as with flows,
 * without types.
 */
import type { StepData } from "../step/Step.ts"
import { stepConnected } from "../step/unconnected.ts"
import { check } from "./check.ts"
import { concatStep } from "./Flow.ts"
import type { Gather } from "./FlowNode.ts"
import type { GraphRouting, WrittenGraph } from "./Graph.ts"
import { checkedPipeline, type PipelineOptions, type UntypedPipeline } from "./Pipeline.ts"
import { type Problem, UnknownStep } from "./problems.ts"
import type { Routing } from "./Routing.ts"

/** Connections of one step. */
interface Connections {
  readonly step: StepData
  readonly from: Array<string>
  gather?: Gather
}

/**
 * Builds a graph step by step, by names: for pipelines that come from data or configuration.
 *
 * Nothing is loaded while it is built; `check` and `build` tell all problems at once.
 *
 * @example
 *   const pipeline = new GraphBuilder("from-config")
 *     .add(LoadDataFromDicts({ name: "load", data: [{ text: "a" }] }))
 *     .add(KeepColumns({ name: "keep", columns: ["text"] }))
 *     .connect("load", "keep")
 *     .build()
 */
export class GraphBuilder {
  readonly name: string
  readonly options: PipelineOptions
  readonly #steps: Array<Connections> = []
  readonly #routings: Array<GraphRouting> = []
  readonly #problems: Array<Problem> = []

  constructor(name: string, options: PipelineOptions = {}) {
    this.name = name
    this.options = options
  }

  /** Adds a step. */
  add(step: StepData): this {
    this.#steps.push({ step, from: [] })
    return this
  }

  /**
   * Sends the rows of one step to others, each of which gets every row. A step that gets rows of
   * several steps joins them.
   */
  connect(from: string, ...to: ReadonlyArray<string>): this {
    for (const name of to) this.#into(name, [from])
    return this
  }

  /** Sends the rows of one step to some of several others, as the routing says. */
  route(from: string, by: Routing, to: ReadonlyArray<string>): this {
    this.#routings.push({ from, by, to })
    return this.connect(from, ...to)
  }

  /** Pairs the rows of several steps by position, for a join step. */
  zip(from: ReadonlyArray<string>, to: string): this {
    return this.#into(to, from, "zip")
  }

  /** Puts the rows of several steps one after the other, under a new name. */
  concat(from: ReadonlyArray<string>, name: string): this {
    return this.add(concatStep(name)).#into(name, from, "concat")
  }

  /** All that is wrong with the graph so far. */
  check(): ReadonlyArray<Problem> {
    return [...this.#problems, ...check(this.#written()).problems]
  }

  /** The pipeline. Throws `InvalidPipeline` with all that is wrong. */
  build(): UntypedPipeline {
    return checkedPipeline(this.name, this.options, this.#written(), this.#problems)
  }

  #into(name: string, from: ReadonlyArray<string>, gather?: Gather): this {
    const to = this.#steps.find(({ step }) => step.name === name)
    if (to === undefined) {
      this.#problems.push(
        new UnknownStep({ step: name, known: this.#steps.map(({ step }) => step.name) })
      )
      return this
    }
    to.from.push(...from)
    if (gather !== undefined) to.gather = gather
    stepConnected(to.step)
    for (const before of this.#steps)
      if (from.includes(before.step.name)) stepConnected(before.step)
    return this
  }

  #written(): WrittenGraph {
    const nodes = this.#steps.map(({ from, gather, step }) => ({
      name: step.name,
      step,
      from,
      gather:
        gather ??
        (from.length === 0
          ? ("none" as const)
          : from.length === 1
            ? ("one" as const)
            : ("join" as const))
    }))
    const followed = new Set(nodes.flatMap(({ from }) => from))
    return {
      nodes,
      routings: this.#routings,
      leaves: nodes.map(({ name }) => name).filter((name) => !followed.has(name))
    }
  }
}
