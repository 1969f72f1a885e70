/** The classes of this library that documents may name, and more of the user's own. */
import type { Registry } from "../document/classes/Registry.ts"
import * as readyTasks from "../gallery/readyTasks.ts"
import { ownModels } from "../models/providers.ts"
import type { AnyDefined } from "../step/Definition.ts"
import { generatorStep } from "../step/generatorStep.ts"
import { globalStep, joinStep, step } from "../step/ownSteps.ts"
import * as readySteps from "../steps/readySteps.ts"
import { taskDefaults } from "../tasks/taskOptions.ts"
import { models } from "./models.ts"
import { standIns } from "./standIn.ts"
import { stepClass } from "./stepClass.ts"

const byType = <C extends { readonly type: string }>(
  classes: ReadonlyArray<C>
): ReadonlyMap<string, C> => new Map(classes.map((one) => [one.type, one]))

const ownSteps: ReadonlyArray<AnyDefined> = [step, globalStep, joinStep, generatorStep]

/** Every step, task and model of this library. */
export const catalog: Registry = {
  ...standIns,
  steps: byType(
    [...Object.values(readySteps), ...ownSteps, ...Object.values(readyTasks)].map(stepClass)
  ),
  models: byType(models),
  // Tasks of Python have that one more.
  taskDefaults: { ...taskDefaults, useDefaultStructuredOutput: false },
  ownModels
}

/**
 * The classes of this library and more of your own, made by `defineTask` and `defineStep`: a
 * registry for `save`, `fromYaml` and the like.
 *
 * @example
 *   const Titled = defineTask({
 *     type: "Titled",
 *     about: "Finds a title for a text.",
 *     reads: { text: Schema.String },
 *     adds: { title: Schema.String },
 *     options: {},
 *     defaults: {},
 *     prompt: ({ text }) => `Find a title for this text.\n${text}`,
 *     parse: (answer) => ({ title: answer ?? "" })
 *   })
 *   const registry = catalogWith(Titled)
 *   await savePromise(pipeline, "pipeline.yaml", { registry })
 *   const loaded = await fromFilePromise("pipeline.yaml", { registry })
 *
 * @fails RangeError if two classes have the same type
 */
export const catalogWith = (...classes: ReadonlyArray<AnyDefined>): Registry => {
  const steps = new Map(catalog.steps)
  for (const make of classes) {
    const { type } = make.definition
    if (steps.has(type))
      throw new RangeError(
        `There is a class '${type}' already. Give the type of your own another name.`
      )
    steps.set(type, stepClass(make))
  }
  return { ...catalog, steps }
}
