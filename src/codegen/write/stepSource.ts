/**
 * Steps and models as expressions: calls of the functions that make them, or the skeletons of those
 * that are not here.
 */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { camelCased } from "../../columns/caseNames.ts"
import type { Columns } from "../../columns/Columns.ts"
import type {
  DescribedModel,
  Field,
  Registry,
  SourceFacts,
  ModelRequests
} from "../../document/classes/Registry.ts"
import type { LoadedPipeline } from "../../document/read/LoadedPipeline.ts"
import { ownFields } from "../../document/read/readModel.ts"
import { isRecord, type TreeRecord, valueAt } from "../../document/tree/Tree.ts"
import type { GraphNode } from "../../pipeline/Graph.ts"
import type { StepData } from "../../step/Step.ts"
import type { Implied, Unknown } from "./impliedColumns.ts"
import { objectSource, type SourceWriter, unsaid } from "./SourceWriter.ts"

/** What steps are written with. */
export interface StepSources {
  readonly pipeline: LoadedPipeline
  readonly registry: Registry
  readonly writer: SourceWriter
  readonly unknown: ReadonlyMap<string, Unknown>
  readonly implied: Implied
  /** Where a module that the document names is, seen from the source; undefined if it is nowhere. */
  readonly specifier: (module: string) => string | undefined
  /** Whether Python wrote the document, which says everything, also what is as ever. */
  readonly fromPython: boolean
  /**
   * Schemas of answers that Python has on the model, and that the task knows here, so that its
   * column has the type.
   */
  readonly answers: ReadonlyMap<string, AnswerSchema>
}

/** The schema of an answer, under the name that it has in the document. */
export interface AnswerSchema {
  readonly name: string
  /** The column of the task that is the answer. */
  readonly column: string
  readonly schema: Schema.Top
}

/** What stands above a step and what makes it. */
export interface StepSource {
  readonly comments: ReadonlyArray<string>
  readonly code: string
}

/** Columns of the flow that a step reads under its own names, where that is said at its connection. */
export const inputAt = (
  { step }: GraphNode,
  registry: Registry
): Readonly<Record<string, string>> =>
  registry.steps.get(step.type)?.source.takesMappings === false ? step.mappings.input : {}

export const stepSource = (node: GraphNode, sources: StepSources): StepSource => {
  const { step } = node
  const raw = rawStep(step.name, sources.pipeline)
  const whole = exportedSource(ownFields(raw), sources)
  if (whole !== undefined) return { comments: [], code: whole }
  const unknown = sources.unknown.get(step.name)
  return unknown === "step" || unknown === "task"
    ? skeletonSource(node, sources)
    : knownSource(step, raw, sources)
}

/** The fields that the document has for a step. */
const rawStep = (name: string, { said }: LoadedPipeline): TreeRecord => {
  const entry = said.steps.get(name)?.entry
  const raw =
    entry === undefined ? undefined : valueAt(said.tree, ["pipeline", "steps", entry, "step"])
  return isRecord(raw) ? raw : {}
}

/** Whether a step is an export of a module that is there. */
export const isExported = (
  name: string,
  { pipeline, specifier }: Pick<StepSources, "pipeline" | "specifier">
): boolean => specifierOf(ownFields(rawStep(name, pipeline)), specifier) !== undefined

const specifierOf = (
  { export: name, module }: TreeRecord,
  specifier: StepSources["specifier"]
): string | undefined =>
  typeof module === "string" && typeof name === "string" ? specifier(module) : undefined

const exportedSource = (
  reference: TreeRecord,
  { specifier, writer }: StepSources
): string | undefined => {
  const found = specifierOf(reference, specifier)
  return found === undefined ? undefined : writer.export(found, reference["export"] as string)
}

