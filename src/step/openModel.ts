/** The model that a step declares, open as long as the step is. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { LLMClients } from "../models/asking/LLMClients.ts"
import type { AnyImages, ImagesClient } from "../models/chat/Images.ts"
import type { AnyLLM, LLMClient } from "../models/chat/LLM.ts"
import type { Model, ModelClient } from "../models/chat/Model.ts"
import type { AnyScores, ScoresClient } from "../models/chat/Scores.ts"
import type { AnyEmbeddings, EmbeddingsClient } from "../models/embeddings/Embeddings.ts"
import { StepFailed } from "./StepFailed.ts"

/** A model that can be asked. */
export interface OpenModel {
  readonly llm: AnyLLM
  readonly client: LLMClient
}

/** Opens a step's model with its run-time parameters. */
export const openModel = (
  step: string,
  given: AnyLLM,
  parameters: Readonly<Record<string, unknown>> | undefined
): Effect.Effect<OpenModel, StepFailed, Scope.Scope> => {
  const llm = parameters === undefined ? given : given.configure(parameters)
  return Effect.map(clientOf<LLMClient>(step, llm), (client) => ({ llm, client }))
}

/** A model that embeds, open. */
export interface OpenEmbeddings {
  readonly llm: AnyEmbeddings
  readonly client: EmbeddingsClient
}

/** Opens a step's embedding model with its run-time parameters. */
export const openEmbeddings = (
  step: string,
  given: AnyEmbeddings,
  parameters: Readonly<Record<string, unknown>> | undefined
): Effect.Effect<OpenEmbeddings, StepFailed, Scope.Scope> => {
  const llm = parameters === undefined ? given : given.configure(parameters)
  return Effect.map(clientOf<EmbeddingsClient>(step, llm), (client) => ({ llm, client }))
}

/** A model that draws, open. */
export interface OpenImages {
  readonly llm: AnyImages
  readonly client: ImagesClient
}

/** Opens a step's drawing model with its run-time parameters. */
export const openImages = (
  step: string,
  given: AnyImages,
  parameters: Readonly<Record<string, unknown>> | undefined
): Effect.Effect<OpenImages, StepFailed, Scope.Scope> => {
  const llm = parameters === undefined ? given : given.configure(parameters)
  return Effect.map(clientOf<ImagesClient>(step, llm), (client) => ({ llm, client }))
}

/** A model that scores, open. */
export interface OpenScores {
  readonly llm: AnyScores
  readonly client: ScoresClient
}

/** Opens a step's scoring model with its run-time parameters. */
export const openScores = (
  step: string,
  given: AnyScores,
  parameters: Readonly<Record<string, unknown>> | undefined
): Effect.Effect<OpenScores, StepFailed, Scope.Scope> => {
  const llm = parameters === undefined ? given : given.configure(parameters)
  return Effect.map(clientOf<ScoresClient>(step, llm), (client) => ({ llm, client }))
}

/** The client of a step's model. */
const clientOf = <Client extends ModelClient<never, unknown>>(
  step: string,
  model: Model<string, Client>
): Effect.Effect<Client, StepFailed, Scope.Scope> =>
  Effect.mapError(
    LLMClients.client(model, step),
    ({ message, reason }) => new StepFailed({ step, phase: "load", reason, detail: message })
  )

type AnyModel = Pick<AnyLLM, "parameters">

/** What `run` may set of a step's model: one schema for all models of a kind. */
export const modelParameters = ({ parameters }: AnyModel): Schema.Constraint => {
  const known = optionalOf.get(parameters) ?? Schema.optionalKey(parameters)
  optionalOf.set(parameters, known)
  return known
}
const optionalOf = new WeakMap<Schema.Top, Schema.Constraint>()
