/**
 * What can be wrong with a pipeline, as tagged errors: fields first, then a message with what,
 * where and how to fix it.
 */
import * as Schema from "effect/Schema"
import { closest } from "../columns/closest.ts"
import * as says from "./sentences.ts"

const Names = Schema.Array(Schema.String)

const columnsHere = (available: ReadonlyArray<string>): string =>
  available.length === 0 ? "There are no columns here." : `Columns here: ${available.join(", ")}.`

/** "Did you mean 'prompt'?" with a blank before it, or nothing. */
const didYouMean = (name: string, known: ReadonlyArray<string>): string => {
  const near = closest(name, known)
  return near === undefined ? "" : ` Did you mean '${near}'?`
}

export class MissingColumn extends Schema.TaggedError<MissingColumn>()("MissingColumn", {
  step: Schema.String,
  column: Schema.String,
  available: Names
}) {
  override get message(): string {
    const { available, column, step } = this
    return (
      `${says.missingColumn(step, column)}. ${columnsHere(available)}${didYouMean(column, available)} ` +
      `Map one with { input: { ${column}: "…" } } where the step is connected, or add a step that gives it.`
    )
  }
}

export class WrongType extends Schema.TaggedError<WrongType>()("WrongType", {
  step: Schema.String,
  column: Schema.String,
  wants: Schema.String,
  gets: Schema.String
}) {
  override get message(): string {
    return `${says.wrongType(this.step, this.column)}. It wants ${this.wants} and gets ${this.gets}. Map another column, or convert this one in a step before.`
  }
}

export class NeedsOneOf extends Schema.TaggedError<NeedsOneOf>()("NeedsOneOf", {
  step: Schema.String,
  oneOf: Schema.Array(Names),
  available: Names
}) {
  override get message(): string {
    const sets = this.oneOf.map((columns) => columns.join(" + ")).join(", or ")
    return `${says.needsOneOf(this.step)}: ${sets}. ${columnsHere(this.available)}`
  }
}

export class TakenName extends Schema.TaggedError<TakenName>()("TakenName", {
  step: Schema.String
}) {
  override get message(): string {
    return `${says.takenName(this.step)}. Give each step a name of its own.`
  }
}

export class BadName extends Schema.TaggedError<BadName>()("BadName", { step: Schema.String }) {
  override get message(): string {
    return `Step name '${this.step}' has characters that a name may not have. Use letters, digits, '.', '_' and '-', starting with a letter, digit or '_'.`
  }
}

export class NotAGenerator extends Schema.TaggedError<NotAGenerator>()("NotAGenerator", {
  step: Schema.String
}) {
  override get message(): string {
    return `${says.notAGenerator(this.step)}. Connect a step before it that does, such as LoadDataFromDicts.`
  }
}

export class GeneratorAfterStep extends Schema.TaggedError<GeneratorAfterStep>()(
  "GeneratorAfterStep",
  {
    step: Schema.String,
    after: Names
  }
) {
  override get message(): string {
    return `${says.generatorAfterStep(this.step)}. It was connected after ${this.after.map((name) => `'${name}'`).join(", ")}: start another flow with from(…).`
  }
}

export class NotAJoinStep extends Schema.TaggedError<NotAJoinStep>()("NotAJoinStep", {
  step: Schema.String,
  after: Names
}) {
  override get message(): string {
    return (
      `${says.notAJoinStep(this.step)}. It comes after ${this.after.map((name) => `'${name}'`).join(", ")}: ` +
      `join them with CombineColumns, CombineOutputs or a joinStep first.`
    )
  }
}

export class RoutingNeedsList extends Schema.TaggedError<RoutingNeedsList>()("RoutingNeedsList", {
  step: Schema.String
}) {
  override get message(): string {
    return `${says.routingNeedsList()}. After '${this.step}' write .route(by, [a, b]).`
  }
}

export class UnknownArm extends Schema.TaggedError<UnknownArm>()("UnknownArm", {
  step: Schema.String,
  upstream: Schema.String
}) {
  override get message(): string {
    return `${says.notInPipeline(this.step)}. '${this.upstream}' routes rows to it: lead it to a leaf, or take it out of the list.`
  }
}

