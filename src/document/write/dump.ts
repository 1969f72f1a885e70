/**
 * A pipeline as a document: Python's keys in Python's order, and beside them what only this library
 * has.
 */
import { snakeCased } from "../../columns/caseNames.ts"
import { isOptional } from "../../columns/Columns.ts"
import { own } from "../../columns/own.ts"
import { emptyShape } from "../../columns/Shape.ts"
import type { GraphNode, GraphRouting } from "../../pipeline/Graph.ts"
import type { AnyPipeline } from "../../pipeline/Pipeline.ts"
import { defaultBatchSize } from "../../step/makeStep.ts"
import type { StepData } from "../../step/Step.ts"
import type { Registry } from "../classes/Registry.ts"
import { columnsToJson } from "../classes/schemaJson.ts"
import { isLoaded } from "../read/LoadedPipeline.ts"
import { classOf } from "../read/readModel.ts"
import { concealedTree, withoutSecrets } from "../read/secrets.ts"
import { documentVersion, ownKey, ownModule } from "../tree/DocumentSchema.ts"
import { pythonStepNames } from "../tree/names.ts"
import { plainTree } from "../tree/plainTree.ts"
import { isRecord, recordOf, shownPath, type TreeRecord } from "../tree/Tree.ts"
import { parametersInfo } from "./parametersInfo.ts"
import { said } from "./resaid.ts"
import type { Writer } from "./Writer.ts"
import { fieldsOf, passedOver, record, withDerived } from "./Writer.ts"

/** The version of distilabel whose format documents have. */
const pythonVersion = "1.5.3"

/** The document of a pipeline. A pipeline that came from a document says all that it said. */
export const documentOf = (
  pipeline: AnyPipeline,
  registry: Registry,
  writer: Writer
): TreeRecord => {
  const names = pythonStepNames([...pipeline.graph.nodes.keys()])
  for (const [name, written] of names) {
    if (name !== written)
      writer.warn(
        name,
        `its name is written as '${written}': Python's distilabel takes letters, digits, '_' and '-' only. It comes back as '${name}' when the document is loaded here`
      )
  }
  const written = (name: string): string => names.get(name)!
  const step = (node: GraphNode): TreeRecord => stepOf(node, registry, writer)
  const document = isLoaded(pipeline)
    ? said(pipeline, {
        written,
        named,
        rewritten: (node, type, own) =>
          classOf(registry.steps, type, own) === undefined ? parametersOf(node.step) : step(node)
      })
    : whole(pipeline, written, step, writer)
  const { secrets, tree } = concealedTree(document, { written: true })
  for (const path of secrets)
    writer.warn(
      "",
      `'${shownPath(path)}' holds a secret, and is left out: give it by the environment, or in code`
    )
  return withoutSecrets(tree) as TreeRecord
}

const whole = (
  pipeline: AnyPipeline,
  written: (name: string) => string,
  step: (node: GraphNode) => TreeRecord,
  writer: Writer
): TreeRecord => {
  const { description, graph, name } = pipeline
  const nodes = [...graph.nodes.values()]
  const followers = new Map(
    nodes.map((node) => [node.name, followersOf(node.name, nodes, graph.routings)])
  )
  const terminal = nodes
    .filter((node) => followers.get(node.name)!.length === 0)
    .map((node) => node.name)
  const leaves =
    terminal.join("\n") === graph.leaves.join("\n") ? undefined : graph.leaves.map(written)
  return {
    distilabel: { version: pythonVersion },
    pipeline: {
      name,
      description: description ?? null,
      steps: nodes.map((node) => ({
        step: named(step(node), node.name, written(node.name), gathering(node, nodes, written)),
        name: written(node.name)
      })),
      connections: nodes.map((node) => ({
        from: written(node.name),
        to: followers.get(node.name)!.map(written)
      })),
      routing_batch_functions: graph.routings.map((routing) =>
        routingOf(routing, followers.get(routing.from)!, written, writer)
      ),
      type_info: { module: "distilabel.pipeline.local", name: "Pipeline" }
    },
    requirements: [],
    [ownKey]: { version: documentVersion, ...(leaves === undefined ? {} : { leaves }) }
  }
}

/**
 * A step under the name that Python takes, with the name that it has here and how it gathers rows,
 * where Python would not know.
 */
export const named = (
  step: TreeRecord,
  name: string,
  written: string,
  more: TreeRecord = {}
): TreeRecord => {
  const beside: TreeRecord = { ...(name === written ? {} : { name }), ...more }
  if (Object.keys(beside).length === 0) return { ...step, name: written }
  const own = step[ownKey]
  const { type_info = null, ...rest } = step
  return {
    ...rest,
    name: written,
    [ownKey]:
      typeof own === "string"
        ? passedOver({ ...beside, ...(JSON.parse(own) as TreeRecord) })
        : { ...beside, ...(isRecord(own) ? own : {}) },
    type_info
  }
}

/** Who gets a step's rows: those it routes to first, in the order in which the routing knows them. */
const followersOf = (
  name: string,
  nodes: ReadonlyArray<GraphNode>,
  routings: ReadonlyArray<GraphRouting>
): ReadonlyArray<string> => {
  const followers = nodes.filter(({ from }) => from.includes(name)).map((node) => node.name)
  const routed = routings
    .filter(({ from }) => from === name)
    .flatMap(({ to }) => to)
    .filter((to) => followers.includes(to))
  return [...new Set([...routed, ...followers])]
}

