/** A document's pipeline as TypeScript source, as a person would have written it. */
import type { Registry } from "../../document/classes/Registry.ts"
import type { LoadedPipeline } from "../../document/read/LoadedPipeline.ts"
import { ownKey } from "../../document/tree/DocumentSchema.ts"
import { isRecord, type TreeRecord, valueAt } from "../../document/tree/Tree.ts"
import type { GraphNode, GraphRouting } from "../../pipeline/Graph.ts"
import { answerSchemas, withAnswers } from "./answerSchemas.ts"
import { FlowWriter } from "./flowSource.ts"
import { impliedColumns, type Unknown } from "./impliedColumns.ts"
import { layoutSource } from "./layoutSource.ts"
import { objectSource, SourceWriter } from "./SourceWriter.ts"
import { inputAt, isExported, stepSource, type StepSources } from "./stepSource.ts"

export interface PipelineSourceOptions {
  readonly registry: Registry
  /** Where a module that the document names is, seen from the source; undefined if it is nowhere. */
  readonly specifier: (module: string) => string | undefined
}

export interface PipelineSource {
  readonly source: string
  /** Steps whose code is to be written. */
  readonly skeletons: ReadonlyArray<string>
  /** What the source does not say as the document does. */
  readonly notes: ReadonlyArray<string>
}

/** What else is imported from this library, so that no variable may be called so. */
const functions = [
  "allowNulls",
  "from",
  "zip",
  "concat",
  "join",
  "step",
  "globalStep",
  "joinStep",
  "generatorStep",
  "task",
  "open",
  "oneOf",
  "sampleNSteps",
  "routingBatchFunction",
  "Pipeline"
]

/** A flow that is longer than this has a name of its own. */
const longestFlow = 60

/**
 * Writes the source of a pipeline that a document holds. Saved again, it gives the same document;
 * only what is not here cannot come back.
 */
export const pipelineSource = (
  pipeline: LoadedPipeline,
  { registry, specifier }: PipelineSourceOptions
): PipelineSource => {
  const { graph } = pipeline
  const writer = new SourceWriter()
  const unknown = unknownSteps(pipeline, registry, specifier)
  const fromPython = !(isRecord(pipeline.said.tree) && ownKey in pipeline.said.tree)
  const typed = fromPython ? answerSchemas(pipeline, registry) : new Map()
  const withTypes = impliedColumns(withAnswers(graph, typed), unknown)
  // Where steps want the text of an answer, it stays one.
  const [answers, { implied, nulls, problems }] =
    withTypes.problems.length === 0
      ? [typed, withTypes]
      : [new Map(), impliedColumns(graph, unknown)]
  for (const { message } of problems) writer.notes.push(message)
  for (const { kind, name } of pipeline.missing)
    if (kind === "schema") writer.notes.push(`the fields of ${name} are to be written`)
  const sources: StepSources = {
    pipeline,
    registry,
    writer,
    unknown,
    implied,
    specifier,
    fromPython,
    answers
  }
  writer.reserve([...registry.steps.keys(), ...registry.models.keys(), ...functions])
  const variables = new Map<string, string>()
  const statements: Array<string> = []
  for (const node of graph.nodes.values()) {
    if (node.gather === "concat") continue
    const { code: made, comments } = stepSource(node, sources)
    const code = withNullsAllowed(made, node, nulls.get(node.name), sources)
    // A step that a module exports has its name there.
    const variable = /^[\p{ID_Continue}$]+$/u.test(code) ? code : writer.variable(node.name)
    variables.set(node.name, variable)
    if (variable !== code)
      statements.push([...comments.map(commentLine), `const ${variable} = ${code}`].join("\n"))
  }
  const flows = new FlowWriter({
    graph,
    writer,
    variables,
    input: (node) => inputAt(node, registry),
    routing: (routing) => routingSource(routing, sources)
  })
  const leaves = flows.leaves().map((flow, i) => {
    if (flow.length <= longestFlow) return flow
    const variable = writer.variable(
      graph.leaves.length === 1
        ? "rows"
        : `${variables.get(graph.leaves[i]!) ?? graph.leaves[i]!}Rows`
    )
    flows.statements.push(`const ${variable} = ${flow}`)
    return variable
  })
  const options =
    pipeline.description === undefined
      ? "{}"
      : objectSource([["description", writer.value(pipeline.description) as string]])
  const whole = `export default ${writer.library("Pipeline")}(${JSON.stringify(pipeline.name)}, ${options}, ${leaves.length === 1 ? leaves[0]! : `[${leaves.join(", ")}]`})`
  const missing = writer.usesMissing
    ? [
        `/** Stands where code of the document is not here. */\nconst missing = (what: string): never => {\n  throw new Error(\`\${what} is to be written\`)\n}`
      ]
    : []
  const head = `/** ${pipeline.name.replaceAll("*/", "* /").replaceAll(/\s+/g, " ")}${pipeline.description === undefined ? "" : `: ${pipeline.description.replaceAll("*/", "* /").replaceAll(/\s+/g, " ")}`} */`
  const text = [
    head,
    ...writer.imports(),
    ...missing,
    ...writer.definitions(),
    ...statements,
    ...flows.statements,
    whole
  ].join("\n")
  return {
    source: layoutSource(text),
    skeletons: [...unknown]
      .filter(([, kind]) => kind === "step" || kind === "task")
      .map(([name]) => name),
    notes: writer.notes
  }
}

