/** Flows as expressions: how steps are connected, branch by branch. */
import type { Graph, GraphNode, GraphRouting } from "../../pipeline/Graph.ts"
import { objectSource, type SourceWriter } from "./SourceWriter.ts"

/** What flows are written with. */
export interface FlowSources {
  readonly graph: Graph
  readonly writer: SourceWriter
  /** The variable of each step. */
  readonly variables: ReadonlyMap<string, string>
  /** The expression of a routing function. */
  readonly routing: (routing: GraphRouting) => string
  /** Columns that a step reads under other names, where that is said at its connection. */
  readonly input: (node: GraphNode) => Readonly<Record<string, string>>
}

/** The statements that connect all steps, and the expressions of the leaves. */
export class FlowWriter {
  readonly statements: Array<string> = []
  readonly #sources: FlowSources
  /** Expressions of flows that were written: of a variable, where several steps come after. */
  readonly #flows = new Map<string, string>()

  constructor(sources: FlowSources) {
    this.#sources = sources
  }

  leaves(): ReadonlyArray<string> {
    const { graph } = this.#sources
    for (const node of graph.nodes.values()) this.#write(node)
    return graph.leaves.map((leaf) => this.#flows.get(leaf)!)
  }

  #write(node: GraphNode): void {
    const { graph } = this.#sources
    if (this.#flows.has(node.name) || this.#joinedIn(node) !== undefined) return
    const code = this.#expression(node)
    const uses =
      [...graph.nodes.values()].filter(({ from }) => from.includes(node.name)).length +
      (graph.leaves.includes(node.name) ? 1 : 0)
    this.#keep(node.name, code, this.#usedOnce(node) ? 1 : uses)
  }

  /** A flow that several steps come after has a name. */
  #keep(name: string, code: string, uses: number): void {
    const { variables, writer } = this.#sources
    if (uses <= 1) {
      this.#flows.set(name, code)
      return
    }
    const variable = writer.variable(`${variables.get(name)!}Rows`)
    this.statements.push(`const ${variable} = ${code}`)
    this.#flows.set(name, variable)
  }

  /** Whether all that comes after it is written in one expression: branches that are joined again. */
  #usedOnce(node: GraphNode): boolean {
    const { graph } = this.#sources
    const after = [...graph.nodes.values()].filter(({ from }) => from.includes(node.name))
    const joins = new Set(after.map((next) => this.#joinedIn(next)))
    return (
      after.length > 1 &&
      joins.size === 1 &&
      !joins.has(undefined) &&
      !graph.leaves.includes(node.name)
    )
  }

  /** The join that brings a step together with all its siblings, and nothing else. */
  #joinedIn(node: GraphNode): string | undefined {
    const { graph } = this.#sources
    const [parent, ...others] = node.from
    if (parent === undefined || others.length > 0 || node.gather !== "one") return undefined
    const next = [...graph.nodes.values()].filter(({ from }) => from.includes(node.name))
    const join = next[0]
    if (next.length !== 1 || join?.gather !== "join" || graph.leaves.includes(node.name))
      return undefined
    return this.#isFan(join) ? join.name : undefined
  }

  /**
   * Whether a join's arms all come from one flow directly, and are all of its branches or all that
   * it routes to.
   */
  #isFan(join: GraphNode): boolean {
    const { graph, input } = this.#sources
    const arms = join.from.map((name) => graph.nodes.get(name)!)
    const [parent] = arms[0]!.from
    const alike = arms.every(
      (arm) =>
        arm.gather === "one" &&
        arm.from.length === 1 &&
        arm.from[0] === parent &&
        Object.keys(input(arm)).length === 0 &&
        !graph.leaves.includes(arm.name)
    )
    if (!alike || new Set(join.from).size !== join.from.length || arms.length < 2) return false
    if (
      arms.some(
        (arm) =>
          [...graph.nodes.values()].filter(({ from }) => from.includes(arm.name)).length !== 1
      )
    )
      return false
    const routing = graph.routings.filter(
      ({ from, to }) => from === parent && to.some((name) => join.from.includes(name))
    )
    return (
      routing.length === 0 ||
      (routing.length === 1 && routing[0]!.to.join("\n") === join.from.join("\n"))
    )
  }

  #expression(node: GraphNode): string {
    const { graph, routing, variables, writer } = this.#sources
    const step = variables.get(node.name)!
    const flows = (): string => `[${node.from.map((name) => this.#flow(name)).join(", ")}]`
    switch (node.gather) {
      case "none":
        return `${writer.library("from")}(${step})`
      case "zip":
        return `${writer.library("zip")}(${flows()}, ${step})`
      case "concat":
        return `${writer.library("concat")}(${flows()}, { name: ${JSON.stringify(node.name)} })`
      case "join": {
        if (!this.#isFan(node)) return `${writer.library("join")}(${flows()}, ${step})`
        const parent = graph.nodes.get(node.from[0]!)!.from[0]!
        const by = graph.routings.find(
          ({ from, to }) => from === parent && to.includes(node.from[0]!)
        )
        const arms = `[${node.from.map((name) => variables.get(name)!).join(", ")}]`
        return `${this.#flow(parent)}.${by === undefined ? `branch(${arms})` : `route(${routing(by)}, ${arms})`}.join(${step})`
      }
      case "one": {
        const from = node.from[0]!
        const by = graph.routings.find((one) => one.from === from && one.to.includes(node.name))
        return by === undefined ? this.#connected(this.#flow(from), node) : this.#routed(by, node)
      }
    }
  }

  #connected(flow: string, node: GraphNode): string {
    const { input, variables } = this.#sources
    const names = input(node)
    const edge =
      Object.keys(names).length === 0
        ? ""
        : `, { input: ${objectSource(Object.entries(names).map(([own, column]) => [own, JSON.stringify(column)]))} }`
    return `${flow}.to(${variables.get(node.name)!}${edge})`
  }

  /** All arms of a routing at once, each under a name of its own. */
  #routed(by: GraphRouting, node: GraphNode): string {
    const { routing, variables, writer } = this.#sources
    const names = by.to.map((arm) => writer.variable(`${variables.get(arm)!}Rows`))
    this.statements.push(
      `const [${names.join(", ")}] = ${this.#flow(by.from)}.route(${routing(by)}, [${by.to.map((arm) => variables.get(arm)!).join(", ")}]).flows`
    )
    by.to.forEach((arm, i) => this.#flows.set(arm, names[i]!))
    return this.#flows.get(node.name)!
  }

  #flow(name: string): string {
    const { graph } = this.#sources
    if (!this.#flows.has(name)) this.#write(graph.nodes.get(name)!)
    return this.#flows.get(name) ?? this.#expression(graph.nodes.get(name)!)
  }
}
