/** Own steps: a function and the columns it reads and adds. No class to extend. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Columns, RowOf } from "../columns/Columns.ts"
import {
  type InputRow,
  type Inputs,
  type OutputRow,
  type Outputs,
  outputsOf,
  readsOf
} from "../columns/inputs.ts"
import type { Names, Renamed, RenamedOut } from "../columns/mapping.ts"
import type { Adds, Row, Swaps } from "../columns/Row.ts"
import { type Shape, withColumns } from "../columns/Shape.ts"
import { type AnyDefinition, defined } from "./Definition.ts"
import { openThreads, threadsOf } from "./inThreads.ts"
import type { GeneratorParameters, ParameterValues, StepParameters } from "./makeStep.ts"
import {
  generatorStepDefinition,
  globalStepDefinition,
  joinStepDefinition,
  stepDefinition
} from "./ownDefinitions.ts"
import type { AnyStep, GeneratorStep, JoinStep, Makes, RowCount, Step } from "./Step.ts"
import { stepOf } from "./stepOf.ts"
import { type StepTools, toolsOf } from "./StepTools.ts"
import type { Produced } from "./Worker.ts"

/**
 * What `run({ parameters })` may set of an own step: its declared parameters; those with a default
 * are optional.
 */
export type ParametersFor<Parameters extends Columns, Defaults> = [keyof Parameters] extends [never]
  ? {}
  : { readonly [K in Exclude<keyof RowOf<Parameters>, keyof Defaults>]: RowOf<Parameters>[K] } & {
      readonly [K in keyof RowOf<Parameters> & keyof Defaults]?: RowOf<Parameters>[K]
    }

/** What a step may use. */
export interface StepResources {
  /** Calls of `process` at once; in threads for a function of `inThreads`. Default 1. */
  readonly replicas?: number
  /** Memory of each thread in MB. Default: as much as there is. */
  readonly memory?: number
}

/** Parameters that every own step has. */
export interface OwnStepParameters extends StepParameters {
  /** How many calls of `process` are under way at once. */
  readonly resources?: StepResources
}

const Resources = Schema.optionalKey(
  Schema.Struct({
    replicas: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
    memory: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0)))
  })
)

/** Options of `step`, `globalStep` and `joinStep`, but for `process`. */
export interface OwnStepOptions<
  Name extends string,
  In extends Inputs,
  Out extends Columns,
  Parameters extends Columns,
  Defaults,
  InputMap,
  OutputMap,
  Removed extends string,
  Replaces extends boolean
> {
  readonly name: Name
  /** Columns that `process` reads; `oneOf(...)` for alternatives. Default: none. */
  readonly inputs?: In
  /** Columns that `process` adds. Default: none. */
  readonly outputs?: Out
  /** Columns that rows no longer have afterwards. */
  readonly removes?: ReadonlyArray<Removed>
  /** True if rows come out with the outputs only, without their other columns. Default false. */
  readonly replaces?: Replaces
  /** What `run({ parameters })` may set, given to `process` as its second argument. */
  readonly parameters?: Parameters
  readonly defaults?: Defaults & Partial<RowOf<Parameters>>
  /** Rows in one call of `process`. Default 50. */
  readonly inputBatchSize?: number
  /**
   * How many calls of `process` are under way at once, and, in threads, how much memory (MB) each
   * may use. Default one call.
   */
  readonly resources?: StepResources
  /**
   * False if rows must be worked out anew on every run: what `process` gives depends on more than
   * its rows. Default true.
   */
  readonly useCache?: boolean
  /**
   * Says which code this is: a step with a version is unchanged as long as its version is, whatever
   * its functions do.
   *
   * Without one, a step is unchanged as long as its options, its parameters and its functions are,
   * with all that the functions use: variables, helpers, classes, imported modules, the versions of
   * packages. Where that cannot be seen, or the functions read the time, files, the network or what
   * they change themselves, the step's rows are not kept from run to run, and the run says so.
   */
  readonly version?: string
  /**
   * The flow's columns under the step's own names: `{ text: "document" }` reads `document` as
   * `text`.
   */
  readonly inputMappings?: InputMap
  /** New names for the step's outputs. */
  readonly outputMappings?: OutputMap
}

