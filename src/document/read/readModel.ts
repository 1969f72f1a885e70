/**
 * Models of a document, and what steps and models have in common: the class is looked up, and its
 * fields are read as options.
 */
import { camelCased } from "../../columns/caseNames.ts"
import { didYouMean } from "../../columns/closest.ts"
import { expectedNames } from "../classes/expectedNames.ts"
import { boundSchema } from "../classes/fields.ts"
import {
  currentName,
  isPythons,
  pythonModule,
  pythonNames,
  type TypeInfo
} from "../classes/pythonClasses.ts"
import { classNamed, untagged } from "../classes/pythonTags.ts"
import type {
  Class,
  MissingPart,
  ModelClass,
  Reading,
  Registry,
  StepClass
} from "../classes/Registry.ts"
import { misspelt } from "../tree/DocumentProblem.ts"
import { ownKey, ownModule, shown } from "../tree/DocumentSchema.ts"
import { isRecord, recordOf, setKey, type Tree, type TreeRecord } from "../tree/Tree.ts"

const keysOfModels = ["type_info", "runtime_parameters_info", ownKey]

/** Makes a model of its fields, or stands in for it. */
export const readModel = (registry: Registry, value: Tree, at: Reading): unknown => {
  const info = isRecord(value) ? value["type_info"] : undefined
  if (
    !isRecord(value) ||
    !isRecord(info) ||
    typeof info["name"] !== "string" ||
    typeof info["module"] !== "string"
  ) {
    at.problem(
      `A model is a mapping with 'type_info': { module, name } of its class; here is ${shown(value)}.`
    )
    return registry.standIn({ type: "LLM", fields: {} })
  }
  const type: TypeInfo = { module: info["module"], name: info["name"] }
  const own = ownFields(value)
  const bound = at.bound(type.name, `${type.module}.${type.name}`)
  if (typeof bound === "function") {
    const given = attempt(
      () => (bound as (options: never) => unknown)(camelOptions(value, at, keysOfModels) as never),
      at,
      type.name
    )
    if (registry.isModel(given)) return given
    if (given !== undefined)
      at.problem(
        `What is bound to '${type.name}' gives no model. Bind a function that gives one: bind: { ${type.name}: (options) => OpenAILLM({ … }) }`
      )
    return registry.standIn({ type: type.name, fields: value })
  }
  const found = classOf(registry.models, type, own)
  if (found === undefined) {
    if (isMistaken(registry.models, type)) unknownClass(registry.models, type, at)
    else at.lacks(missingClass("model", type))
    camelOptions(value, at, keysOfModels)
    return registry.standIn({ type: type.name, fields: value })
  }
  return (
    made(found, value, own, keysOfModels, {}, at) ??
    registry.standIn({ type: type.name, fields: value })
  )
}

/** What Python has no word for, beside a class's fields. */
export const ownFields = (record: TreeRecord): TreeRecord => {
  const own = record[ownKey]
  if (isRecord(own)) return own
  if (typeof own !== "string") return {}
  try {
    const parsed: unknown = JSON.parse(own)
    return isRecord(parsed) ? parsed : {}
  } catch {
    return {}
  }
}

/**
 * A class by the name that a document has for it. A class of the user's own that is called like one
 * of distilabel is another.
 */
export const classOf = <C extends StepClass | ModelClass>(
  classes: ReadonlyMap<string, C>,
  info: TypeInfo,
  own: TreeRecord
): C | undefined => {
  if (info.module !== ownModule && !isPythons(info)) return undefined
  const written = typeof own["class"] === "string" ? own["class"] : info.name
  const current = currentName(info.name)
  return (
    classes.get(written) ??
    classes.get(current) ??
    [...classes.values()].find(({ name }) => name === current)
  )
}

/**
 * Whether a class that is not here cannot be one that is elsewhere: ours, or one of distilabel in a
 * misspelt name.
 */
export const isMistaken = (classes: ReadonlyMap<string, unknown>, info: TypeInfo): boolean =>
  info.module === ownModule ||
  (isPythons(info) &&
    pythonModule(currentName(info.name)) === undefined &&
    (expectedIn(classes, info.name) !== undefined ||
      misspelt(info.name, [...classes.keys(), ...pythonNames]) !== undefined))

/** The class that people expect under a name that none has. */
const expectedIn = (classes: ReadonlyMap<string, unknown>, name: string): string | undefined => {
  const expected = expectedNames.get(name)
  return expected !== undefined && classes.has(expected) ? expected : undefined
}

/** Tells of it. */
export const unknownClass = (
  classes: ReadonlyMap<string, unknown>,
  { module, name }: TypeInfo,
  at: Reading
): void => {
  const known = [...classes.keys(), ...(module === ownModule ? [] : pythonNames)]
  const expected = expectedIn(classes, name)
  const meant =
    expected === undefined ? didYouMean(name, known) : ` '${expected}' is what does that here.`
  const registered =
    meant === "" && module === ownModule
      ? ` Is it a class of your own? Pass the registry that holds it: { registry: catalogWith(${name}) }.`
      : ""
  at.in("type_info", "name").problem(
    `There is no class '${name}' in '${module}'.${meant}${registered}`,
    "UnknownClass"
  )
}

/** A class that is to be bound. */
export const missingClass = (
  kind: "step" | "model",
  { module, name }: TypeInfo
): Omit<MissingPart, "steps"> => ({
  kind,
  name,
  module,
  give:
    kind === "step"
      ? `bind: { ${name}: (options) => step({ … }) }`
      : `bind: { ${name}: (options) => OpenAILLM({ … }) }`
})