export class BranchesDisagree extends Schema.TaggedError<BranchesDisagree>()("BranchesDisagree", {
  step: Schema.String,
  column: Schema.String,
  types: Schema.Record(Schema.String, Schema.String)
}) {
  override get message(): string {
    const types = Object.entries(this.types)
      .map(([branch, type]) => `${branch}: ${type}`)
      .join("; ")
    return `${says.branchesDisagree(this.step, this.column)}. ${types}. Rename or convert the column in one of them.`
  }
}

export class NoCommonSource extends Schema.TaggedError<NoCommonSource>()("NoCommonSource", {
  step: Schema.String,
  flows: Names
}) {
  override get message(): string {
    return `${says.noCommonSource(this.step)}. The flows end at ${this.flows.map((name) => `'${name}'`).join(", ")}.`
  }
}

export class UnknownMapping extends Schema.TaggedError<UnknownMapping>()("UnknownMapping", {
  step: Schema.String,
  column: Schema.String,
  side: Schema.Literals(["input", "output"]),
  known: Names
}) {
  override get message(): string {
    return (
      `${says.unknownMapping(this.step, this.column)}.${didYouMean(this.column, this.known)} ` +
      `Its ${this.side}s: ${this.known.join(", ") || "none"}.`
    )
  }
}

export class BatchSizesDisagree extends Schema.TaggedError<BatchSizesDisagree>()(
  "BatchSizesDisagree",
  {
    step: Schema.String,
    upstream: Schema.String,
    batchSize: Schema.Int,
    upstreamBatchSize: Schema.Int
  }
) {
  override get message(): string {
    return (
      `${says.batchSizesDisagree(this.step, this.upstream)}. '${this.step}' takes ${this.batchSize} rows, '${this.upstream}' gives ${this.upstreamBatchSize}: ` +
      `set inputBatchSize of '${this.step}' to ${this.upstreamBatchSize} or to a divisor of it.`
    )
  }
}

export class InACycle extends Schema.TaggedError<InACycle>()("InACycle", {
  step: Schema.String,
  path: Names
}) {
  override get message(): string {
    return `${says.inACycle(this.step)}: ${this.path.join(" → ")}. Rows flow one way: take out one of these connections.`
  }
}

export class UnknownStep extends Schema.TaggedError<UnknownStep>()("UnknownStep", {
  step: Schema.String,
  known: Names
}) {
  override get message(): string {
    return `${says.unknownStep(this.step)}.${didYouMean(this.step, this.known)} Its steps: ${this.known.join(", ")}.`
  }
}

export class UnknownParameter extends Schema.TaggedError<UnknownParameter>()("UnknownParameter", {
  step: Schema.String,
  parameter: Schema.String,
  known: Names
}) {
  override get message(): string {
    return `${says.unknownParameter(this.step, this.parameter)}.${didYouMean(this.parameter, this.known)} Known here: ${this.known.join(", ") || "none"}.`
  }
}

export class WrongParameter extends Schema.TaggedError<WrongParameter>()("WrongParameter", {
  step: Schema.String,
  parameter: Schema.String,
  wants: Schema.String,
  gets: Schema.String
}) {
  override get message(): string {
    return `${says.wrongParameter(this.step, this.parameter)}. It wants ${this.wants} and gets ${this.gets}.`
  }
}

export class MissingParameter extends Schema.TaggedError<MissingParameter>()("MissingParameter", {
  step: Schema.String,
  parameter: Schema.String,
  wants: Schema.String
}) {
  override get message(): string {
    return (
      `${says.missingParameter(this.step, this.parameter)}. ` +
      `Give it (${this.wants}) where the step is made, or in run(pipeline, { parameters: { "${this.step}": { ${this.parameter}: … } } }).`
    )
  }
}

export class WrongLoadGroup extends Schema.TaggedError<WrongLoadGroup>()("WrongLoadGroup", {
  group: Names,
  detail: Schema.String
}) {
  override get message(): string {
    return `The load group [${this.group.join(", ")}] cannot be: ${this.detail}.`
  }
}

export class WrongDataset extends Schema.TaggedError<WrongDataset>()("WrongDataset", {
  detail: Schema.String,
  known: Names
}) {
  override get message(): string {
    return `The dataset does not fit: ${this.detail}. Generators of the pipeline: ${this.known.join(", ") || "none"}.`
  }
}

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
