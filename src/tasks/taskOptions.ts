/** Options that every task has: their schemas, their defaults, and which of them `run` may set. */
import * as Schema from "effect/Schema"
import type { AnyDefinition, StepDefinition } from "../step/Definition.ts"
import { ModelOption, type OptionFields } from "../step/options.ts"

const Flag = Schema.optionalKey(Schema.Boolean)

/** The options, but for those that every step has. The order is that of documents. */
export const taskOptions = {
  llm: ModelOption,
  groupGenerations: Flag,
  addRawOutput: Flag,
  addRawInput: Flag,
  numGenerations: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  retries: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  whenCut: Schema.optionalKey(Schema.Literals(["keep", "error", "retry"])),
  nulls: Schema.optionalKey(Schema.Literals(["error", "keep"])),
  delivery: Schema.optionalKey(Schema.Literals(["online", "batch"])),
  mediaFolder: Schema.optionalKey(Schema.String),
  reasoning: Flag
}

/** What is meant where such an option is left out. */
export const taskDefaults = {
  groupGenerations: false,
  addRawOutput: true,
  addRawInput: true,
  numGenerations: 1,
  retries: 0,
  whenCut: "keep",
  nulls: "error",
  delivery: "online",
  reasoning: false
} as const

/** Options that `run` may set, besides those of the model. */
const parameters = [
  "numGenerations",
  "addRawInput",
  "addRawOutput",
  "retries",
  "whenCut",
  "delivery",
  "mediaFolder"
] as const satisfies ReadonlyArray<keyof typeof taskOptions>

/** Options that Python's tasks lack. */
const lacks = [
  "retries",
  "whenCut",
  "nulls",
  "delivery",
  "mediaFolder",
  "reasoning"
] as const satisfies ReadonlyArray<keyof typeof taskOptions>

/** What a class of tasks says besides what all of them have. */
export type OwnPart<Own extends OptionFields, Defaults> = Omit<
  StepDefinition<Own, Defaults>,
  "needs" | "takesMappings" | "valuesIn"
>

/** The definition of a class of tasks: its own part and what every task has. */
export const taskDefinition = <const Own extends OptionFields, const Defaults extends object>(
  own: OwnPart<Own, Defaults>
): AnyDefinition => {
  const { python } = own
  return {
    ...own,
    options: { ...taskOptions, ...own.options },
    defaults: { ...taskDefaults, ...own.defaults },
    parameters: [...parameters, ...(own.parameters ?? [])],
    ...(python === undefined
      ? {}
      : {
          python: {
            ...python,
            lacks: [...lacks, ...(python.lacks ?? [])],
            // Python keeps rows without an answer.
            meant: { nulls: "keep", ...python.meant }
          }
        })
  }
}
