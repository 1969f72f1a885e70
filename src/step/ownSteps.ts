/** Own steps: a function and the columns it reads and adds. No class to extend. */
import type { Columns, DeclaredColumns, RowOf } from "../columns/Columns.ts"
import type { InputRow, Inputs } from "../columns/inputs.ts"
import type { Mapped, Names, Renamed } from "../columns/mapping.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import { defined } from "./Definition.ts"
import { globalStepDefinition, joinStepDefinition, stepDefinition } from "./ownDefinitions.ts"
import { ownStep } from "./ownStep.ts"
import type {
  AsksModel,
  Given,
  ModelParameters,
  OwnStepOptions,
  OwnStepParameters,
  ParametersFor,
  RowStream,
  Told,
  ToolsOf
} from "./OwnStepOptions.ts"
import type { JoinStep, RowCount, Step } from "./Step.ts"
import type { StepTools } from "./StepTools.ts"
import type { Produced } from "./Worker.ts"

/**
 * Makes a step from a function of rows.
 *
 * `process` gets up to `inputBatchSize` rows and returns rows: an array, a promise, an effect, a
 * stream or an (async) iterable of them. Services that the effect or the stream requires are
 * required by `run(pipeline)`. A row that comes back keeps the other columns of the row it came
 * from. By default there is one row out for one row in, in order; a step that filters or multiplies
 * rows says so with `rowCount` and spreads the row it got (`{ ...row, part }`), so that each result
 * is known to come from it.
 *
 * With option `llm` it may ask a model, by `tools.llm`: it then gets one row a call, many calls at
 * once. Limits, retries, prices, budgets, the cache and resumed runs work as for a task.
 *
 * @example
 *   const shout = step({
 *     name: "shout",
 *     inputs: { text: Schema.String },
 *     outputs: { loud: Schema.String },
 *     process: (rows) => rows.map((row) => ({ loud: row.text.toUpperCase() }))
 *   })
 *   const refined = step({
 *     name: "refined",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     inputs: { text: Schema.String },
 *     outputs: { better: Schema.String },
 *     process: async ([row], _, { llm }) => {
 *       const critique = await llm.askPromise(`What is weak in this text?\n${row!.text}`)
 *       const better = await llm.askPromise(
 *         `Improve the text.\n${row!.text}\nIts weaknesses:\n${critique.text}`
 *       )
 *       return [{ better: better.text }]
 *     }
 *   })
 *
 * @reads the declared inputs
 * @adds the declared outputs; with `llm` also `distilabel_metadata`, the chats and answers of each row
 * @fails RowFailed for the rows of a call that throws or fails, and for a row whose question is not answered
 */
export const step = defined(
  stepDefinition,
  <
    const Name extends string,
    In extends Inputs = {},
    Out extends DeclaredColumns = {},
    Parameters extends Columns = {},
    const Defaults = {},
    const InputMap extends Names<InputRow<In>> = {},
    const OutputMap extends Names<RowOf<Out>> = {},
    const Removed extends string = never,
    const Replaces extends boolean = false,
    R = never,
    L extends AnyLLM = never
  >(
    options: OwnStepOptions<
      Name,
      In,
      Out,
      Parameters,
      Defaults,
      Mapped<InputMap, InputRow<In>>,
      Mapped<OutputMap, RowOf<Out>>,
      Removed,
      Replaces
    > &
      AsksModel<L> & {
        /** What it does to the number of rows. Default `one-to-one`. */
        readonly rowCount?: Exclude<RowCount, "generator">
        readonly process: (
          rows: ReadonlyArray<InputRow<NoInfer<In>>>,
          parameters: RowOf<NoInfer<Parameters>>,
          tools: ToolsOf<NoInfer<L>>
        ) => Produced<RowOf<NoInfer<Out>>, R>
      }
  ): Step<
    Name,
    Renamed<InputRow<In>, InputMap>,
    Given<Told<RowOf<Out>, L>, InputMap, OutputMap, Removed, Replaces>,
    OwnStepParameters & ParametersFor<Parameters, Defaults> & ModelParameters<L>,
    R
  > =>
    ownStep("step", stepDefinition, options, options.rowCount ?? stepDefinition.defaults.rowCount)
)

