/**
 * Simulated models, and a simulated Argilla, in place of the real ones: a run that needs no keys
 * and costs nothing.
 */
import type * as Layer from "effect/Layer"
import { modelOf } from "../engine/keep/modelOf.ts"
import { LLMClients } from "../models/asking/LLMClients.ts"
import type { Model } from "../models/chat/Model.ts"
import { inItsPlace, protocols } from "../models/simulated.ts"
import type { Protocol } from "../models/simulated/Protocol.ts"
import type { Graph, GraphNode } from "../pipeline/Graph.ts"
import type { GivenParameters } from "../pipeline/parameters.ts"
import {
  type ArgillaSimulator,
  startArgillaSimulator
} from "../simulator/argilla/ArgillaSimulator.ts"
import { startSimulator } from "../simulator/server/Simulator.ts"

/** A simulator that runs, and the parameters that lead a pipeline's models to it. */
export interface Simulated extends AsyncDisposable {
  readonly parameters: GivenParameters
  /** Has the simulator answer for models that would run in this process. */
  readonly layer: Layer.Layer<never>
}

/** The same port each time, where it is free: answers are remembered by where they come from. */
const usualPort = 8701

/** Starts a simulator for the models of a graph. Parameters that were given for other things stay. */
export const simulated = async (graph: Graph, given: GivenParameters): Promise<Simulated> => {
  const simulator = await startSimulator({ port: usualPort }).catch(() => startSimulator())
  const argilla = await argillaFor(graph)
  const models = ledTo(simulator.url, graph, given)
  console.error(
    "Answers are made up by a simulator on this machine: no key is used, nothing is paid."
  )
  return {
    layer: LLMClients.layer((llm) => (inItsPlace(simulator.url, llm) ?? llm).open),
    parameters: argilla === undefined ? models : ledToArgilla(argilla, graph, models),
    [Symbol.asyncDispose]: async () => {
      await simulator.close()
      await argilla?.[Symbol.asyncDispose]()
    }
  }
}

/** Steps that ask Argilla. */
const askingArgilla = ({ nodes }: Graph): ReadonlyArray<GraphNode> =>
  [...nodes.values()].filter(
    ({ step }) => "apiUrl" in step.parameters && "datasetName" in step.parameters
  )

/** A simulated Argilla with the workspaces that steps name; undefined where none asks for one. */
const argillaFor = async (graph: Graph): Promise<ArgillaSimulator | undefined> => {
  const asking = askingArgilla(graph)
  if (asking.length === 0) return undefined
  const named = asking.flatMap(({ step: { options, values } }) => {
    const workspace = values["datasetWorkspace"] ?? options["datasetWorkspace"]
    return typeof workspace === "string" ? [workspace] : []
  })
  return startArgillaSimulator({ workspaces: [...new Set([...named, "argilla"])] })
}

/** Parameters that lead a graph's steps to a simulated Argilla: nobody's real one is written to. */
const ledToArgilla = (
  { apiKey, url }: ArgillaSimulator,
  graph: Graph,
  given: GivenParameters
): GivenParameters => ({
  ...given,
  ...Object.fromEntries(
    askingArgilla(graph).map(({ name }) => [name, { ...given[name], apiUrl: url, apiKey }])
  )
})

/** Parameters that lead a graph's models to the simulator at this address. */
export const ledTo = (url: string, graph: Graph, given: GivenParameters): GivenParameters => {
  const connections = new Map(
    protocols.flatMap(({ address, models, options }: Protocol) =>
      models.map((type) => [type, options(url + address.path)] as const)
    )
  )
  const parameters = { ...given }
  for (const { name, step } of graph.nodes.values()) {
    const model = modelOf(step)
    const connection = model === undefined ? undefined : connectionOf(model, connections)
    if (connection !== undefined)
      parameters[name] = {
        ...given[name],
        llm: { ...(given[name]?.["llm"] as object | undefined), ...connection }
      }
  }
  return parameters
}

type Connection = Readonly<Record<string, unknown>>

/** The parameters of a model, or of all models that it is made of. */
const connectionOf = (
  { members, type }: Model,
  connections: ReadonlyMap<string, Connection>
): Connection | undefined =>
  members === undefined
    ? connections.get(type)
    : Object.fromEntries(
        Object.entries(members).map(([option, of]) => {
          const led = [of].flat().map((member) => connectionOf(member, connections) ?? {})
          return [option, Array.isArray(of) ? { ...led } : led[0]!]
        })
      )
