/** Documents as texts, anywhere: classes that need files or the network are missing in them. */
import * as Effect from "effect/Effect"
import { standIns } from "../catalog/standIn.ts"
import { stepClass } from "../catalog/stepClass.ts"
import type { Registry } from "../document/classes/Registry.ts"
import type { LoadedPipeline } from "../document/read/LoadedPipeline.ts"
import {
  givenText,
  type LoadOptions,
  pipelineOf,
  type SaveOptions,
  type Surroundings,
  textOf
} from "../document/texts.ts"
import * as readyTasks from "../gallery/readyTasks.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { generatorStep } from "../step/generatorStep.ts"
import { globalStep, joinStep, step } from "../step/ownSteps.ts"
import { taskDefaults } from "../tasks/taskOptions.ts"
import * as steps from "./steps.ts"

const classes = [
  ...Object.values(steps),
  step,
  globalStep,
  joinStep,
  generatorStep,
  ...Object.values(readyTasks)
].map(stepClass)

const registry: Registry = {
  ...standIns,
  steps: new Map(classes.map((one) => [one.type, one])),
  models: new Map(),
  taskDefaults: { ...taskDefaults, useDefaultStructuredOutput: false },
  ownModels: { chat: "llm", embeddings: "embeddings", images: "Images", scores: "Scores" }
}

const surroundings: Surroundings = {
  importModule: (name) => import(name) as Promise<object>,
  warn: (sentence) => console.warn(sentence)
}

/**
 * A pipeline as YAML text; own steps and functions are written as exports of option `modules`.
 *
 * @example
 *   const text = await toYamlPromise(pipeline)
 */
export const toYamlPromise = (pipeline: AnyPipeline, options?: SaveOptions): Promise<string> =>
  Effect.runPromise(textOf(registry, surroundings, pipeline, "yaml", options))

/**
 * A pipeline as JSON text; see `toYamlPromise`.
 *
 * @example
 *   const text = await toJsonPromise(pipeline)
 */
export const toJsonPromise = (pipeline: AnyPipeline, options?: SaveOptions): Promise<string> =>
  Effect.runPromise(textOf(registry, surroundings, pipeline, "json", options))

/**
 * Reads a pipeline from YAML text, of this library or of Python's distilabel. Models, and steps
 * that load files or ask the Hub, are in its `missing`: it can be looked at and drawn.
 *
 * @example
 *   const response = await fetch("/pipeline.yaml")
 *   const svg = toSvg(await fromYamlPromise(await response.text()))
 *
 * @fails InvalidDocument, as a rejection, with all that is wrong, each with line and column
 */
export const fromYamlPromise = (text: string, options?: LoadOptions): Promise<LoadedPipeline> =>
  Effect.runPromise(pipelineOf(registry, surroundings, givenText(text, "yaml"), options))

/**
 * Reads a pipeline from JSON text; see `fromYamlPromise`.
 *
 * @example
 *   const loaded = await fromJsonPromise(await toJsonPromise(pipeline))
 *
 * @fails InvalidDocument, as a rejection, with all that is wrong
 */
export const fromJsonPromise = (text: string, options?: LoadOptions): Promise<LoadedPipeline> =>
  Effect.runPromise(pipelineOf(registry, surroundings, givenText(text, "json"), options))
