/** The model that a step declares, open as long as the step is. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { LLMClients } from "../models/asking/LLMClients.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import type { Model, ModelClient } from "../models/chat/Model.ts"
import { StepFailed } from "./StepFailed.ts"

/** A model that can be asked. */
export interface OpenModel<Client, M> {
  readonly llm: M
  readonly client: Client
}

/** Opens a step's model with its run-time parameters. */
export const openModel = <
  Client extends ModelClient<never, unknown>,
  M extends Model<string, Client>
>(
  step: string,
  given: M,
  parameters: Readonly<Record<string, unknown>> | undefined
): Effect.Effect<OpenModel<Client, M>, StepFailed, Scope.Scope> => {
  // A model stays of its class when it is configured.
  const llm = parameters === undefined ? given : (given.configure(parameters) as M)
  return LLMClients.client<Client>(llm, step).pipe(
    Effect.map((client) => ({ llm, client })),
    Effect.mapError(
      ({ message, reason }) => new StepFailed({ step, phase: "load", reason, detail: message })
    )
  )
}

type AnyModel = Pick<AnyLLM, "parameters">

/** What `run` may set of a step's model: one schema for all models of a kind. */
export const modelParameters = ({ parameters }: AnyModel): Schema.Constraint => {
  const known = optionalOf.get(parameters) ?? Schema.optionalKey(parameters)
  optionalOf.set(parameters, known)
  return known
}
const optionalOf = new WeakMap<Schema.Top, Schema.Constraint>()
