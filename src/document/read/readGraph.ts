/** Connections and routings of a document. */
import type { Gather } from "../../pipeline/FlowNode.ts"
import type { GraphRouting } from "../../pipeline/Graph.ts"
import { UnknownStep } from "../../pipeline/problems.ts"
import {
  type BatchRouting,
  type Routing,
  routingBatchFunction,
  sampleNSteps
} from "../../pipeline/Routing.ts"
import {
  ownKey,
  type PipelineDocument,
  type RoutingEntry,
  type StepFields
} from "../tree/DocumentSchema.ts"
import type { Path } from "../tree/Tree.ts"
import type { Reader } from "./Reader.ts"
import { ownFields } from "./readModel.ts"

/**
 * Names of steps: as the document has them, and as they are here. They differ where Python would
 * have refused one.
 */
export interface StepNames {
  readonly written: ReadonlyArray<string>
  readonly own: ReadonlyArray<string>
}

/** Where each step gets its rows, in the order of the steps. */
interface ReadGraph {
  readonly froms: ReadonlyArray<ReadonlyArray<string>>
  readonly gathers: ReadonlyArray<Gather>
  readonly routings: ReadonlyArray<GraphRouting>
  /** Undefined if the leaves are the steps that nothing comes after. */
  readonly leaves: ReadonlyArray<string> | undefined
}

/** Reads who gets whose rows. A name that no step has is told, and left out. */
export const readGraph = (
  document: PipelineDocument,
  names: StepNames,
  reader: Reader
): ReadGraph => {
  const own = new Map(names.written.map((name, i) => [name, names.own[i]!]))
  const resolved = (name: string, path: Path): string | undefined => {
    const found = own.get(name)
    if (found !== undefined) return found
    const problem = new UnknownStep({ step: name, known: names.written })
    reader.complain("Wiring", path, problem.message, "value", problem)
    return undefined
  }
  const { pipeline } = document
  const froms = new Map<string, Array<string>>(names.own.map((name) => [name, []]))
  const followers = new Map<string, Array<string>>()
  for (const [i, { from, to }] of (pipeline.connections ?? []).entries()) {
    const upstream = resolved(from, ["pipeline", "connections", i, "from"])
    for (const [j, name] of (to ?? []).entries()) {
      const path = ["pipeline", "connections", i, "to", j]
      const target = resolved(name, path)
      if (upstream === undefined || target === undefined) continue
      if (froms.get(target)!.includes(upstream))
        reader.complain(
          "WrongValue",
          path,
          `'${from}' is connected to '${name}' twice. Take one of them out.`
        )
      else froms.get(target)!.push(upstream)
      followers.set(upstream, [...(followers.get(upstream) ?? []), target])
    }
  }
  const routings = (pipeline.routing_batch_functions ?? []).flatMap(
    (entry, i): ReadonlyArray<GraphRouting> => {
      const path = ["pipeline", "routing_batch_functions", i]
      const from = resolved(entry.step, [...path, "step"])
      if (from === undefined) return []
      const to =
        entry[ownKey]?.to?.flatMap((name, j) => resolved(name, [...path, ownKey, "to", j]) ?? []) ??
        followers.get(from) ??
        []
      return [{ from, to, by: readRouting(entry, from, path, reader) }]
    }
  )
  const ordered = pipeline.steps.map(({ step }, i) =>
    inOrderOf(step, froms.get(names.own[i]!)!, (name) => own.get(name))
  )
  const leaves = document[ownKey]?.leaves?.flatMap(
    (name, i) => resolved(name, [ownKey, "leaves", i]) ?? []
  )
  return {
    froms: ordered,
    gathers: pipeline.steps.map(({ step }, i) => gatherOf(step, ordered[i]!.length)),
    routings,
    leaves
  }
}

/** Branches in the order in which a joining step gets them, where it is not that of the connections. */
const inOrderOf = (
  step: StepFields,
  froms: ReadonlyArray<string>,
  resolved: (name: string) => string | undefined
): ReadonlyArray<string> => {
  const { from } = ownFields(step)
  if (!Array.isArray(from)) return froms
  const said = from.map((name) => (typeof name === "string" ? resolved(name) : undefined))
  return said.every((name) => name !== undefined && froms.includes(name)) &&
    new Set(said).size === froms.length
    ? (said as ReadonlyArray<string>)
    : froms
}

const gatherOf = (step: StepFields, count: number): Gather => {
  const { gather } = ownFields(step)
  if (count === 0) return "none"
  return gather === "zip" || gather === "concat" || gather === "join"
    ? gather
    : count === 1
      ? "one"
      : "join"
}

const readRouting = (entry: RoutingEntry, from: string, path: Path, reader: Reader): Routing => {
  const { description, type_info } = entry
  const own = entry[ownKey]
  if (type_info?.name === "sample_n_steps")
    return sampling(type_info.kwargs?.["n"], own?.seed, [...path, "type_info", "kwargs"], reader)
  const absent: BatchRouting = routingBatchFunction(
    (steps) => steps,
    description ?? "own routing function"
  )
  if (own?.module === undefined || own.module === null) {
    // Python's own routing functions are code of the module that wrote the document.
    const bound = reader.reading(from, path).bound(`${from}.route`)
    if (isRouting(bound)) return bound
    reader.reading(from, path).lacks({
      kind: "routing",
      name: type_info?.name ?? description ?? "routing function",
      module: type_info?.module ?? "",
      give: `bind: { "${from}.route": routingBatchFunction((steps) => …) }`
    })
    return absent
  }
  const found = reader.reading(from, [...path, ownKey]).exported(own, "routing")
  if (isRouting(found)) return found
  if (found !== undefined)
    reader.complain(
      "NoSuchExport",
      [...path, ownKey, "export"],
      `'${own.export}' of '${own.module}' is no routing: export a function of rows, or what routingBatchFunction gives.`
    )
  return absent
}

const sampling = (
  n: unknown,
  seed: number | null | undefined,
  path: Path,
  reader: Reader
): Routing => {
  if (typeof n === "number" && Number.isInteger(n) && n > 0)
    return sampleNSteps(n, seed === null || seed === undefined ? {} : { seed })
  reader.complain(
    "WrongValue",
    [...path, "n"],
    `sample_n_steps takes a whole number 'n' from 1 on: the number of steps that get each batch.`
  )
  return sampleNSteps(1)
}

const isRouting = (value: unknown): value is Routing =>
  typeof value === "function" ||
  (typeof value === "object" && value !== null && "~routing" in value)
