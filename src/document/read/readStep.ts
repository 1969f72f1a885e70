/** Steps of a document: the class is looked up, its fields are read, and the step is made of them. */
import * as Schema from "effect/Schema"
import { camelCased } from "../../columns/caseNames.ts"
import type { Columns } from "../../columns/Columns.ts"
import { withNulls } from "../../step/allowNulls.ts"
import { defaultBatchSize } from "../../step/makeStep.ts"
import type { StepData, StepKind } from "../../step/Step.ts"
import { isGlobal } from "../classes/pythonClasses.ts"
import type { Reading, Registry, StepClass } from "../classes/Registry.ts"
import { columnsOfJson } from "../classes/schemaJson.ts"
import { ownKey, type StepFields } from "../tree/DocumentSchema.ts"
import { isRecord, type Tree, type TreeRecord } from "../tree/Tree.ts"
import {
  attempt,
  camelOptions,
  classOf,
  isMistaken,
  made,
  missingClass,
  ownFields,
  unknownClass
} from "./readModel.ts"
import { overlaid, unknownStep } from "./refusing.ts"

/** Where a step stands in the graph, which says what kind an unknown one is. */
export interface Surroundings {
  readonly before: number
  readonly name: string
}

/** Keys of every step. */
const keysOfSteps = [
  "name",
  "resources",
  "input_mappings",
  "output_mappings",
  "use_cache",
  "input_batch_size",
  "batch_size",
  "runtime_parameters_info",
  "type_info",
  "exclude_from_signature",
  "artifacts",
  ownKey
]

/**
 * Makes a step of its fields. What cannot be made is a step that refuses to run, so that the graph
 * is whole.
 */
export const readStep = (
  registry: Registry,
  fields: StepFields,
  { before, name }: Surroundings,
  at: Reading
): StepData => {
  const info = fields.type_info
  const record = fields as unknown as TreeRecord
  const own = ownFields(record)
  const shared = sharedOptions(fields, own, name)
  // In place of a step that could not be made; what is wrong in it was told already.
  const spare = (): StepData => unknown(record, shared, silent(at), before)
  const bound = at.bound(info.name, `${info.module}.${info.name}`)
  const whole = at.bound(name)
  const found = typeof bound === "function" ? undefined : classOf(registry.steps, info, own)
  const step = (): StepData => {
    if (isStep(whole)) return whole.name === name ? whole : overlaid(whole, { name })
    if (typeof bound === "function")
      return boundStep(bound as (options: never) => unknown, record, shared, at) ?? spare()
    if (own["export"] !== undefined) return exportedStep(found, record, own, spare, shared, at)
    if (found !== undefined) return madeStep(found, record, own, shared, at) ?? spare()
    if (isMistaken(registry.steps, info)) unknownClass(registry.steps, info, at)
    else at.lacks(missingClass("step", info))
    return unknown(record, shared, at, before)
  }
  const { input_mappings, output_mappings, use_cache } = fields
  const allowed = own["allows_null"]
  const isList = Array.isArray(allowed) && allowed.every((column) => typeof column === "string")
  const read = step()
  return overlaid(isList ? withNulls(read, allowed) : read, {
    mappings: { input: input_mappings ?? {}, output: output_mappings ?? {} },
    ...(use_cache === undefined || use_cache === null ? {} : { useCache: use_cache })
  })
}

/** Options that all steps have. Python writes the default batch size too, which then was not given. */
const sharedOptions = (
  fields: StepFields,
  own: TreeRecord,
  name: string
): Readonly<Record<string, unknown>> => {
  const given = (size: number | null | undefined): boolean =>
    size !== undefined &&
    size !== null &&
    (size !== defaultBatchSize || own["batch_size_given"] === true)
  const { batch_size, input_batch_size, input_mappings, output_mappings, use_cache } = fields
  return {
    name,
    ...(given(input_batch_size) ? { inputBatchSize: input_batch_size } : {}),
    ...(given(batch_size) ? { batchSize: batch_size } : {}),
    ...(Object.keys(input_mappings ?? {}).length > 0 ? { inputMappings: input_mappings } : {}),
    ...(Object.keys(output_mappings ?? {}).length > 0 ? { outputMappings: output_mappings } : {}),
    ...(use_cache === undefined ||
    use_cache === null ||
    (use_cache && own["use_cache_given"] !== true)
      ? {}
      : { useCache: use_cache })
  }
}

const madeStep = (
  found: StepClass,
  record: TreeRecord,
  own: TreeRecord,
  shared: Readonly<Record<string, unknown>>,
  at: Reading
): StepData | undefined => {
  const step = made(found, record, own, keysOfSteps, shared, at)
  // Some classes take no batch size or mappings as options; in Python every step has them.
  const size = shared["inputBatchSize"] ?? shared["batchSize"]
  return step !== undefined && typeof size === "number" && !step.batchSizeGiven
    ? overlaid(step, { batchSize: size, batchSizeGiven: true })
    : step
}