/** Steps of which the document does not tell all. */
const unknownSteps = (
  pipeline: LoadedPipeline,
  registry: Registry,
  specifier: PipelineSourceOptions["specifier"]
): ReadonlyMap<string, Unknown> =>
  new Map(
    [...pipeline.graph.nodes.values()].flatMap(
      (node): ReadonlyArray<readonly [string, Unknown]> => {
        const { name, step } = node
        if (node.gather === "concat" || isExported(name, { pipeline, specifier })) return []
        const lacks = pipeline.missing.some(
          ({ kind, steps }) => kind === "step" && steps.includes(name)
        )
        const found = registry.steps.get(step.type)
        if (lacks || found === undefined)
          return [
            [name, step.kind === "step" && registry.isModel(step.options["llm"]) ? "task" : "step"]
          ]
        if ("data" in step.parameters && step.options["data"] === undefined)
          return [[name, found.source.drawsRows ? "samples" : "rows"]]
        return step.kind === "generator" && pipeline.graph.outgoing.get(name)!.open
          ? [[name, "source"]]
          : []
      }
    )
  )

const commentLine = (text: string): string => `// ${text.replaceAll(/[\r\n\u2028\u2029]+/g, " ")}`

/** A step that takes null where the document lets it come, though the step wants a value. */
const withNullsAllowed = (
  code: string,
  node: GraphNode,
  columns: ReadonlySet<string> = new Set(),
  { registry, writer }: StepSources
): string => {
  const { allowsNull = [], mappings } = node.step
  const all = new Set([...columns, ...allowsNull.map((own) => mappings.input[own] ?? own)])
  if (all.size === 0) return code
  // Names that are given where the step is connected are not the step's own.
  const names = Object.entries(inputAt(node, registry))
  const listed = [...all].map((column) =>
    JSON.stringify(names.find(([, flow]) => flow === column)?.[0] ?? column)
  )
  return `${writer.library("allowNulls")}(${code}, [${listed.join(", ")}])`
}

const routingSource = (
  routing: GraphRouting,
  { pipeline, specifier, writer }: StepSources
): string => {
  const { by, from } = routing
  if (typeof by !== "function" && typeof by.options["n"] === "number") {
    const { n, seed } = by.options
    return `${writer.library("sampleNSteps")}(${String(n)}${seed === 42 ? "" : `, { seed: ${String(seed)} }`})`
  }
  const entries = valueAt(pipeline.said.tree, ["pipeline", "routing_batch_functions"])
  const said = (Array.isArray(entries) ? (entries as ReadonlyArray<TreeRecord>) : []).find(
    ({ step }) => step === from
  )
  const own = said?.[ownKey]
  if (isRecord(own) && typeof own["module"] === "string" && typeof own["export"] === "string") {
    const found = specifier(own["module"])
    if (found !== undefined) return writer.export(found, own["export"])
  }
  const code = writer.missing(`the routing after '${from}'`)
  return typeof by === "function"
    ? `() => ${code}`
    : `${writer.library("routingBatchFunction")}(() => ${code}, ${JSON.stringify(by.description)})`
}
