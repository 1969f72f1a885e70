/**
 * Documents: pipelines to YAML and JSON and back, with a registry of the classes that may be in
 * them.
 */
import { randomUUID } from "node:crypto"
import { mkdir, rename, rm, writeFile } from "node:fs/promises"
import { dirname, extname, resolve } from "node:path"
import * as Effect from "effect/Effect"
import type { Row } from "../columns/Row.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { importModules, type Modules } from "./classes/modules.ts"
import type { Registry } from "./classes/Registry.ts"
import { writeJson } from "./read/json.ts"
import { load } from "./read/load.ts"
import type { LoadedPipeline } from "./read/LoadedPipeline.ts"
import {
  type FetchOptions,
  type Format,
  formatOf,
  readText,
  type SourceText,
  textOfFile,
  textOfUrl
} from "./read/read.ts"
import { DocumentFileError, DocumentProblem, InvalidDocument } from "./tree/DocumentProblem.ts"
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

/** Documents with a registry. */
export interface Documents {
  readonly toText: (
    pipeline: AnyPipeline,
    format: Format,
    options?: SaveOptions
  ) => Effect.Effect<string>
  readonly save: (
    pipeline: AnyPipeline,
    path: string,
    options?: SaveOptions
  ) => Effect.Effect<void, DocumentFileError>
  readonly fromText: (
    text: string,
    format: Format,
    options?: LoadOptions
  ) => Effect.Effect<LoadedPipeline, InvalidDocument>
  readonly fromFile: (
    path: string,
    options?: LoadOptions
  ) => Effect.Effect<LoadedPipeline, InvalidDocument | DocumentFileError>
  readonly fromUrl: (
    url: string,
    options?: LoadOptions & FetchOptions
  ) => Effect.Effect<LoadedPipeline, InvalidDocument | DocumentFileError>
}

/** Writes and reads pipelines whose steps and models are of the registry's classes. */
export const documentsWith = (registry: Registry): Documents => {
  const toText = (
    pipeline: AnyPipeline,
    format: Format,
    options: SaveOptions = {}
  ): Effect.Effect<string> =>
    Effect.gen(function* () {
      const modules = yield* Effect.promise(() => loaded(options.modules ?? {}))
      const writer = new Writer(registry, modules, options.rows ?? "inline")
      const tree = documentOf(pipeline, registry, writer)
      const tell = options.onWarning ?? warnProcess
      writer.warnings.forEach(tell)
      if (format === "json") return writeJson(tree)
      const [repeating, shared] = withRepeatedParameters(tree)
      return writeYaml(yield* Effect.promise(() => import("yaml")), repeating, shared)
    })
  const fromSource = (
    source: SourceText,
    options: LoadOptions,
    folder: string
  ): Effect.Effect<LoadedPipeline, InvalidDocument> =>
    Effect.gen(function* () {
      const read = yield* readText(source, { ...defaultLimits, ...options.limits })
      const modules = yield* Effect.promise(() =>
        importModules(read.value, options.modules ?? {}, options.allow ?? [], folder)
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
  const limitsOf = (options: LoadOptions): Limits => ({ ...defaultLimits, ...options.limits })
  return {
    toText,
    save: (pipeline, path, options) => {
      const format = formatOf(path)
      if (format === undefined)
        return Effect.fail(
          new DocumentFileError({
            action: "write",
            path,
            detail: `its name ends in '${extname(path)}'. Documents are .yaml, .yml or .json files.`
          })
        )
      return Effect.flatMap(toText(pipeline, format, options), (text) => writeWhole(path, text))
    },
    fromText: (text, format, options = {}) =>
      fromSource({ text, format, source: `The ${format.toUpperCase()} text` }, options, "."),
    fromFile: (path, options = {}) =>
      Effect.flatMap(textOfFile(path, limitsOf(options)), (source) =>
        fromSource(source, options, dirname(resolve(path)))
      ),
    fromUrl: (url, options = {}) =>
      Effect.flatMap(textOfUrl(url, options, limitsOf(options)), (source) =>
        fromSource(source, options, ".")
      )
  }
}

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

const warnProcess = ({ detail, step }: SaveWarning): void =>
  process.emitWarning(step === "" ? detail : `Step '${step}': ${detail}.`, "DocumentWarning")

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

/** Writes a file so that it is there whole or not at all. */
const writeWhole = (path: string, text: string): Effect.Effect<void, DocumentFileError> =>
  Effect.tryPromise({
    try: async () => {
      const target = resolve(path)
      const draft = `${target}.${randomUUID().slice(0, 8)}.tmp`
      await mkdir(dirname(target), { recursive: true })
      try {
        await writeFile(draft, text)
        await rename(draft, target)
      } catch (thrown) {
        await rm(draft, { force: true })
        throw thrown
      }
    },
    catch: (thrown) =>
      new DocumentFileError({ action: "write", path, detail: (thrown as Error).message })
  })
