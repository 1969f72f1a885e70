/**
 * What can be wrong with a pipeline, as tagged errors: fields first, then a message with what,
 * where and how to fix it.
 */
import type * as Cause from "effect/Cause"
import * as Schema from "effect/Schema"
import { didYouMean } from "../columns/closest.ts"
import * as says from "./sentences.ts"

const Names = Schema.Array(Schema.String)

const columnsHere = (available: ReadonlyArray<string>): string =>
  available.length === 0 ? "There are no columns here." : `Columns here: ${available.join(", ")}.`

/** The class of one problem: its fields, and its message. */
const problem = <const Tag extends string, const Fields extends Schema.Struct.Fields>(
  tag: Tag,
  fields: Fields,
  messageOf: (problem: Schema.Struct<Fields>["Type"]) => string
): Schema.Class<
  Schema.TaggedStruct<Tag, Fields>["Type"],
  Schema.TaggedStruct<Tag, Fields>,
  Cause.YieldableError
> => {
  class Problem extends Schema.TaggedError<Problem>()(tag, fields as Schema.Struct.Fields) {
    override get message(): string {
      return messageOf(this)
    }
  }
  // Fields of a type parameter are known to the caller only.
  return Problem as never
}

export class MissingColumn extends problem(
  "MissingColumn",
  { step: Schema.String, column: Schema.String, available: Names },
  ({ available, column, step }) =>
    `${says.missingColumn(step, column)}. ${columnsHere(available)}${didYouMean(column, available)} ` +
    `Map one with { input: { ${column}: "…" } } where the step is connected, or add a step that gives it.`
) {}

export class WrongType extends problem(
  "WrongType",
  { step: Schema.String, column: Schema.String, wants: Schema.String, gets: Schema.String },
  ({ column, gets, step, wants }) =>
    `${says.wrongType(step, column)}. It wants ${wants} and gets ${gets}. Map another column, or convert this one in a step before.`
) {}

export class NeedsOneOf extends problem(
  "NeedsOneOf",
  { step: Schema.String, oneOf: Schema.Array(Names), available: Names },
  ({ available, oneOf, step }) =>
    `${says.needsOneOf(step)}: ${oneOf.map((columns) => columns.join(" + ")).join(", or ")}. ${columnsHere(available)}`
) {}

export class TakenName extends problem(
  "TakenName",
  { step: Schema.String },
  ({ step }) => `${says.takenName(step)}. Give each step a name of its own.`
) {}

export class BadName extends problem(
  "BadName",
  { step: Schema.String },
  ({ step }) =>
    `Step name '${step}' has characters that a name may not have. Use letters, digits, '.', '_' and '-', starting with a letter, digit or '_'.`
) {}

export class NotAGenerator extends problem(
  "NotAGenerator",
  { step: Schema.String },
  ({ step }) =>
    `${says.notAGenerator(step)}. Connect a step before it that does, such as LoadDataFromDicts.`
) {}

export class GeneratorAfterStep extends problem(
  "GeneratorAfterStep",
  { step: Schema.String, after: Names },
  ({ after, step }) =>
    `${says.generatorAfterStep(step)}. It was connected after ${after.map((name) => `'${name}'`).join(", ")}: start another flow with from(…).`
) {}

export class NotAJoinStep extends problem(
  "NotAJoinStep",
  { step: Schema.String, after: Names },
  ({ after, step }) =>
    `${says.notAJoinStep(step)}. It comes after ${after.map((name) => `'${name}'`).join(", ")}: ` +
    `join them with CombineColumns, CombineOutputs or a joinStep first.`
) {}

export class RoutingNeedsList extends problem(
  "RoutingNeedsList",
  { step: Schema.String },
  ({ step }) => `${says.routingNeedsList()}. After '${step}' write .route(by, [a, b]).`
) {}

export class UnknownArm extends problem(
  "UnknownArm",
  { step: Schema.String, upstream: Schema.String },
  ({ step, upstream }) =>
    `${says.notInPipeline(step)}. '${upstream}' routes rows to it: lead it to a leaf, or take it out of the list.`
) {}

export class BranchesDisagree extends problem(
  "BranchesDisagree",
  {
    step: Schema.String,
    column: Schema.String,
    types: Schema.Record(Schema.String, Schema.String)
  },
  ({ column, step, types }) => {
    const shown = Object.entries(types)
      .map(([branch, type]) => `${branch}: ${type}`)
      .join("; ")
    return `${says.branchesDisagree(step, column)}. ${shown}. Rename or convert the column in one of them.`
  }
) {}

export class NoCommonSource extends problem(
  "NoCommonSource",
  { step: Schema.String, flows: Names },
  ({ flows, step }) =>
    `${says.noCommonSource(step)}. The flows end at ${flows.map((name) => `'${name}'`).join(", ")}.`
) {}