type Given<
  Out extends Columns,
  InputMap,
  OutputMap,
  Removed extends string,
  Replaces extends boolean
> = Replaces extends true
  ? Makes<RenamedOut<RowOf<Out>, InputMap, OutputMap>>
  : [Removed] extends [never]
    ? Adds<RenamedOut<RowOf<Out>, InputMap, OutputMap>>
    : Swaps<Removed, RenamedOut<RowOf<Out>, InputMap, OutputMap>>

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
 * @example
 *   const shout = step({
 *     name: "shout",
 *     inputs: { text: Schema.String },
 *     outputs: { loud: Schema.String },
 *     process: (rows) => rows.map((row) => ({ loud: row.text.toUpperCase() }))
 *   })
 *
 * @reads the declared inputs
 * @adds the declared outputs
 * @fails RowFailed for the rows of a call that throws or fails
 */
export const step = defined(
  stepDefinition,
  <
    const Name extends string,
    In extends Inputs = {},
    Out extends Columns = {},
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
      InputMap,
      OutputMap,
      Removed,
      Replaces
    > & {
      /** What it does to the number of rows. Default `one-to-one`. */
      readonly rowCount?: Exclude<RowCount, "generator">
      readonly process: (
        rows: ReadonlyArray<InputRow<NoInfer<In>>>,
        parameters: RowOf<NoInfer<Parameters>>,
        tools: StepTools
      ) => Produced<RowOf<NoInfer<Out>>, R>
    }
  ): Step<
    Name,
    Renamed<InputRow<In>, InputMap>,
    Given<Out, InputMap, OutputMap, Removed, Replaces>,
    OwnStepParameters & ParametersFor<Parameters, Defaults>,
    R
  > =>
    ownStep("step", stepDefinition, options, options.rowCount ?? stepDefinition.defaults.rowCount)
)

/** Rows that are read one after the other, any number of times. */
export interface RowStream<R> extends Iterable<R> {
  readonly length: number
}

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
    Out extends Columns = {},
    Parameters extends Columns = {},
    const Defaults = {},
    const InputMap extends Names<InputRow<In>> = {},
    const OutputMap extends Names<RowOf<Out>> = {},
    const Removed extends string = never,
    const Replaces extends boolean = false,
    const Streams extends boolean = false,
    R = never
  >(
    options: OwnStepOptions<
      Name,
      In,
      Out,
      Parameters,
      Defaults,
      InputMap,
      OutputMap,
      Removed,
      Replaces
    > & {
      /** True to get the rows one after the other rather than in a list. Default false. */
      readonly streams?: Streams
      readonly process: (
        rows: Streams extends true
          ? RowStream<InputRow<NoInfer<In>>>
          : ReadonlyArray<InputRow<NoInfer<In>>>,
        parameters: RowOf<NoInfer<Parameters>>,
        tools: StepTools
      ) => Produced<RowOf<NoInfer<Out>>, R>
    }
  ): Step<
    Name,
    Renamed<InputRow<In>, InputMap>,
    Given<Out, InputMap, OutputMap, Removed, Replaces>,
    OwnStepParameters & ParametersFor<Parameters, Defaults>,
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
    Out extends Columns = {},
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
      InputMap,
      OutputMap,
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
    Given<Out, InputMap, OutputMap, Removed, Replaces>,
    OwnStepParameters & ParametersFor<Parameters, Defaults>,
    "any",
    R
  > => ownStep("join", joinStepDefinition, options, "one-to-many")
)

/**
 * Makes a step that makes rows: from an API, a database, a random generator.
 *
 * `process` gets the position to start from and gives rows one by one; rows it gives again for the
 * same offset must be the same.
 *
 * @example
 *   const numbers = generatorStep({
 *     name: "numbers",
 *     outputs: { n: Schema.Number },
 *     *process({ offset }) {
 *       for (let n = offset; n < 100; n++) yield { n }
 *     }
 *   })
 *
 * @adds the declared outputs
 * @fails StepFailed if `process` throws or fails: the run ends
 */
