/**
 * Schemas of answers: Python has them on the model; here the task knows them, so that its column
 * has their type.
 */
import * as Schema from "effect/Schema"
import type { Registry } from "../../document/classes/Registry.ts"
import { schemaFromJson } from "../../document/classes/schemaJson.ts"
import type { LoadedPipeline } from "../../document/read/LoadedPipeline.ts"
import type { Tree } from "../../document/tree/Tree.ts"
import { type Graph, withSteps } from "../../pipeline/Graph.ts"
import type { StepData } from "../../step/Step.ts"
import type { AnswerSchema } from "./stepSource.ts"

/** The schemas that models have whose answers are a column, by step. */
export const answerSchemas = (
  pipeline: LoadedPipeline,
  registry: Registry
): ReadonlyMap<string, AnswerSchema> =>
  new Map(
    [...pipeline.graph.nodes.values()].flatMap(({ name, step }) => {
      const column = registry.steps.get(step.type)?.source.answerIn
      const found =
        column !== undefined &&
        step.options["structuredOutput"] === undefined &&
        step.options["groupGenerations"] !== true
          ? schemaOf(step, pipeline, registry)
          : undefined
      return found === undefined || column === undefined
        ? []
        : [[name, { ...found, column }] as const]
    })
  )

const schemaOf = (
  step: StepData,
  { missing }: LoadedPipeline,
  registry: Registry
): Omit<AnswerSchema, "column"> | undefined => {
  // A class of Python's, whose fields nobody knows.
  const lacking = missing.find(({ kind, steps }) => kind === "schema" && steps.includes(step.name))
  if (lacking !== undefined) return { name: lacking.name, schema: Schema.Struct({}) }
  const { llm } = step.options
  const given = registry.isModel(llm)
    ? (llm.options["structuredOutput"] as
        | { readonly name: string; readonly schema: Tree }
        | undefined)
    : undefined
  try {
    return given === undefined
      ? undefined
      : { name: given.name, schema: schemaFromJson(given.schema) }
  } catch {
    return undefined
  }
}

/** The graph with the types of the answers in it. */
export const withAnswers = (graph: Graph, answers: ReadonlyMap<string, AnswerSchema>): Graph =>
  withSteps(graph, (step) => {
    const answer = answers.get(step.name)
    if (answer === undefined) return step
    return {
      ...step,
      gives: (have) => {
        const after = step.gives(have)
        return { ...after, columns: { ...after.columns, [answer.column]: answer.schema } }
      }
    }
  })