/** Makes a step or a model of its fields; undefined, and told of, if they are not right. */
export const made = <A>(
  found: Class<A>,
  record: TreeRecord,
  own: TreeRecord,
  known: ReadonlyArray<string>,
  shared: Readonly<Record<string, unknown>>,
  at: Reading
): A | undefined => {
  const before = at.problems()
  const options = { ...shared, ...optionsOf(found, record, own, at) }
  tellUnknownKeys(found, record, known, at)
  if (at.problems() > before) return undefined
  for (const key of found.needs) {
    const { option } = found.fields.find((field) => field.key === key)!
    if (options[option] === undefined)
      at.problem(
        `${found.type}${at.step === options["name"] ? "" : " of"} '${at.step}' has no '${key}', which it needs.`
      )
  }
  return at.problems() > before ? undefined : attempt(() => found.make(options, at), at, found.type)
}

/** The options that fields stand for. */
const optionsOf = (
  found: Class<unknown>,
  record: TreeRecord,
  own: TreeRecord,
  at: Reading
): Readonly<Record<string, unknown>> => {
  const options: Record<string, unknown> = {}
  const derived = Array.isArray(own["derived"]) ? (own["derived"] as ReadonlyArray<Tree>) : []
  for (const field of found.fields) {
    if (!field.own && derived.includes(field.key)) continue
    const value = (field.own && found.module !== ownModule ? own : record)[field.key]
    if (value === undefined || value === null) continue
    const read = field.read(
      value,
      field.own && found.module !== ownModule ? at.in(ownKey, field.key) : at.in(field.key)
    )
    const before = options[field.option]
    if (read !== undefined)
      options[field.option] = isRecord(before) && isRecord(read) ? { ...before, ...read } : read
  }
  return options
}

/**
 * Keys that a class does not have: a misspelt one is a mistake, any other is passed over, as Python
 * does.
 */
const tellUnknownKeys = (
  found: Class<unknown>,
  record: TreeRecord,
  known: ReadonlyArray<string>,
  at: Reading
): void => {
  const { ignores, name } = found
  const expected = expectedKeys(found, known)
  for (const key of Object.keys(record)) {
    if (expected.has(key)) continue
    const value = record[key]!
    const passed = ignores[key]
    if (passed !== undefined) {
      if (value !== null && passed.length > 0 && !passed.includes(untagged(value) as Tree))
        at.in(key).warn(
          `'${key}' of '${at.step}' is ${shown(value)}, which this version of ${name} does not do: it is passed over.`
        )
    } else {
      const meant = misspelt(
        key,
        [...expected, ...Object.keys(ignores)].filter((one) => !(one in record))
      )
      if (meant === undefined)
        at.in(key).warn(
          `'${key}' of '${at.step}' is no option of ${name}: it is passed over, and kept.`
        )
      else
        at.in(key).problem(
          `${name} '${at.step}' has a key '${key}', which it does not know. Did you mean '${meant}'?`,
          "UnknownKey",
          "key"
        )
    }
  }
}

/** Keys that a class takes, worked out once for all that are made of it. */
const expectedKeys = (found: Class<unknown>, known: ReadonlyArray<string>): ReadonlySet<string> => {
  const keys =
    expectedOf.get(found) ??
    new Set(
      [...known, ...found.fields.map(({ key }) => key)].filter(
        (key) => found.ignores[key] === undefined
      )
    )
  expectedOf.set(found, keys)
  return keys
}
const expectedOf = new WeakMap<Class<unknown>, ReadonlySet<string>>()

/** What a function makes; undefined, and told of, if it throws. */
export const attempt = <A>(make: () => A, at: Reading, type: string): A | undefined => {
  try {
    return make()
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown)
    at.problem(
      detail.includes(`'${at.step}'`) ? detail : `${type} '${at.step}' cannot be made: ${detail}`
    )
    return undefined
  }
}

/**
 * The fields of a record as options in camelCase: models among them made, classes of Python's that
 * are schemas bound.
 */
export const camelOptions = (
  record: TreeRecord,
  at: Reading,
  without: ReadonlyArray<string>
): Record<string, unknown> => {
  const options: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(record)) {
    if (!without.includes(key) && value !== null)
      setKey(options, camelCased(key), camelOption(key, value, at.in(key)))
  }
  return options
}

const isDescribed = (value: Tree): boolean => isRecord(value) && isRecord(value["type_info"])

const camelOption = (key: string, value: Tree, at: Reading): unknown => {
  if (isDescribed(value)) return at.model(value)
  // Python writes a list of models as a mapping by number.
  const members = Array.isArray(value)
    ? (value as ReadonlyArray<Tree>)
    : isRecord(value)
      ? Object.values(value)
      : []
  if (members.length > 0 && members.every(isDescribed))
    return Object.entries(value as TreeRecord).map(([i, member]) => at.in(i).model(member))
  if (key === "generation_kwargs" && isRecord(value))
    return recordOf(Object.entries(value).map(([name, item]) => [camelCased(name), item]))
  if (classNamed(value) !== undefined) return boundSchema(classNamed(value)!, at)
  const named =
    key === "structured_output" && isRecord(value) ? classNamed(value["schema"]) : undefined
  return named === undefined
    ? untagged(value)
    : { ...(value as TreeRecord), schema: boundSchema(named, at) }
}