const knownSource = (step: StepData, raw: TreeRecord, sources: StepSources): StepSource => {
  const { fromPython, registry, writer } = sources
  const found = registry.steps.get(step.type)!
  const options: Readonly<Record<string, unknown>> = found.optionsOf?.(step) ?? {
    ...step.options,
    ...step.values
  }
  const comments: Array<string> = []
  const entries: Array<readonly [string, string]> = [["name", JSON.stringify(step.name)]]
  const say = (option: string, source: string | typeof unsaid): void => {
    if (source !== unsaid) entries.push([option, source])
  }
  const answer = sources.answers.get(step.name)
  for (const field of found.fields) {
    const value = options[field.option]
    if (field.option === "llm" && value !== undefined)
      say(
        "llm",
        modelSource(
          value,
          step.name,
          answer === undefined ? [] : ["structuredOutput"],
          comments,
          sources,
          found.source.asks
        )
      )
    else if (typeof value === "function" && !Schema.isSchema(value))
      say(field.option, functionSource(step, raw, field, sources))
    else if (
      value !== undefined &&
      !(fromPython && goesWithoutSaying(found.source, field.option, value)) &&
      !entries.some(([name]) => name === field.option)
    )
      say(field.option, writer.value(value))
  }
  if (answer !== undefined)
    entries.push([
      "structuredOutput",
      writer.named(answer.name.replaceAll(/[^\p{ID_Continue}]+/gu, "_"), answer.schema)
    ])
  if (sources.unknown.get(step.name) === "rows" || sources.unknown.get(step.name) === "samples") {
    comments.push(
      "The document has no rows: give some here, or to run as dataset (on the command line --input rows.jsonl)."
    )
    entries.splice(1, 0, ["data", `[] as ReadonlyArray<${rowType(step, sources)}>`])
  }
  // Columns with other names must be known.
  const mapped = Object.entries(sources.implied.get(step.name) ?? {}).filter(
    ([column]) => column in step.mappings.output
  )
  if (
    mapped.length > 0 &&
    sources.unknown.get(step.name) === "source" &&
    options["columns"] === undefined
  )
    entries.push(["columns", writer.value({ "~known": Object.fromEntries(mapped) }) as string])
  entries.push(...sharedEntries(step, found.source, options, sources))
  return { comments, code: `${writer.library(found.source.madeBy)}(${objectSource(entries)})` }
}

/** Python's documents spell out what is as ever, and what follows from the rest. */
const goesWithoutSaying = (
  { defaults, implied }: SourceFacts,
  option: string,
  value: unknown
): boolean => implied.includes(option) || isUsual(defaults, option, value) || isEmpty(value)

/** Whether an option has the value that is meant where it is left out. */
const isUsual = (
  defaults: Readonly<Record<string, unknown>>,
  option: string,
  value: unknown
): boolean => Object.hasOwn(defaults, option) && defaults[option] === value

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0

/** Options that every step has. */
const sharedEntries = (
  step: StepData,
  { takesMappings }: SourceFacts,
  options: Readonly<Record<string, unknown>>,
  { writer }: StepSources
): ReadonlyArray<readonly [string, string]> => {
  const { input, output } = step.mappings
  const renames = takesMappings
    ? [["inputMappings", input] as const, ["outputMappings", output] as const]
    : []
  if (!takesMappings && Object.keys(output).length > 0)
    writer.notes.push(
      `'${step.name}' gives its columns other names (${Object.entries(output)
        .map(([from, to]) => `${from} as ${to}`)
        .join(", ")}): rename them after it`
    )
  return [
    ...renames
      .filter(([, names]) => Object.keys(names).length > 0)
      .map(([option, names]) => [option, writer.value(names) as string] as const),
    ...(step.batchSizeGiven
      ? [
          [
            step.kind === "generator" ? "batchSize" : "inputBatchSize",
            String(step.batchSize)
          ] as const
        ]
      : []),
    ...(typeof options["useCache"] === "boolean"
      ? [["useCache", String(options["useCache"])] as const]
      : [])
  ]
}

const functionSource = (
  step: StepData,
  raw: TreeRecord,
  { key, option }: Field,
  sources: StepSources
): string => {
  const value = raw[key] ?? ownFields(raw)[key]
  const found = isRecord(value) ? exportedSource(value, sources) : undefined
  return found ?? `() => ${sources.writer.missing(`'${option}' of '${step.name}'`)}`
}

const kwargsSource = (kwargs: Readonly<Record<string, unknown>>, writer: SourceWriter): string =>
  objectSource(
    Object.entries(kwargs).flatMap(([name, value]) => {
      const source = writer.value(value)
      return typeof source === "string" ? [[camelCased(name), source] as const] : []
    })
  )

/** A model, or a stand-in for one, which refuses to answer. */
const modelSource = (
  model: unknown,
  step: string,
  without: ReadonlyArray<string>,
  comments: Array<string>,
  { fromPython, registry, writer }: StepSources,
  asks: ModelRequests = "chat"
): string => {
  const { generationKwargs, kind, options, type } = model as DescribedModel & {
    readonly generationKwargs: Readonly<Record<string, unknown>>
  }
  const found = registry.models.get(type)
  if (found === undefined || kind !== asks) {
    const maker = registry.ownModels[asks]
    const name = ["model", writer.value(options["model"]) as string] as const
    comments.push(
      `${type} ${found === undefined ? "is not here" : `is asked for ${kind}, not ${asks}`}: say how it answers, or put a model that is here in its place.`
    )
    if (registry.models.has(maker)) return `${writer.library(maker)}(${objectSource([name])})`
    return `${writer.library(maker)}(${objectSource([
      ["name", JSON.stringify(type)],
      name,
      ...(asks !== "chat" || isEmpty(generationKwargs)
        ? []
        : [["generationKwargs", kwargsSource(generationKwargs, writer)] as const]),
      ["ask", `() => ${writer.missing(`${type} of '${step}'`)}`]
    ])})`
  }
  const entries = new Map<string, string>()
  for (const { option } of found.fields) {
    const value = options[option]
    if (
      value === undefined ||
      without.includes(option) ||
      (fromPython &&
        (isUsual(found.defaults, option, value) || (isRecord(value) && isEmpty(value))))
    )
      continue
    const source =
      typeof value === "function"
        ? `() => ${writer.missing(`'${option}' of the model of '${step}'`)}`
        : writer.value(value)
    if (source !== unsaid) entries.set(option, source)
  }
  return `${writer.library(type)}(${objectSource([...entries].sort(([a], [b]) => Number(b === "model") - Number(a === "model")))})`
}

