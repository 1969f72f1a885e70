import { pythonModule } from "../document/classes/pythonClasses.ts"
import type { Field, Reading, StepClass } from "../document/classes/Registry.ts"
/**
 * Classes for documents, in short: a type of ours, Python's class, its fields, and the function
 * that makes it.
 */
import { ownModule } from "../document/tree/DocumentSchema.ts"
import type { AnyStep, StepData } from "../step/Step.ts"

interface Differing extends Partial<
  Pick<StepClass, "name" | "ignores" | "needs" | "optionsOf" | "derived">
> {
  readonly fields?: ReadonlyArray<Field>
}

/** A class of steps. A type that Python does not know under its `name` is one of ours. */
export const stepClass = (
  type: string,
  make: (options: never, at: Reading) => AnyStep,
  { derived, fields = [], ignores = {}, name = type, needs = [], optionsOf }: Differing = {}
): StepClass => ({
  type,
  name,
  module: pythonModule(name) ?? ownModule,
  fields,
  ignores,
  needs,
  optionsOf,
  derived,
  // Types are the business of those who write them; a document's were checked by its fields.
  make: (options, at) => make(options as never, at) as unknown as StepData
})