export const generatorStep = defined(
  generatorStepDefinition,
  <
    const Name extends string,
    Out extends Outputs,
    Parameters extends Columns = {},
    const Defaults = {},
    const OutputMap extends Names<OutputRow<Out>> = {},
    R = never
  >(options: {
    readonly name: Name
    /** Columns of the rows; `open(...)` if some are known only at run time. */
    readonly outputs: Out
    readonly parameters?: Parameters
    readonly defaults?: Defaults & Partial<RowOf<Parameters>>
    /** Rows in one batch. Default 50. */
    readonly batchSize?: number
    readonly outputMappings?: OutputMap
    readonly process: (
      from: { readonly offset: number; readonly parameters: RowOf<NoInfer<Parameters>> } & StepTools
    ) => Produced<GeneratedRow<NoInfer<Out>>, R>
  }): GeneratorStep<
    Name,
    RenamedOut<OutputRow<Out>, {}, OutputMap>,
    GeneratorParameters & ParametersFor<Parameters, Defaults>,
    R
  > => {
    const outputs = outputsOf(options.outputs)
    const process = options.process as (
      from: { offset: number; parameters: ParameterValues } & StepTools
    ) => Produced<Row>
    return stepOf(generatorStepDefinition, options, {
      kind: "generator",
      gives: () => outputs,
      declares: outputs,
      ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
      values: options.defaults ?? {},
      open: (parameters) =>
        Effect.map(toolsOf(options.name), (tools) => ({
          kind: "generator",
          generate: (offset) => process({ offset, parameters, ...tools })
        }))
    })
  }
)

/** What a generator's function must give: the declared columns, and others if the source is open. */
export type GeneratedRow<Out extends Outputs> = Out extends {
  readonly "~known": infer Known extends Columns
}
  ? RowOf<Known> & Row
  : Out extends Columns
    ? RowOf<Out>
    : never

/** An own step of a class, for ready steps that are a function inside. */
export const ownStep = <S extends AnyStep>(
  kind: "step" | "global" | "join",
  definition: AnyDefinition,
  options: OwnStepOptions<
    string,
    Inputs,
    Columns,
    Columns,
    unknown,
    unknown,
    unknown,
    string,
    boolean
  > & {
    readonly process: (rows: never, parameters: never, tools: StepTools) => Produced<Row, unknown>
    readonly streams?: boolean
  },
  rowCount: RowCount
): S => {
  const { oneOf, reads } = readsOf(options.inputs ?? {})
  // Its types say what it requires; the run that calls it has it.
  const process = options.process as (
    rows: unknown,
    parameters: ParameterValues,
    tools: StepTools
  ) => Produced<Row>
  const outputs = options.outputs ?? {}
  return stepOf<S>(definition, options, {
    kind,
    rowCount,
    reads,
    oneOf,
    gives: (have) =>
      options.replaces === true
        ? { columns: outputs, open: false }
        : withColumns(without(have, options.removes ?? []), outputs),
    extendsRows: options.replaces !== true,
    declares: { columns: outputs, open: false },
    removes: options.removes ?? [],
    parameters: { ...options.parameters, resources: Resources },
    values: {
      ...(options.defaults as object),
      ...(options.resources === undefined ? {} : { resources: options.resources })
    },
    keepsOutputs: true,
    open: ({ resources, ...parameters }) => {
      const { memory, replicas } = (resources ?? {}) as StepResources
      const threads = threadsOf(options.process)
      if (kind === "join")
        return Effect.map(toolsOf(options.name), (tools) => ({
          kind,
          process: (arms) => process(arms, parameters, tools)
        }))
      if (threads === undefined)
        return Effect.map(toolsOf(options.name), (tools) => ({
          kind: "batch",
          process: (rows) => process(rows, parameters, tools),
          streams: options.streams,
          replicas
        }))
      return Effect.map(
        openThreads(options.name, threads, parameters, { memory, replicas }),
        (call) => ({ kind: "batch", process: call, replicas })
      )
    }
  })
}

const without = (have: Shape, removed: ReadonlyArray<string>): Shape => ({
  ...have,
  columns: Object.fromEntries(
    Object.entries(have.columns).filter(([column]) => !removed.includes(column))
  )
})