/** The type of rows that are not in the document. */
const rowType = ({ name }: StepData, { implied, unknown, writer }: StepSources): string => {
  const columns = Object.entries(implied.get(name)!).map(
    ([column, schema]) =>
      [
        column,
        unknown.get(name) === "samples" ? elementOf(schema) : (schema as Schema.Top)
      ] as const
  )
  // Nothing is known of them: a column to begin with.
  return columns.length === 0
    ? "{ readonly text: string }"
    : writer.type(Schema.Struct(Object.fromEntries(columns)))
}

const elementOf = (schema: Schema.Constraint): Schema.Top => {
  const ast = SchemaAST.toType(schema.ast)
  const [element] = SchemaAST.isArrays(ast) ? ast.rest : []
  return element === undefined ? Schema.Unknown : Schema.make<Schema.Top>(element)
}

const longestValue = 90

const shortly = (value: unknown): string => {
  const text =
    JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? Number(part) : part)) ??
    String(value)
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text
}

const makers: Readonly<Record<StepData["kind"], string>> = {
  generator: "generatorStep",
  step: "step",
  global: "globalStep",
  join: "joinStep"
}

/**
 * A step of a class that is not here: what it reads and gives, as far as the graph tells, and its
 * code to be written.
 */
const skeletonSource = ({ step }: GraphNode, sources: StepSources): StepSource => {
  const { implied, pipeline, registry, unknown, writer } = sources
  const task = unknown.get(step.name) === "task"
  const part = pipeline.missing.find(
    ({ kind, steps }) => kind === "step" && steps.includes(step.name)
  )
  const outputs = implied.get(step.name)!
  const reads: Columns = Object.fromEntries(
    Object.keys(step.reads.columns).map((column) => [
      column,
      step.reads.columns[column] === Schema.Any ? Schema.Unknown : step.reads.columns[column]!
    ])
  )
  const told = Object.fromEntries(
    Object.entries(step.options).filter(
      ([option, value]) =>
        option !== "llm" &&
        value !== undefined &&
        !registry.isModel(value) &&
        !isUsual(registry.taskDefaults, option, value)
    )
  )
  const comments = [
    `${step.type}${part === undefined || part.module === "" ? "" : ` of ${part.module}`} is not here: write what it does.${Object.keys(told).length === 0 ? "" : " The document says of it:"}`,
    ...Object.entries(told).map(([option, value]) => `  ${option}: ${shortly(value)}`)
  ]
  const { input, output } = step.mappings
  const code = (what: string): string =>
    `() => ${writer.missing(`${what} of '${step.name}' (${step.type})`)}`
  const entries: Array<readonly [string, string]> = [["name", JSON.stringify(step.name)]]
  if (task)
    entries.push(["llm", modelSource(step.options["llm"], step.name, [], comments, sources)])
  if (Object.keys(reads).length > 0 && step.kind !== "generator")
    entries.push(["inputs", writer.columns(reads)])
  if (task || Object.keys(outputs).length > 0 || step.kind === "generator")
    entries.push(["outputs", writer.columns(outputs)])
  if (Object.keys(input).length > 0) entries.push(["inputMappings", writer.value(input) as string])
  if (Object.keys(output).length > 0)
    entries.push(["outputMappings", writer.value(output) as string])
  if (step.batchSizeGiven)
    entries.push([
      step.kind === "generator" ? "batchSize" : "inputBatchSize",
      String(step.batchSize)
    ])
  entries.push(
    ...(task
      ? [
          ["prompt", code("the prompt")] as const,
          ["parse", code("what is read off the answer")] as const
        ]
      : [["process", code("the code")] as const])
  )
  return {
    comments,
    code: `${writer.library(task ? "task" : makers[step.kind])}(${objectSource(entries)})`
  }
}
