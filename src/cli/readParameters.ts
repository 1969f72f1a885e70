/**
 * Parameters as the command line gives them: `generate.llm.generationKwargs.temperature=0.2`, and
 * files of them.
 */
import { readFileSync } from "node:fs"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { load } from "js-yaml"
import { camelCased } from "../columns/caseNames.ts"
import type { Columns } from "../columns/Columns.ts"
import { required } from "../columns/Shape.ts"
import { DataError } from "../data/rows/DataError.ts"
import type { Graph } from "../pipeline/Graph.ts"
import { type GivenParameters, withParameters } from "../pipeline/parameters.ts"
import { InvalidPipeline, type MissingParameter } from "../pipeline/problems.ts"
import { UsageError } from "./UsageError.ts"

/** What the command line says of parameters. */
export interface ParameterOptions {
  /** `STEP.PATH=VALUE`, later ones over earlier ones. */
  readonly param: ReadonlyArray<string>
  /** A YAML or JSON file of parameters by step. */
  readonly params: string | undefined
}

/** Values by key, and by key again. */
interface Values {
  [key: string]: unknown
}

/**
 * Parameters by step, in the types that the steps have for them. Keys may be written as in Python:
 * `llm.generation_kwargs.max_new_tokens`. Throws a UsageError with all that is wrong.
 */
export const readParameters = (
  command: string,
  { param, params }: ParameterOptions,
  graph: Graph
): GivenParameters => {
  const parameters: Record<string, Values> = {}
  const typesOf = (step: string): Columns => graph.nodes.get(step)?.step.parameters ?? {}
  for (const [step, values] of Object.entries(params === undefined ? {} : fileOf(command, params)))
    merge((parameters[step] ??= {}), values, typesOf(step))
  for (const text of param) {
    const { keys, step, value } = assignment(command, text, [...graph.nodes.keys()])
    set((parameters[step] ??= {}), keys, value, typesOf(step))
  }
  // What must be set may still come as a dataset: the run tells of it.
  const problems = withParameters(graph, parameters).problems.filter(
    ({ _tag }) => _tag !== "MissingParameter"
  )
  if (problems.length > 0)
    throw new UsageError(command, problems.map(({ message }) => message).join("\n"))
  return parameters
}

/**
 * A run that was refused for want of parameters alone, told in the words of the command line; any
 * other error as it is.
 */
export const inWordsOfOptions = (command: string, error: unknown, graph: Graph): unknown => {
  if (!(error instanceof InvalidPipeline)) return error
  const sentences = error.all.map((problem) =>
    problem._tag === "MissingParameter" ? needed(problem, graph) : undefined
  )
  return sentences.includes(undefined) ? error : new UsageError(command, sentences.join("\n"))
}

const needed = ({ parameter, step, wants }: MissingParameter, graph: Graph): string => {
  const rows =
    graph.nodes.get(step)?.step.kind === "generator"
      ? `--input ${step}=FILE for rows of a file, or `
      : ""
  return `Step '${step}' needs its parameter '${parameter}': give ${rows}--param ${step}.${parameter}=VALUE (${wants}).`
}

/** Names of steps may have dots: the longest that fits is meant. */
const assignment = (
  command: string,
  text: string,
  steps: ReadonlyArray<string>
): { readonly step: string; readonly keys: ReadonlyArray<string>; readonly value: string } => {
  const equals = text.indexOf("=")
  const path = text.slice(0, equals)
  const step =
    steps.filter((name) => path.startsWith(`${name}.`)).sort((a, b) => b.length - a.length)[0] ??
    path.split(".")[0]!
  const keys = path.slice(step.length + 1).split(".")
  if (equals < 0 || keys.some((key) => key === ""))
    throw new UsageError(command, `--param takes STEP.PATH=VALUE, not '${text}'`)
  return { step, keys, value: text.slice(equals + 1) }
}

const fileOf = (command: string, path: string): Readonly<Record<string, Values>> => {
  let read: unknown
  try {
    read = load(readFileSync(path, "utf8"))
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== undefined)
      throw DataError.of("read", path, thrown)
    throw new DataError({
      action: "read",
      path,
      detail: `it is no YAML: ${(thrown as Error).message.split("\n")[0]!}.`
    })
  }
  if (isValues(read) && Object.values(read).every(isValues))
    return read as Readonly<Record<string, Values>>
  throw new UsageError(
    command,
    `--params takes a file with parameters by step, as in\n  generate:\n    llm:\n      generationKwargs: { temperature: 0.2 }\nbut '${path}' holds something else`
  )
}

const isValues = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const merge = (into: Values, values: Values, types: Columns): void => {
  for (const [written, value] of Object.entries(values)) {
    const key = keyOf(written, types)
    const fields = fieldsOf(types[key])
    if (!isValues(value) || fields === undefined) into[key] = value
    else merge(inside(into, key), value, fields)
  }
}

const set = (
  into: Values,
  [written = "", ...rest]: ReadonlyArray<string>,
  text: string,
  types: Columns
): void => {
  const key = keyOf(written, types)
  if (rest.length === 0) into[key] = valueOf(text, types[key])
  else set(inside(into, key), rest, text, fieldsOf(types[key]) ?? {})
}

const inside = (values: Values, key: string): Values => {
  const inner = values[key]
  const next = isValues(inner) ? inner : {}
  values[key] = next
  return next
}

/** The key as the step has it: Python's snake_case is understood too. */
const keyOf = (written: string, types: Columns): string =>
  !(written in types) && camelCased(written) in types ? camelCased(written) : written

const fieldsOf = (schema: Columns[string] | undefined): Columns | undefined => {
  const inner = schema === undefined ? undefined : required(schema)
  return inner !== undefined && "fields" in inner && SchemaAST.isObjects(inner.ast)
    ? (inner.fields as Columns)
    : undefined
}

/**
 * A text as the value that its parameter takes: a number for a number, and for a text the text
 * itself.
 */
const valueOf = (text: string, schema: Columns[string] | undefined): unknown => {
  const parsed = parsedValues(text)
  if (schema === undefined) return parsed[0] ?? text
  const accepts = (value: unknown): boolean =>
    Result.isSuccess(Schema.decodeUnknownResult(required(schema) as Schema.Codec<unknown>)(value))
  const fits = [...parsed.filter((value) => typeof value !== "string"), text, ...parsed].filter(
    accepts
  )
  return [...fits, ...parsed, text][0]
}

const pythonWords: Readonly<Record<string, unknown>> = { True: true, False: false, None: null }

/** What a text is in JSON or in Python's words, if it is anything. */
const parsedValues = (text: string): ReadonlyArray<unknown> => {
  if (Object.hasOwn(pythonWords, text)) return [pythonWords[text]]
  try {
    return [JSON.parse(text)]
  } catch {
    return []
  }
}
