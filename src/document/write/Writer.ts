/** What is found while a document is written: warnings, and the exports that values are. */
import { threadsOf } from "../../step/inThreads.ts"
import type { StepData } from "../../step/Step.ts"
import { type Modules, referenceFinder } from "../classes/modules.ts"
import type {
  DescribedModel,
  Field,
  Reference,
  Registry,
  StepClass,
  ModelClass,
  Writing
} from "../classes/Registry.ts"
import { ownKey, ownModule } from "../tree/DocumentSchema.ts"
import { isRecord, setKey, type Tree, type TreeRecord } from "../tree/Tree.ts"

/** Something that a document does not say as it is. */
export interface SaveWarning {
  /** The step; empty for the whole document. */
  readonly step: string
  readonly detail: string
}

/** Whether the rows of `LoadDataFromDicts` go into the document. */
export type RowsInDocument = "inline" | "leave-out"

/** More bytes of rows than this are left out of a document. */
export const mostRowBytes = 1024 * 1024

export class Writer {
  readonly warnings: Array<SaveWarning> = []
  readonly #registry: Registry
  readonly #find: (same: (exported: unknown) => boolean) => Reference | undefined
  readonly #rows: RowsInDocument

  constructor(registry: Registry, modules: Modules, rows: RowsInDocument) {
    this.#registry = registry
    this.#find = referenceFinder(modules)
    this.#rows = rows
  }

  warn(step: string, detail: string): void {
    if (!this.warnings.some((warning) => warning.step === step && warning.detail === detail))
      this.warnings.push({ step, detail })
  }

  /**
   * The export that a step is. A step keeps its options wherever it is connected and however it is
   * configured.
   */
  stepReference(step: StepData): Reference | undefined {
    return this.#find(
      (exported) =>
        typeof exported === "object" &&
        exported !== null &&
        "options" in exported &&
        exported.options === step.options &&
        "gives" in exported
    )
  }

  /** The export that a value is; a function for threads says itself where it is. */
  reference(value: unknown): Reference | undefined {
    return this.#find((exported) => exported === value) ?? threadsOf(value)
  }

  writing(step: string, unwritable: (what: string) => void): Writing {
    return {
      step,
      warn: (detail) => this.warn(step, detail),
      unwritable,
      referenceTo: (value) => this.reference(value),
      model: (value) => this.model(value, step, unwritable),
      holdsRows: (rows) => this.#holdsRows(rows, step)
    }
  }

  /** A model's class and fields. */
  model(value: unknown, step: string, unwritable: (what: string) => void): TreeRecord {
    const { options, type } = value as DescribedModel
    const found = this.#registry.models.get(type)
    if (found === undefined) {
      unwritable(`its model '${type}'`)
      return { type_info: { module: ownModule, name: type } }
    }
    return record(found, fieldsOf(found, options, this.writing(step, unwritable)), {})
  }

  #holdsRows(rows: ReadonlyArray<unknown>, step: string): boolean {
    if (this.#rows === "leave-out") return false
    let bytes = 0
    try {
      bytes = JSON.stringify(rows).length
    } catch {
      return true
    }
    if (bytes <= mostRowBytes) return true
    this.warn(
      step,
      `its ${rows.length.toLocaleString("en")} rows are more than ${mostRowBytes / 1024 / 1024} MB and are left out: the document asks for them when it is run. Write them to a file and load that with LoadDataFromFileSystem`
    )
    return false
  }
}

/** What a class writes: keys that Python's class has, and keys that it passes over. */
export interface Fields {
  readonly python: TreeRecord
  readonly own: TreeRecord
}

export const fieldsOf = (
  { fields, module }: StepClass | ModelClass,
  options: Readonly<Record<string, unknown>>,
  at: Writing
): Fields => {
  const python: Record<string, Tree> = {}
  const own: Record<string, Tree> = {}
  for (const field of fields) {
    const value = options[field.option]
    const written = value === undefined ? undefined : field.write(value, at)
    if (written !== undefined) setKey(isOwn(field, module) ? own : python, field.key, written)
  }
  return { python, own }
}

/** The same with what Python must be told besides, marked as what follows from the rest. */
export const withDerived = (
  { own, python }: Fields,
  { llm = {}, step = {} }: { readonly step?: TreeRecord; readonly llm?: TreeRecord }
): Fields => {
  const model = python["llm"]
  const withModel =
    isRecord(model) && Object.keys(llm).length > 0
      ? { ...python, llm: besides(model, llm) }
      : python
  const keys = Object.keys(step)
  return keys.length === 0
    ? { python: withModel, own }
    : { python: { ...withModel, ...step }, own: { ...own, derived: keys } }
}

const besides = (model: TreeRecord, derived: TreeRecord): TreeRecord => {
  const { [ownKey]: own = {}, type_info = null, ...fields } = model
  return {
    ...fields,
    ...derived,
    [ownKey]: passedOver({
      ...(isRecord(own) ? own : (JSON.parse(String(own)) as TreeRecord)),
      derived: Object.keys(derived)
    }),
    type_info
  }
}

const isOwn = (field: Field, module: string): boolean => field.own && module !== ownModule

/** A class with its fields, in Python's order: the class comes last. */
export const record = (
  { module, name, type }: Pick<StepClass | ModelClass, "module" | "name" | "type">,
  { own, python }: Fields,
  more: TreeRecord
): TreeRecord => {
  const beside = { ...more, ...own, ...(name === type ? {} : { class: type }) }
  return {
    ...python,
    ...(Object.keys(beside).length === 0 ? {} : { [ownKey]: passedOver(beside) }),
    type_info: { module, name }
  }
}

/**
 * Python makes an object of every mapping with `type_info` that it finds, wherever it is: what has
 * one is written as text.
 */
export const passedOver = (own: TreeRecord): Tree => {
  const text = JSON.stringify(own, (_, value: unknown) =>
    typeof value === "bigint" ? Number(value) : value
  )
  return /"(?:type_info|_type)":/.test(text) ? text : own
}
