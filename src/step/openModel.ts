/** The model that a step declares, open as long as the step is. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { LLMClients } from "../models/asking/LLMClients.ts"
import type { AnyImages, ImagesClient } from "../models/chat/Images.ts"
import type { AnyLLM, LLMClient } from "../models/chat/LLM.ts"
import type { LLMError } from "../models/chat/LLMError.ts"
import type { Model, ModelClient } from "../models/chat/Model.ts"
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
): Effect.Effect<OpenModel, StepFailed, Scope.Scope> =>
  opened(step, parameters === undefined ? given : given.configure(parameters))

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
): Effect.Effect<OpenEmbeddings, StepFailed, Scope.Scope> =>
  opened(step, parameters === undefined ? given : given.configure(parameters))

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
): Effect.Effect<OpenImages, StepFailed, Scope.Scope> =>
  opened(step, parameters === undefined ? given : given.configure(parameters))

const opened = <Client extends ModelClient<never, unknown>, M extends Model<string, Client>>(
  step: string,
  llm: M & Model<string, Client>
): Effect.Effect<{ readonly llm: M; readonly client: Client }, StepFailed, Scope.Scope> =>
  LLMClients.client<Client>(llm, step).pipe(
    Effect.map((client) => ({ llm, client })),
    Effect.mapError(notOpened(step))
  )

const notOpened =
  (step: string) =>
  ({ message, reason }: LLMError): StepFailed =>
    new StepFailed({ step, phase: "load", reason, detail: message })

type AnyModel = Pick<AnyLLM, "parameters">

/** What `run` may set of a step's model: one schema for all models of a kind. */
export const modelParameters = ({ parameters }: AnyModel): Schema.Constraint => {
  const known = optionalOf.get(parameters) ?? Schema.optionalKey(parameters)
  optionalOf.set(parameters, known)
  return known
}
const optionalOf = new WeakMap<Schema.Top, Schema.Constraint>()
