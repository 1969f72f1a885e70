/**
 * What is found while a document is read: problems, warnings and what is missing, each with its
 * place.
 */
import { didYouMean } from "../../columns/closest.ts"
import type { Row } from "../../columns/Row.ts"
import type { Problem } from "../../pipeline/problems.ts"
import type { Imported } from "../classes/modules.ts"
import type { MissingPart, Reading, Registry } from "../classes/Registry.ts"
import { DocumentProblem } from "../tree/DocumentProblem.ts"
import { ownKey } from "../tree/DocumentSchema.ts"
import {
  isRecord,
  type Path,
  type ReadDocument,
  shownPath,
  type Tree,
  type TreeRecord
} from "../tree/Tree.ts"
import type { DocumentWarning } from "./LoadedPipeline.ts"
import { readModel } from "./readModel.ts"

/** What a document may need from outside itself. */
export interface Outside {
  readonly registry: Registry
  readonly bind: Readonly<Record<string, unknown>>
  readonly data: Readonly<Record<string, ReadonlyArray<Row>>>
  readonly modules: Imported
}

/** Something missing, before it is known which steps need it. */
export type Lacking = Omit<MissingPart, "steps">

export class Reader {
  readonly problems: Array<DocumentProblem> = []
  readonly warnings: Array<DocumentWarning> = []
  readonly #missing = new Map<string, Lacking & { readonly steps: Array<string> }>()
  readonly #lacking = new Map<string, Array<Lacking>>()
  readonly #document: ReadDocument
  readonly #outside: Outside

  constructor(document: ReadDocument, outside: Outside) {
    this.#document = document
    this.#outside = outside
  }

  /** Whether the document says nothing that only this library knows. */
  get isPythons(): boolean {
    return !isRecord(this.#document.value) || this.#document.value[ownKey] === undefined
  }

  /** What the document names and is not here, each once. */
  get missing(): ReadonlyArray<MissingPart> {
    return [...this.#missing.values()]
  }

  /** What a step lacks. */
  lacking(step: string): ReadonlyArray<Lacking> {
    return this.#lacking.get(step) ?? []
  }

  complain(
    reason: DocumentProblem["reason"],
    path: Path,
    detail: string,
    part: "key" | "value" = "value",
    wiring?: Problem
  ): void {
    this.problems.push(
      new DocumentProblem({
        reason,
        path: shownPath(path),
        ...this.#document.locate(path, part),
        detail,
        ...(wiring === undefined ? {} : { wiring })
      })
    )
  }

  warn(path: Path, detail: string): void {
    this.warnings.push({ path: shownPath(path), ...this.#document.locate(path, "key"), detail })
  }

  /** Reading of one step's values. */
  reading(step: string, path: Path): Reading {
    return new ReadingAt(this, this.#outside, step, path)
  }

  lacks(step: string, part: Lacking): void {
    const key = `${part.kind} ${part.module} ${part.name}`
    const known = this.#missing.get(key) ?? { ...part, steps: [] }
    if (!known.steps.includes(step)) known.steps.push(step)
    this.#missing.set(key, known)
    const lacking = this.#lacking.get(step) ?? []
    if (!lacking.some(({ kind, module, name }) => `${kind} ${module} ${name}` === key))
      lacking.push(part)
    this.#lacking.set(step, lacking)
  }

  exported(
    step: string,
    path: Path,
    { export: name, module }: TreeRecord,
    kind: MissingPart["kind"]
  ): unknown {
    if (typeof module !== "string" || typeof name !== "string") {
      this.complain(
        "WrongValue",
        path,
        `Step '${step}' refers to an export of a module by both of their names: { module, export }.`
      )
      return undefined
    }
    const imported = this.#outside.modules.get(module)
    if (imported === undefined) {
      this.lacks(step, {
        kind,
        name,
        module,
        give: `modules: { "${module}": await import("${module}") }`
      })
      return undefined
    }
    if ("failure" in imported) {
      this.complain(
        "NoSuchExport",
        [...path, "module"],
        `The module '${module}', which step '${step}' refers to, cannot be imported: ${imported.failure}`
      )
      return undefined
    }
    const exports = Object.keys(imported.exports)
    if (!exports.includes(name)) {
      this.complain(
        "NoSuchExport",
        [...path, "export"],
        `The module '${module}' has no export '${name}', which step '${step}' refers to.${didYouMean(name, exports)} It exports: ${exports.join(", ") || "nothing"}.`
      )
      return undefined
    }
    return imported.exports[name]
  }
}

/** Reading of a value: where it stands is kept once, for as many values as documents have. */
class ReadingAt implements Reading {
  readonly step: string
  readonly #path: Path
  readonly #reader: Reader
  readonly #outside: Outside

  constructor(reader: Reader, outside: Outside, step: string, path: Path) {
    this.#reader = reader
    this.#outside = outside
    this.step = step
    this.#path = path
  }

  in(...keys: Path): Reading {
    return new ReadingAt(this.#reader, this.#outside, this.step, [...this.#path, ...keys])
  }

  problem(
    detail: string,
    reason: DocumentProblem["reason"] = "WrongValue",
    part?: "key" | "value"
  ): void {
    this.#reader.complain(reason, this.#path, detail, part)
  }

  warn(detail: string): void {
    this.#reader.warn(this.#path, detail)
  }

  problems(): number {
    return this.#reader.problems.length
  }

  lacks(part: Lacking): void {
    this.#reader.lacks(this.step, part)
  }

  bound(...names: ReadonlyArray<string>): unknown {
    const { bind } = this.#outside
    return names
      .map((name) => (Object.hasOwn(bind, name) ? bind[name] : undefined))
      .find((found) => found !== undefined)
  }

  exported(reference: TreeRecord, kind: MissingPart["kind"]): unknown {
    return this.#reader.exported(this.step, this.#path, reference, kind)
  }

  model(value: Tree): unknown {
    return readModel(this.#outside.registry, value, this)
  }

  get isPythons(): boolean {
    return this.#reader.isPythons
  }

  get rows(): ReadonlyArray<Row> | undefined {
    const { data } = this.#outside
    return Object.hasOwn(data, this.step) ? data[this.step] : undefined
  }
}
