/**
 * Documents: pipelines to YAML and JSON and back, with a registry of the classes that may be in
 * them; from and to texts, files and addresses.
 */
import { randomUUID } from "node:crypto"
import { mkdir, rename, rm, writeFile } from "node:fs/promises"
import { dirname, extname, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import type { Registry } from "./classes/Registry.ts"
import type { LoadedPipeline } from "./read/LoadedPipeline.ts"
import { type Format, formatOf } from "./read/read.ts"
import { type FetchOptions, textOfFile, textOfUrl } from "./read/sources.ts"
import {
  givenText,
  type LoadOptions,
  pipelineOf,
  type SaveOptions,
  type Surroundings,
  textOf
} from "./texts.ts"
import { DocumentFileError, type InvalidDocument } from "./tree/DocumentProblem.ts"
import { defaultLimits, type Limits } from "./tree/limits.ts"

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
    options?: SaveOptions
  ): Effect.Effect<string> => textOf(registry, surroundingsIn("."), pipeline, format, options)
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
    fromText: (text, format, options) =>
      pipelineOf(registry, surroundingsIn("."), givenText(text, format), options),
    fromFile: (path, options = {}) =>
      Effect.flatMap(textOfFile(path, limitsOf(options)), (source) =>
        pipelineOf(registry, surroundingsIn(dirname(resolve(path))), source, options)
      ),
    fromUrl: (url, options = {}) =>
      Effect.flatMap(textOfUrl(url, options, limitsOf(options)), (source) =>
        pipelineOf(registry, surroundingsIn("."), source, options)
      )
  }
}

/** A document in a folder, from which its paths start. */
const surroundingsIn = (folder: string): Surroundings => ({
  // A path is one from the document's folder; anything else is a package.
  importModule: (name) =>
    import(
      /^\.{0,2}\//.test(name) ? pathToFileURL(resolve(folder, name)).href : name
    ) as Promise<object>,
  warn: (sentence) => process.emitWarning(sentence, "DocumentWarning")
})

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
