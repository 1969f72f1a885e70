/**
 * The shape of a pipeline's document, version 1: Python's keys, and beside them a key of our own
 * that Python passes over.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { misspelt } from "./DocumentProblem.ts"
import { isRecord, type Path, shownPath, type TreeRecord, valueAt } from "./Tree.ts"

/** The key of what Python has no word for: in the document, in a step, in a model, in a routing. */
export const ownKey = "distilabel_ts"

/** The module under which documents name classes that Python does not have. */
export const ownModule = "distilabel_ts"

/** The version of the shape. A document that says a later one is refused. */
export const documentVersion = 1

const orNull = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))
const Names = Schema.Record(Schema.String, Schema.String)
const Size = Schema.Int.check(Schema.isGreaterThan(0))

const TypeInfo = Schema.Struct({ module: Schema.String, name: Schema.String })

/** What a value is by reference: an export of a module. */
const Referring = {
  module: orNull(Schema.String),
  export: orNull(Schema.String),
  version: orNull(Schema.String)
}

const StepFields = Schema.Struct({
  name: orNull(Schema.String),
  type_info: TypeInfo,
  input_mappings: orNull(Names),
  output_mappings: orNull(Names),
  use_cache: orNull(Schema.Boolean),
  input_batch_size: orNull(Size),
  batch_size: orNull(Size),
  [ownKey]: orNull(
    Schema.Union([
      Schema.String,
      Schema.Struct({
        ...Referring,
        name: orNull(Schema.String),
        class: orNull(Schema.String),
        from: orNull(Schema.Array(Schema.String)),
        gather: orNull(Schema.Literals(["one", "join", "zip", "concat"]))
      })
    ])
  )
})

const Step = Schema.Struct({ name: orNull(Schema.String), step: StepFields })

const Connection = Schema.Struct({ from: Schema.String, to: orNull(Schema.Array(Schema.String)) })

const RoutingFunction = Schema.Struct({
  step: Schema.String,
  description: orNull(Schema.String),
  type_info: orNull(
    Schema.Struct({
      module: Schema.String,
      name: Schema.String,
      kwargs: orNull(Schema.Record(Schema.String, Schema.Unknown))
    })
  ),
  [ownKey]: orNull(
    Schema.Struct({
      ...Referring,
      to: orNull(Schema.Array(Schema.String)),
      by: orNull(Schema.Literals(["row", "batch"])),
      seed: orNull(Schema.Finite)
    })
  )
})

/**
 * What documents must be like where they say something. They may say more: the check leaves the
 * document as it is.
 */
export const PipelineDocument = Schema.Struct({
  distilabel: orNull(Schema.Struct({ version: Schema.optionalKey(Schema.Unknown) })),
  pipeline: Schema.Struct({
    name: orNull(Schema.String),
    description: orNull(Schema.String),
    steps: Schema.Array(Step),
    connections: orNull(Schema.Array(Connection)),
    routing_batch_functions: orNull(Schema.Array(RoutingFunction))
  }),
  requirements: orNull(Schema.Array(Schema.String)),
  [ownKey]: orNull(
    Schema.Struct({ version: orNull(Schema.Int), leaves: orNull(Schema.Array(Schema.String)) })
  )
})

/** A document whose shape was checked. */
export type PipelineDocument = typeof PipelineDocument.Type
export type StepEntry = PipelineDocument["pipeline"]["steps"][number]
export type StepFields = StepEntry["step"]
export type RoutingEntry = NonNullable<
  PipelineDocument["pipeline"]["routing_batch_functions"]
>[number]

/** Something of a wrong shape. */
export interface ShapeIssue {
  readonly path: Path
  readonly detail: string
  /** Whether a key is what is wrong, not its value. */
  readonly key: boolean
}

const decode = Schema.decodeUnknownResult(PipelineDocument, { errors: "all" })
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** Keys that may be there, by the last named key of the way to them. */
const knownKeys: Readonly<Record<string, ReadonlyArray<string>>> = {
  "": ["distilabel", "pipeline", "requirements", ownKey],
  pipeline: ["name", "description", "steps", "connections", "routing_batch_functions", "type_info"],
  steps: ["name", "step"],
  connections: ["from", "to"],
  routing_batch_functions: ["step", "description", "type_info", ownKey]
}

/** All that is wrong with the shape of a document. */
export const shapeIssues = (tree: unknown): ReadonlyArray<ShapeIssue> => {
  const slips = slippedKeys(tree)
  const result = decode(tree)
  const issues = Result.isSuccess(result)
    ? []
    : issuesOf(result.failure.issue).issues.map(({ message, path }) =>
        shapeIssue(tree, (path ?? []) as Path, message)
      )
  // A missing key that is there under a misspelt name is told once.
  return [
    ...slips.map(({ issue }) => issue),
    ...issues.filter(({ path }) => !slips.some(({ meant }) => shownPath(meant) === shownPath(path)))
  ]
}

interface Slip {
  readonly issue: ShapeIssue
  readonly meant: Path
}

/**
 * Keys a letter or two away from one that is not there: `conections`. Keys that nobody knows are
 * kept, as Python does.
 */
const slippedKeys = (tree: unknown): ReadonlyArray<Slip> => {
  const slips: Array<Slip> = []
  const look = (path: Path, kind: string): void => {
    const record = valueAt(tree, path)
    const known = knownKeys[kind]
    if (!isRecord(record) || known === undefined) return
    const absent = known.filter((key) => !(key in record))
    for (const key of Object.keys(record).filter((name) => !known.includes(name))) {
      const meant = misspelt(key, absent)
      if (meant !== undefined)
        slips.push({
          meant: [...path, meant],
          issue: {
            path: [...path, key],
            key: true,
            detail: `${where(path)} has a key '${key}', which documents do not have. Did you mean '${meant}'?`
          }
        })
    }
  }
  look([], "")
  look(["pipeline"], "pipeline")
  for (const list of ["steps", "connections", "routing_batch_functions"]) {
    const items = valueAt(tree, ["pipeline", list])
    if (Array.isArray(items)) for (const i of items.keys()) look(["pipeline", list, i], list)
  }
  return slips
}

const where = (path: Path): string => (path.length === 0 ? "The document" : `'${shownPath(path)}'`)

const shapeIssue = (tree: unknown, path: Path, message: string): ShapeIssue => {
  const missing = message === "Missing key"
  const key = String(path.at(-1) ?? "")
  const got = valueAt(tree, path)
  const detail = missing
    ? `${where(path.slice(0, -1))} has no key '${key}', which it needs${hint(key)}.`
    : path.length === 0
      ? `This is no pipeline's document: it holds ${shown(got)}. A document is a mapping with the key 'pipeline'.`
      : `'${shownPath(path)}' is ${shown(got)}. ${message.replace(/, got .*$/s, "")}.`
  return { path: missing ? path.slice(0, -1) : path, key: false, detail }
}

const hint = (key: string): string =>
  ((
    {
      type_info: ": { module, name } of its class",
      steps: ": a list of steps",
      step: ": the step's class, name and options"
    } as TreeRecord
  )[key] as string | undefined) ?? ""

/** A value as one reads it in a message. */
export const shown = (value: unknown): string => {
  if (value === null || value === undefined) return "nothing"
  if (Array.isArray(value))
    return value.length === 0 ? "an empty list" : `a list of ${value.length}`
  if (typeof value === "object") return "a mapping"
  const text = typeof value === "string" ? `'${value}'` : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