/** How a step gathers the rows of several, where the connections alone do not tell. */
const gathering = (
  { from, gather, name }: GraphNode,
  nodes: ReadonlyArray<GraphNode>,
  written: (name: string) => string
): TreeRecord => {
  const connected = nodes.filter((node) => from.includes(node.name)).map((node) => node.name)
  const usual = gather === (from.length === 0 ? "none" : from.length === 1 ? "one" : "join")
  return {
    ...(usual ? {} : { gather }),
    ...(connected.join("\n") === from.join("\n") || name === "" ? {} : { from: from.map(written) })
  }
}

const routingOf = (
  { by, from, to }: GraphRouting,
  followers: ReadonlyArray<string>,
  written: (name: string) => string,
  writer: Writer
): TreeRecord => {
  const targets = to.join("\n") === followers.join("\n") ? {} : { to: to.map(written) }
  const entry = (
    description: string | undefined,
    type: TreeRecord | undefined,
    own: TreeRecord
  ): TreeRecord => ({
    step: written(from),
    ...(description === undefined ? {} : { description }),
    ...(type === undefined ? {} : { type_info: type }),
    ...(Object.keys(own).length === 0 ? {} : { [ownKey]: own })
  })
  if (typeof by !== "function" && typeof by.options["n"] === "number") {
    const { n, seed } = by.options
    return entry(
      by.description,
      {
        module: "distilabel.pipeline.routing_batch_function",
        name: "sample_n_steps",
        kwargs: { n }
      },
      { ...(seed === 42 ? {} : { seed: seed as number }), ...targets }
    )
  }
  const found =
    writer.reference(by) ?? (typeof by === "function" ? undefined : writer.reference(by.choose))
  if (found === undefined)
    writer.warn(
      from,
      'its routing function is not among the exports of the modules that were given: the document will load, but not run. Export it, and give its module: { modules: { "./routes.ts": await import("./routes.ts") } }'
    )
  return entry(typeof by === "function" ? undefined : by.description, undefined, {
    ...(found === undefined ? {} : { ...found }),
    by: typeof by === "function" ? "row" : "batch",
    ...targets
  })
}

/** A step's class and fields, under its own name. */
const stepOf = (node: GraphNode, registry: Registry, writer: Writer): TreeRecord => {
  const { step } = node
  const found = registry.steps.get(step.type)
  const { input, output } = step.mappings
  const generator = step.kind === "generator"
  const given = step.options["useCache"]
  const shared: TreeRecord = {
    name: step.name,
    input_mappings: { ...input },
    output_mappings: { ...output },
    ...(typeof given === "boolean" ? { use_cache: given } : {}),
    ...(step.batchSizeGiven
      ? { [generator ? "batch_size" : "input_batch_size"]: step.batchSize }
      : {})
  }
  const reference = writer.stepReference(step)
  let lost: string | undefined
  const at = writer.writing(step.name, (what) => {
    lost = what
  })
  const options = found?.optionsOf?.(step) ?? {
    ...step.options,
    ...step.values,
    ...configuredModel(registry, step)
  }
  const { own, python } =
    found === undefined
      ? { own: {}, python: undescribed(step) }
      : withDerived(fieldsOf(found, options, at), found.derived?.(options) ?? {})
  const incomplete = found === undefined ? `its class '${step.type}'` : lost
  if (incomplete !== undefined && reference === undefined) {
    writer.warn(
      step.name,
      `${incomplete} is not among the exports of the modules that were given: the document will load, but not run. Export the step, and give its module: { modules: { "./steps.ts": await import("./steps.ts") } }`
    )
  }
  const more: TreeRecord = {
    ...(step.batchSizeGiven && step.batchSize === defaultBatchSize
      ? { batch_size_given: true }
      : {}),
    ...(given === true ? { use_cache_given: true } : {}),
    ...(step.allowsNull === undefined ? {} : { allows_null: step.allowsNull }),
    ...reference
  }
  const fields = {
    python: { ...shared, ...python, runtime_parameters_info: parametersInfo(step.parameters) },
    own
  }
  return record(found ?? { type: step.type, name: step.type, module: ownModule }, fields, more)
}

/** The parameters that were set on a step whose class nobody knows. */
const parametersOf = ({ values }: StepData): TreeRecord =>
  recordOf(
    Object.entries(values).flatMap(([name, value]) => {
      const tree = plainTree(value, () => undefined)
      return tree === undefined ? [] : [[snakeCased(name), tree] as const]
    })
  )

/** The model with the parameters that were set on the step. */
const configuredModel = (
  registry: Registry,
  { options, values }: StepData
): Readonly<Record<string, unknown>> => {
  const set = values["llm"]
  return set === undefined || options["llm"] === undefined
    ? {}
    : { llm: registry.configured(options["llm"], set as Readonly<Record<string, unknown>>) }
}

/** What can be said of a step whose class nobody knows: its kind, and what it reads and gives. */
const undescribed = (step: StepData): TreeRecord => {
  const given = step.gives({ ...emptyShape, columns: step.reads.columns })
  const added = Object.fromEntries(
    Object.entries(given.columns).filter(
      ([column, schema]) => own(step.reads.columns, column) !== schema || isOptional(schema)
    )
  )
  const options = plainTree(
    Object.fromEntries(
      Object.entries(step.options).filter(
        ([key]) =>
          ![
            "name",
            "inputMappings",
            "outputMappings",
            "inputBatchSize",
            "batchSize",
            "useCache"
          ].includes(key)
      )
    ),
    () => undefined
  )
  return {
    kind: step.kind,
    inputs: columnsToJson(step.reads.columns, false),
    outputs: columnsToJson(added, given.open),
    ...(isRecord(options) && Object.keys(options).length > 0 ? { options: options } : {})
  }
}
