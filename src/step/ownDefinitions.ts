/**
 * Definitions of own steps: what documents write of a function and of the columns it reads and
 * adds.
 */
import * as Schema from "effect/Schema"
import { define } from "./Definition.ts"
import {
  ColumnsOption,
  FunctionOption,
  InputsOption,
  ModelOption,
  ParametersOption,
  StateOption
} from "./options.ts"

const parameters = {
  parameters: Schema.optionalKey(ParametersOption),
  defaults: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
}

/** The model of a step that asks one in its work. */
const llm = Schema.optionalKey(ModelOption)

const columnsAndFunction = {
  inputs: Schema.optionalKey(InputsOption),
  outputs: Schema.optionalKey(ColumnsOption),
  removes: Schema.optionalKey(Schema.Array(Schema.String)),
  replaces: Schema.optionalKey(Schema.Boolean),
  ...parameters,
  // Python writes every resource of a step, those that are not limited as null.
  resources: Schema.optionalKey(
    Schema.Struct({
      replicas: Schema.optionalKey(Schema.NullOr(Schema.Int)),
      memory: Schema.optionalKey(Schema.NullOr(Schema.Finite))
    })
  ),
  version: Schema.optionalKey(Schema.String),
  process: FunctionOption
}

const rowCounts = Schema.Literals(["one-to-one", "filter", "one-to-many", "many-to-one"])

export const stepDefinition = define({
  type: "Step",
  about: "Makes a step from a function of rows.",
  options: { llm, rowCount: Schema.optionalKey(rowCounts), ...columnsAndFunction },
  defaults: { rowCount: "one-to-one", replaces: false },
  valuesIn: "defaults",
  madeBy: "step"
})

export const globalStepDefinition = define({
  type: "GlobalStep",
  about:
    "Makes a step that gets all rows at once, in their order: to deduplicate, to sort, to count over everything.",
  options: { llm, streams: Schema.optionalKey(Schema.Boolean), ...columnsAndFunction },
  defaults: { streams: false, replaces: false },
  valuesIn: "defaults",
  madeBy: "globalStep"
})

export const joinStepDefinition = define({
  type: "JoinStep",
  about:
    "Makes a step that joins branches: for each row of the branches' last common flow it gets what came out of each branch, and gives rows.",
  options: columnsAndFunction,
  defaults: { replaces: false },
  valuesIn: "defaults",
  madeBy: "joinStep"
})

export const generatorStepDefinition = define({
  type: "GeneratorStep",
  about: "Makes a step that makes rows: from an API, a database, a random generator.",
  options: {
    llm,
    outputs: ColumnsOption,
    state: Schema.optionalKey(StateOption),
    ...parameters,
    process: FunctionOption
  },
  defaults: {},
  valuesIn: "defaults",
  madeBy: "generatorStep"
})
