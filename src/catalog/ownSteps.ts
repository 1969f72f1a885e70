/** Own steps, for documents: what they read and give, and their functions by module and export. */
import * as Schema from "effect/Schema"
import { absent, columns, inputs, plain, reference } from "../document/classes/fields.ts"
import type { Field, Reading, StepClass } from "../document/classes/Registry.ts"
import { generatorStep, globalStep, joinStep, step } from "../step/ownSteps.ts"
import type { AnyStep, StepData } from "../step/Step.ts"
import { FilterRows, MapRows } from "../steps/rows.ts"
import { stepClass } from "./stepClass.ts"

const Names = Schema.Array(Schema.String)
export const version = plain("version", Schema.String)
const resources = plain(
  "resources",
  Schema.Struct({
    replicas: Schema.optionalKey(Schema.NullOr(Schema.Int)),
    memory: Schema.optionalKey(Schema.NullOr(Schema.Finite))
  })
)
const parameters = [
  columns("parameters"),
  plain("defaults", Schema.Record(Schema.String, Schema.Unknown))
]

const common: ReadonlyArray<Field> = [
  inputs("inputs"),
  columns("outputs"),
  plain("removes", Names),
  plain("replaces", Schema.Boolean),
  ...parameters,
  resources,
  version,
  reference("process")
]

type Make = (options: never) => AnyStep

/** A step whose function the document does not have can be looked at, and refuses to run. */
export const withFunctions =
  (make: Make, ...names: ReadonlyArray<string>) =>
  (options: Readonly<Record<string, unknown>>, at: Reading): AnyStep => {
    for (const name of names) {
      if (options[name] === undefined) {
        at.lacks({
          kind: "function",
          name,
          module: "",
          give: `bind: { "${at.step}": step({ name: "${at.step}", … }) }; or save it again with the modules that export it: save(pipeline, path, { modules: { … } })`
        })
      }
    }
    return make({ ...Object.fromEntries(names.map((name) => [name, absent])), ...options } as never)
  }

/** The options of an own step, with the values of its parameters as they are now. */
const optionsOf = ({
  options,
  values: { resources: used, ...values }
}: StepData): Readonly<Record<string, unknown>> => ({
  ...options,
  ...(Object.keys(values).length === 0 ? {} : { defaults: values }),
  ...(used === undefined ? {} : { resources: used })
})

const ownStepClass = (
  type: string,
  make: Make,
  fields: ReadonlyArray<Field>,
  needs: ReadonlyArray<string> = []
): StepClass => stepClass(type, withFunctions(make, "process"), { fields, needs, optionsOf })

export const ownSteps: ReadonlyArray<StepClass> = [
  ownStepClass("Step", step, [
    plain("row_count", Schema.Literals(["one-to-one", "filter", "one-to-many", "many-to-one"])),
    ...common
  ]),
  ownStepClass("GlobalStep", globalStep, [plain("streams", Schema.Boolean), ...common]),
  ownStepClass("JoinStep", joinStep, common),
  ownStepClass(
    "GeneratorStep",
    generatorStep,
    [columns("outputs"), ...parameters, reference("process")],
    ["outputs"]
  ),
  stepClass("FilterRows", withFunctions(FilterRows, "where"), {
    fields: [inputs("inputs"), version, reference("where")]
  }),
  stepClass("MapRows", withFunctions(MapRows, "map"), {
    needs: ["outputs"],
    fields: [
      inputs("inputs"),
      columns("outputs"),
      plain("removes", Names),
      version,
      reference("map")
    ]
  })
]