/**
 * Makes a step that gets all rows at once, in their order: to deduplicate, to sort, to count over
 * everything.
 *
 * Rows that come back by spreading (`{ ...row, rank }`) keep their place in joins; new rows start
 * afresh. Rows wait on disk where they are many; with `streams` they are read from there one after
 * the other, as often as `process` likes, so that they need not fit into memory together. An
 * iterable that it gives back is read as the rows find place.
 *
 * @example
 *   const ranked = globalStep({
 *     name: "ranked",
 *     inputs: { score: Schema.Number },
 *     outputs: { rank: Schema.Number },
 *     process: (rows) =>
 *       [...rows].sort((a, b) => b.score - a.score).map((row, rank) => ({ ...row, rank }))
 *   })
 *
 * @reads the declared inputs
 * @adds the declared outputs
 * @fails StepFailed if `process` throws or fails: the run ends
 */
export const globalStep = defined(
  globalStepDefinition,
  <
    const Name extends string,
    In extends Inputs = {},
    Out extends DeclaredColumns = {},
    Parameters extends Columns = {},
    const Defaults = {},
    const InputMap extends Names<InputRow<In>> = {},
    const OutputMap extends Names<RowOf<Out>> = {},
    const Removed extends string = never,
    const Replaces extends boolean = false,
    const Streams extends boolean = false,
    R = never,
    L extends AnyLLM = never
  >(
    options: OwnStepOptions<
      Name,
      In,
      Out,
      Parameters,
      Defaults,
      Mapped<InputMap, InputRow<In>>,
      Mapped<OutputMap, RowOf<Out>>,
      Removed,
      Replaces
    > &
      AsksModel<L> & {
        /** True to get the rows one after the other rather than in a list. Default false. */
        readonly streams?: Streams
        readonly process: (
          rows: Streams extends true
            ? RowStream<InputRow<NoInfer<In>>>
            : ReadonlyArray<InputRow<NoInfer<In>>>,
          parameters: RowOf<NoInfer<Parameters>>,
          tools: ToolsOf<NoInfer<L>>
        ) => Produced<RowOf<NoInfer<Out>>, R>
      }
  ): Step<
    Name,
    Renamed<InputRow<In>, InputMap>,
    Given<RowOf<Out>, InputMap, OutputMap, Removed, Replaces>,
    OwnStepParameters & ParametersFor<Parameters, Defaults> & ModelParameters<L>,
    R
  > =>
    ownStep(
      "global",
      globalStepDefinition,
      options,
      options.replaces === true ? "many-to-one" : "one-to-many"
    )
)

/**
 * Makes a step that joins branches: for each row of the branches' last common flow it gets what
 * came out of each branch, and gives rows.
 *
 * Its inputs are read from every branch. A result keeps the columns of the branches' rows, later
 * branches winning.
 *
 * @example
 *   const best = joinStep({
 *     name: "best",
 *     inputs: { score: Schema.Number },
 *     outputs: { best: Schema.Number },
 *     process: (arms) => [{ best: Math.max(...arms.flat().map((row) => row.score)) }]
 *   })
 *
 * @reads the declared inputs, from every branch
 * @adds the declared outputs
 * @fails RowFailed for the common row if `process` throws or fails
 */
export const joinStep = defined(
  joinStepDefinition,
  <
    const Name extends string,
    In extends Inputs = {},
    Out extends DeclaredColumns = {},
    Parameters extends Columns = {},
    const Defaults = {},
    const InputMap extends Names<InputRow<In>> = {},
    const OutputMap extends Names<RowOf<Out>> = {},
    const Removed extends string = never,
    const Replaces extends boolean = false,
    R = never
  >(
    options: OwnStepOptions<
      Name,
      In,
      Out,
      Parameters,
      Defaults,
      Mapped<InputMap, InputRow<In>>,
      Mapped<OutputMap, RowOf<Out>>,
      Removed,
      Replaces
    > & {
      readonly process: (
        arms: ReadonlyArray<ReadonlyArray<InputRow<NoInfer<In>>>>,
        parameters: RowOf<NoInfer<Parameters>>,
        tools: StepTools
      ) => Produced<RowOf<NoInfer<Out>>, R>
    }
  ): JoinStep<
    Name,
    Renamed<InputRow<In>, InputMap>,
    Given<RowOf<Out>, InputMap, OutputMap, Removed, Replaces>,
    OwnStepParameters & ParametersFor<Parameters, Defaults>,
    "any",
    R
  > => ownStep("join", joinStepDefinition, options, "one-to-many")
)
