/**
 * Documents as texts: pipelines to YAML and JSON and back, with a registry of the classes that may
 * be in them. Runs in browsers too.
 */
import * as Effect from "effect/Effect"
import type { Row } from "../columns/Row.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { type ImportModule, importModules, type Modules } from "./classes/modules.ts"
import type { Registry } from "./classes/Registry.ts"
import { writeJson } from "./read/json.ts"
import { load } from "./read/load.ts"
import type { LoadedPipeline } from "./read/LoadedPipeline.ts"
import { type Format, readText, type SourceText } from "./read/read.ts"
import { DocumentProblem, InvalidDocument } from "./tree/DocumentProblem.ts"
import { defaultLimits, type Limits } from "./tree/limits.ts"
import { isRecord, type Tree } from "./tree/Tree.ts"
import { documentOf } from "./write/dump.ts"
import { type RowsInDocument, type SaveWarning, Writer } from "./write/Writer.ts"
import { writeYaml } from "./yaml/writeYaml.ts"

/** How a pipeline is written. */
export interface SaveOptions {
  /**
   * Modules whose exports the document may refer to, by the names that it shall have for them: `{
   * "./steps.ts": await import("./steps.ts") }`. Own steps, functions, routings and schemas that
   * are exported there come back when the document is loaded with the same modules.
   */
  readonly modules?: Modules
  /**
   * `leave-out` keeps the rows of `LoadDataFromDicts` out of the document; it asks for them when it
   * is run. Default `inline`, up to 1 MB.
   */
  readonly rows?: RowsInDocument
  /** Is told what the document does not say as it is. Default: a warning of the process, on stderr. */
  readonly onWarning?: (warning: SaveWarning) => void
}

/** How a document is read. */
export interface LoadOptions {
  /**
   * Modules whose exports the document may refer to, by the names that it has for them; see
   * `SaveOptions`. Nothing else is imported.
   */
  readonly modules?: Modules
  /**
   * Modules that may be imported because the document names them: paths from its folder, or
   * packages. Only what you name here is.
   */
  readonly allow?: ReadonlyArray<string>
  /**
   * What stands for classes that are not here: a function from options in camelCase to a step or a
   * model, or a schema for a class of Python's that is one: `{ RenameColumns: ({ name,
   * renameMappings }) => RenameColumns({ name, columns: renameMappings }), Character:
   * Schema.Struct({ … }) }`.
   */
  readonly bind?: Readonly<Record<string, unknown>>
  /** Rows for steps that load them from the program, by step name. */
  readonly data?: Readonly<Record<string, ReadonlyArray<Row>>>
  readonly limits?: Partial<Limits>
}

/** What texts need of where the program runs. */
export interface Surroundings {
  /** Imports a module that a document names, and that it may. */
  readonly importModule: ImportModule
  /** Shows a warning that nobody has asked for. */
  readonly warn: (sentence: string) => void
}

/** A pipeline as a text. */
export const textOf = Effect.fnUntraced(function* (
  registry: Registry,
  { warn }: Surroundings,
  pipeline: AnyPipeline,
  format: Format,
  options: SaveOptions = {}
): Effect.fn.Return<string> {
  const modules = yield* Effect.promise(() => loaded(options.modules ?? {}))
  const writer = new Writer(registry, modules, options.rows ?? "inline")
  const tree = documentOf(pipeline, registry, writer)
  const tell =
    options.onWarning ??
    (({ detail, step }: SaveWarning) => warn(step === "" ? detail : `Step '${step}': ${detail}.`))
  writer.warnings.forEach(tell)
  if (format === "json") return writeJson(tree)
  const [repeating, shared] = withRepeatedParameters(tree)
  return writeYaml(yield* Effect.promise(() => import("yaml")), repeating, shared)
})

/** A text as a pipeline. */
export const pipelineOf = Effect.fnUntraced(function* (
  registry: Registry,
  { importModule }: Surroundings,
  source: SourceText,
  options: LoadOptions = {}
): Effect.fn.Return<LoadedPipeline, InvalidDocument> {
  const read = yield* readText(source, { ...defaultLimits, ...options.limits })
  const modules = yield* Effect.promise(() =>
    importModules(read.value, options.modules ?? {}, options.allow ?? [], importModule)
  )
  return yield* Effect.try({
    try: () =>
      load(read, source.source, {
        registry,
        bind: options.bind ?? {},
        data: options.data ?? {},
        modules
      }),
    catch: (thrown) =>
      thrown instanceof InvalidDocument ? thrown : unforeseen(source.source, thrown)
  })
})

/** A text that is there, as a source. */
export const givenText = (text: string, format: Format): SourceText => ({
  text,
  format,
  source: `The ${format.toUpperCase()} text`
})

/** Modules with those imported that are given as functions. */
const loaded = async (modules: Modules): Promise<Modules> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(modules).map(
        async ([name, module]) =>
          [
            name,
            typeof module === "function" ? await (module as () => Promise<object>)() : module
          ] as const
      )
    )
  )

/**
 * A mistake of this library is told as one of the document, so that no text whatever ends a
 * program.
 */
const unforeseen = (source: string, thrown: unknown): InvalidDocument =>
  new InvalidDocument({
    source,
    problems: [
      new DocumentProblem({
        reason: "WrongShape",
        path: "",
        detail: `This document cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}.`
      })
    ]
  })

/**
 * Lists of runtime parameters are long and mostly the same: each is written once and repeated by
 * name, as Python's YAML does with what it has twice.
 */
const withRepeatedParameters = (
  tree: Tree
): readonly [tree: Tree, shared: ReadonlySet<unknown>] => {
  const known = new Map<string, Tree>()
  const walk = (value: Tree): Tree => {
    if (Array.isArray(value)) return (value as ReadonlyArray<Tree>).map(walk)
    if (!isRecord(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        if (key !== "runtime_parameters_info" || !Array.isArray(item)) return [key, walk(item)]
        const text = JSON.stringify(item, (_, part: unknown) =>
          typeof part === "bigint"
            ? `${part}n`
            : part instanceof Map
              ? ([...part] as unknown)
              : part
        )
        const same = known.get(text) ?? item
        known.set(text, same)
        return [key, same]
      })
    )
  }
  return [
    walk(tree),
    new Set([...known.values()].filter((list) => Array.isArray(list) && list.length > 0))
  ]
}