const boundStep = (
  make: (options: never) => unknown,
  record: TreeRecord,
  shared: Readonly<Record<string, unknown>>,
  at: Reading
): StepData | undefined => {
  const { name } = record["type_info"] as { readonly name: string }
  const step = attempt(
    () => make({ ...camelOptions(record, at, keysOfSteps), ...shared } as never),
    at,
    name
  )
  if (step === undefined) return undefined
  if (!isStep(step)) {
    at.problem(
      `What is bound to '${name}' gives no step. Bind a function that gives one: bind: { ${name}: (options) => step({ … }) }`
    )
    return undefined
  }
  if (step.name !== at.step) {
    at.problem(
      `What is bound to '${name}' gives a step called '${step.name}'. Pass the name on: bind: { ${name}: ({ name }) => step({ name, … }) }`
    )
    return undefined
  }
  return step
}

/** A step that a module exports. The document's own words say the same as the step, or it is told. */
const exportedStep = (
  found: StepClass | undefined,
  record: TreeRecord,
  own: TreeRecord,
  spare: () => StepData,
  shared: Readonly<Record<string, unknown>>,
  at: Reading
): StepData => {
  const exported = at.in(ownKey).exported(own, "step")
  if (exported === undefined)
    return (found === undefined ? undefined : described(found, record, own, shared, at)) ?? spare()
  const where = `'${String(own["export"])}' of '${String(own["module"])}'`
  if (!isStep(exported))
    at.in(ownKey, "export").problem(
      `${where} is no step, but step '${at.step}' refers to it.`,
      "NoSuchExport"
    )
  else if (exported.name !== at.step)
    at.in(ownKey, "export").problem(
      `${where} is a step called '${exported.name}', but the document calls it '${at.step}'. Give both the same name.`,
      "NoSuchExport"
    )
  else {
    const { version } = exported.options
    const said = record["version"] ?? undefined
    if (said !== undefined && said !== version)
      at.in("version").warn(
        `Step '${at.step}' was written down in version '${String(said)}', and the module has version '${String(version ?? "none")}'.`
      )
    const size = shared["inputBatchSize"] ?? shared["batchSize"]
    return typeof size === "number"
      ? overlaid(exported, { batchSize: size, batchSizeGiven: true })
      : exported
  }
  return spare()
}

/**
 * The step as the document describes it, without the code that its module has. Functions are not
 * asked for one by one: the step itself is what is missing.
 */
const described = (
  found: StepClass,
  record: TreeRecord,
  own: TreeRecord,
  shared: Readonly<Record<string, unknown>>,
  at: Reading
): StepData | undefined => {
  const inside: Reading = reading(at, {
    lacks: () => undefined,
    exported: () => undefined,
    in: () => inside
  })
  return madeStep(found, record, own, shared, inside)
}

/** Reading of what was read before: nothing is told twice. */
const silent = (at: Reading): Reading => {
  const nothing = (): undefined => undefined
  const told: Reading = reading(at, {
    problem: nothing,
    warn: nothing,
    lacks: nothing,
    exported: nothing,
    model: nothing,
    in: () => told
  })
  return told
}

/** A reading that does some things otherwise. */
const reading = (at: Reading, otherwise: Partial<Reading>): Reading => ({
  step: at.step,
  rows: at.rows,
  isPythons: at.isPythons,
  in: (...keys) => at.in(...keys),
  problem: (detail, reason, part) => at.problem(detail, reason, part),
  warn: (detail) => at.warn(detail),
  problems: () => at.problems(),
  lacks: (part) => at.lacks(part),
  bound: (...names) => at.bound(...names),
  exported: (reference, kind) => at.exported(reference, kind),
  model: (value) => at.model(value),
  ...otherwise
})

const isStep = (value: unknown): value is StepData =>
  typeof value === "object" &&
  value !== null &&
  "open" in value &&
  "gives" in value &&
  "mappings" in value &&
  "kind" in value

const unknown = (
  record: TreeRecord,
  shared: Readonly<Record<string, unknown>>,
  at: Reading,
  before: number
): StepData => {
  const { name: type } = record["type_info"] as { readonly name: string }
  const columns = (key: string) => {
    try {
      return isRecord(record[key]) ? columnsOfJson(record[key]) : undefined
    } catch {
      return undefined
    }
  }
  const kind = kindOf(record["kind"], type, before)
  return unknownStep({
    name: at.step,
    type,
    kind,
    rowCount: kind === "step" ? "one-to-many" : undefined,
    inputMappings: (record["input_mappings"] ?? {}) as Readonly<Record<string, string>>,
    outputMappings: (record["output_mappings"] ?? {}) as Readonly<Record<string, string>>,
    batchSize: (shared["inputBatchSize"] ?? shared["batchSize"]) as number | undefined,
    parameters: declaredParameters(record["runtime_parameters_info"]),
    inputs: columns("inputs")?.columns,
    outputs: columns("outputs"),
    options: camelOptions(record, at, keysOfSteps)
  })
}

const kindOf = (said: unknown, type: string, before: number): StepKind => {
  if (said === "generator" || said === "step" || said === "global" || said === "join") return said
  if (before === 0) return "generator"
  return before > 1 ? "join" : isGlobal(type) ? "global" : "step"
}

/** The parameters that Python says a step has, of any type: one may set them, and they are kept. */
const declaredParameters = (info: Tree | undefined): Columns =>
  Object.fromEntries(
    (Array.isArray(info) ? (info as ReadonlyArray<Tree>) : []).flatMap((entry) =>
      isRecord(entry) &&
      typeof entry["name"] === "string" &&
      entry["name"] !== "batch_size" &&
      entry["name"] !== "input_batch_size"
        ? [[camelCased(entry["name"]), Schema.optionalKey(Schema.Unknown)]]
        : []
    )
  )
