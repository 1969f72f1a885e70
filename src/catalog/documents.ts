/** Pipelines to YAML and JSON and back, with the classes of this library. */
import * as Effect from "effect/Effect"
import type { Registry } from "../document/classes/Registry.ts"
import { documentsWith } from "../document/documents.ts"
import type { LoadedPipeline } from "../document/read/LoadedPipeline.ts"
import type { FetchOptions } from "../document/read/sources.ts"
import type { LoadOptions as LoadWith, SaveOptions as SaveWith } from "../document/texts.ts"
import type { DocumentFileError, InvalidDocument } from "../document/tree/DocumentProblem.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { catalog } from "./catalog.ts"

interface WithRegistry {
  /** The classes that documents may name. Default: those of this library. */
  readonly registry?: Registry
}

/** Options of `save`, `toYaml` and `toJson`. */
export interface SaveOptions extends SaveWith, WithRegistry {}

/** Options of `fromYaml`, `fromJson` and `fromFile`. */
export interface LoadOptions extends LoadWith, WithRegistry {}

/** Options of `fromUrl`. */
export interface LoadUrlOptions extends LoadOptions, FetchOptions {}

const documents = ({ registry = catalog }: WithRegistry = {}) => documentsWith(registry)

/**
 * Writes a pipeline to a `.yaml`, `.yml` or `.json` file. Python's distilabel 1.5.3 reads it, where
 * it has the classes.
 *
 * Own steps, functions and schemas are written as exports of the modules that are given; without
 * that they can be looked at, but not run, and a warning says so. Secrets are never written.
 *
 * @example
 *   await Effect.runPromise(save(pipeline, "pipeline.yaml"))
 *
 * @fails DocumentFileError when the file cannot be written, or its name says no format
 */
export const save = (
  pipeline: AnyPipeline,
  path: string,
  options?: SaveOptions
): Effect.Effect<void, DocumentFileError> => documents(options).save(pipeline, path, options)

/**
 * `save`, as a promise.
 *
 * @example
 *   await savePromise(pipeline, "pipeline.yaml")
 */
export const savePromise = (
  pipeline: AnyPipeline,
  path: string,
  options?: SaveOptions
): Promise<void> => Effect.runPromise(save(pipeline, path, options))

/**
 * A pipeline as YAML text; see `save`.
 *
 * @example
 *   const text = await Effect.runPromise(toYaml(pipeline))
 */
export const toYaml = (pipeline: AnyPipeline, options?: SaveOptions): Effect.Effect<string> =>
  documents(options).toText(pipeline, "yaml", options)

/**
 * `toYaml`, as a promise.
 *
 * @example
 *   console.log(await toYamlPromise(pipeline))
 */
export const toYamlPromise = (pipeline: AnyPipeline, options?: SaveOptions): Promise<string> =>
  Effect.runPromise(toYaml(pipeline, options))

/**
 * A pipeline as JSON text; see `save`.
 *
 * @example
 *   const text = await Effect.runPromise(toJson(pipeline))
 */
export const toJson = (pipeline: AnyPipeline, options?: SaveOptions): Effect.Effect<string> =>
  documents(options).toText(pipeline, "json", options)

/**
 * `toJson`, as a promise.
 *
 * @example
 *   console.log(await toJsonPromise(pipeline))
 */
export const toJsonPromise = (pipeline: AnyPipeline, options?: SaveOptions): Promise<string> =>
  Effect.runPromise(toJson(pipeline, options))

/**
 * Reads a pipeline from YAML text, of this library or of any version of Python's distilabel from
 * 1.0 on.
 *
 * Nothing of it is executed. Classes that are not here are named in `missing`: such a pipeline can
 * be looked at and drawn, and refuses to run until they are bound. What it may set at run time is
 * checked by `run`, as for every pipeline.
 *
 * @example
 *   const text = await toYamlPromise(pipeline)
 *   const loaded = await Effect.runPromise(fromYaml(text))
 *   console.log(loaded.missing)
 *
 * @fails InvalidDocument with all that is wrong: syntax, keys, classes, values, wiring, each with line and column
 */
export const fromYaml = (
  text: string,
  options?: LoadOptions
): Effect.Effect<LoadedPipeline, InvalidDocument> =>
  documents(options).fromText(text, "yaml", options)

/**
 * `fromYaml`, as a promise.
 *
 * @example
 *   const loaded = await fromYamlPromise(await toYamlPromise(pipeline))
 */
export const fromYamlPromise = (text: string, options?: LoadOptions): Promise<LoadedPipeline> =>
  Effect.runPromise(fromYaml(text, options))

/**
 * Reads a pipeline from JSON text; see `fromYaml`.
 *
 * @example
 *   const loaded = await Effect.runPromise(fromJson(await toJsonPromise(pipeline)))
 *
 * @fails InvalidDocument with all that is wrong
 */
export const fromJson = (
  text: string,
  options?: LoadOptions
): Effect.Effect<LoadedPipeline, InvalidDocument> =>
  documents(options).fromText(text, "json", options)

/**
 * `fromJson`, as a promise.
 *
 * @example
 *   const loaded = await fromJsonPromise(await toJsonPromise(pipeline))
 */
export const fromJsonPromise = (text: string, options?: LoadOptions): Promise<LoadedPipeline> =>
  Effect.runPromise(fromJson(text, options))

/**
 * Reads a pipeline from a `.yaml`, `.yml` or `.json` file; see `fromYaml`.
 *
 * @example
 *   const loaded = await Effect.runPromise(fromFile("pipeline.yaml", { allow: ["./steps.ts"] }))
 *
 * @fails InvalidDocument with all that is wrong
 * @fails DocumentFileError when the file cannot be read
 */
export const fromFile = (
  path: string,
  options?: LoadOptions
): Effect.Effect<LoadedPipeline, InvalidDocument | DocumentFileError> =>
  documents(options).fromFile(path, options)

/**
 * `fromFile`, as a promise.
 *
 * @example
 *   const loaded = await fromFilePromise("pipeline.yaml")
 *   const distiset = await runPromise(loaded, { parameters: { generate: { numGenerations: 2 } } })
 */
export const fromFilePromise = (path: string, options?: LoadOptions): Promise<LoadedPipeline> =>
  Effect.runPromise(fromFile(path, options))

/**
 * Reads a pipeline from an address; see `fromYaml`. An address of a page of the Hugging Face Hub or
 * of GitHub that shows a file stands for the file.
 *
 * @example
 *   const loaded = await Effect.runPromise(
 *     fromUrl("https://huggingface.co/datasets/owner/name/blob/main/pipeline.yaml")
 *   )
 *
 * @fails InvalidDocument with all that is wrong
 * @fails DocumentFileError when it does not answer, or with something else than a document
 */
export const fromUrl = (
  url: string,
  options?: LoadUrlOptions
): Effect.Effect<LoadedPipeline, InvalidDocument | DocumentFileError> =>
  documents(options).fromUrl(url, options)

/**
 * `fromUrl`, as a promise.
 *
 * @example
 *   const loaded = await fromUrlPromise(
 *     "https://huggingface.co/datasets/owner/name/blob/main/pipeline.yaml"
 *   )
 */
export const fromUrlPromise = (url: string, options?: LoadUrlOptions): Promise<LoadedPipeline> =>
  Effect.runPromise(fromUrl(url, options))
