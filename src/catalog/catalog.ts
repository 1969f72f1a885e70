/** The classes of this library that documents may name. */
import type { ModelClass, Registry, StepClass } from "../document/classes/Registry.ts"
import type { LLM } from "../models/chat/LLM.ts"
import { isModel, models, standIn } from "./models.ts"
import { ownSteps } from "./ownSteps.ts"
import { readySteps } from "./readySteps.ts"
import { tasks } from "./tasks.ts"

const byType = <C extends StepClass | ModelClass>(
  classes: ReadonlyArray<C>
): ReadonlyMap<string, C> => new Map(classes.map((one) => [one.type, one]))

/** Every step, task and model of this library. */
export const catalog: Registry = {
  steps: byType([...readySteps, ...ownSteps, ...tasks]),
  models: byType(models),
  standIn,
  configured: (model, parameters) => (model as LLM).configure(parameters),
  isModel
}
