/**
 * `distilabel-ts/pure`: what runs anywhere, browsers too. Pipelines are built and checked, written
 * and read as documents, looked at and drawn; running them takes `distilabel-ts`.
 */
export type { Columns, RowOf } from "../columns/Columns.ts"
export { oneOf, open } from "../columns/inputs.ts"
export { inspect, type Inspection, type StepInspection } from "../document/inspect.ts"
export type { LoadedPipeline } from "../document/read/LoadedPipeline.ts"
export type { LoadOptions, SaveOptions } from "../document/texts.ts"
export { DocumentProblem, InvalidDocument } from "../document/tree/DocumentProblem.ts"
export { toMermaid } from "../picture/toMermaid.ts"
export { type SvgOptions, toSvg } from "../picture/toSvg.ts"
export { concat, type Flow, from, join, zip } from "../pipeline/Flow.ts"
export { GraphBuilder } from "../pipeline/GraphBuilder.ts"
export { part } from "../pipeline/part.ts"
export { Pipeline } from "../pipeline/Pipeline.ts"
export * from "../pipeline/problems.ts"
export { routingBatchFunction, sampleNSteps } from "../pipeline/Routing.ts"
export { generatorStep } from "../step/generatorStep.ts"
export { globalStep, joinStep, step } from "../step/ownSteps.ts"
export * from "../gallery/readyTasks.ts"
export { fromJsonPromise, fromYamlPromise, toJsonPromise, toYamlPromise } from "./documents.ts"
export * from "./steps.ts"