export class UnknownMapping extends problem(
  "UnknownMapping",
  {
    step: Schema.String,
    column: Schema.String,
    side: Schema.Literals(["input", "output"]),
    known: Names
  },
  ({ column, known, side, step }) =>
    `${says.unknownMapping(step, column)}.${didYouMean(column, known)} ` +
    `Its ${side}s: ${known.join(", ") || "none"}.`
) {}

export class BatchSizesDisagree extends problem(
  "BatchSizesDisagree",
  {
    step: Schema.String,
    upstream: Schema.String,
    batchSize: Schema.Int,
    upstreamBatchSize: Schema.Int
  },
  ({ batchSize, step, upstream, upstreamBatchSize }) =>
    `${says.batchSizesDisagree(step, upstream)}. '${step}' takes ${batchSize} rows, '${upstream}' gives ${upstreamBatchSize}: ` +
    `set inputBatchSize of '${step}' to ${upstreamBatchSize} or to a divisor of it.`
) {}

export class InACycle extends problem(
  "InACycle",
  { step: Schema.String, path: Names },
  ({ path, step }) =>
    `${says.inACycle(step)}: ${path.join(" → ")}. Rows flow one way: take out one of these connections.`
) {}

export class UnknownStep extends problem(
  "UnknownStep",
  { step: Schema.String, known: Names },
  ({ known, step }) =>
    `${says.unknownStep(step)}.${didYouMean(step, known)} Its steps: ${known.join(", ")}.`
) {}

export class UnknownParameter extends problem(
  "UnknownParameter",
  { step: Schema.String, parameter: Schema.String, known: Names },
  ({ known, parameter, step }) =>
    `${says.unknownParameter(step, parameter)}.${didYouMean(parameter, known)} Known here: ${known.join(", ") || "none"}.`
) {}

export class WrongParameter extends problem(
  "WrongParameter",
  { step: Schema.String, parameter: Schema.String, wants: Schema.String, gets: Schema.String },
  ({ gets, parameter, step, wants }) =>
    `${says.wrongParameter(step, parameter)}. It wants ${wants} and gets ${gets}.`
) {}

export class MissingParameter extends problem(
  "MissingParameter",
  { step: Schema.String, parameter: Schema.String, wants: Schema.String },
  ({ parameter, step, wants }) =>
    `${says.missingParameter(step, parameter)}. ` +
    `Give it (${wants}) where the step is made, or in run(pipeline, { parameters: { "${step}": { ${parameter}: … } } }).`
) {}

export class UnknownOption extends problem(
  "UnknownOption",
  { option: Schema.String, known: Names },
  ({ known, option }) =>
    `Option ${option} is not known.${didYouMean(option, known)} There are: ${known.join(", ")}.`
) {}

export class WrongOption extends problem(
  "WrongOption",
  { option: Schema.String, wants: Schema.String, gets: Schema.String },
  ({ gets, option, wants }) => `Option ${option} is ${gets}. Give ${wants}, or leave it out.`
) {}

export class NotInCluster extends problem(
  "NotInCluster",
  { detail: Schema.String },
  ({ detail }) => `A run with cluster ${detail}.`
) {}

export class WrongLoadGroup extends problem(
  "WrongLoadGroup",
  { group: Names, detail: Schema.String },
  ({ detail, group }) => `The load group [${group.join(", ")}] cannot be: ${detail}.`
) {}

export class WrongDataset extends problem(
  "WrongDataset",
  { detail: Schema.String, known: Names },
  ({ detail, known }) =>
    `The dataset does not fit: ${detail}. Generators of the pipeline: ${known.join(", ") || "none"}.`
) {}

/** One thing that is wrong with a pipeline. */
export type Problem =
  | MissingColumn
  | WrongType
  | NeedsOneOf
  | TakenName
  | BadName
  | NotAGenerator
  | GeneratorAfterStep
  | NotAJoinStep
  | RoutingNeedsList
  | UnknownArm
  | BranchesDisagree
  | NoCommonSource
  | UnknownMapping
  | BatchSizesDisagree
  | InACycle
  | UnknownStep
  | UnknownParameter
  | WrongParameter
  | MissingParameter
  | UnknownOption
  | WrongOption
  | NotInCluster
  | WrongLoadGroup
  | WrongDataset

/** A pipeline that cannot run, with all that is wrong with it. Nothing was loaded and nothing spent. */
export class InvalidPipeline extends Schema.TaggedError<InvalidPipeline>()("InvalidPipeline", {
  pipeline: Schema.String,
  problems: Schema.Array(Schema.Unknown)
}) {
  /** The problems, typed. */
  get all(): ReadonlyArray<Problem> {
    return this.problems as ReadonlyArray<Problem>
  }
  override get message(): string {
    const [first, ...more] = this.all
    if (first !== undefined && more.length === 0)
      return `Pipeline '${this.pipeline}' cannot run: ${first.message}`
    return `Pipeline '${this.pipeline}' cannot run, for ${this.all.length} reasons:\n${this.all.map((problem, i) => `  ${i + 1}. ${problem.message}`).join("\n")}`
  }
}
