/** What own steps are made of: their options, and what follows from them for rows and parameters. */
import type { Columns, DeclaredColumns, RowOf } from "../columns/Columns.ts"
import type { Inputs } from "../columns/inputs.ts"
import type { RenamedOut } from "../columns/mapping.ts"
import type { Metadata } from "../columns/metadata.ts"
import type { Adds, Swaps } from "../columns/Row.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import type { ParametersOf as LLMParametersOf } from "../models/chat/Model.ts"
import type { StepParameters } from "./makeStep.ts"
import type { Makes } from "./Step.ts"
import type { StepLLM } from "./StepLLM.ts"
import type { StepTools } from "./StepTools.ts"

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

/** Options of `step`, `globalStep` and `joinStep`, but for `process`. */
export interface OwnStepOptions<
  Name extends string,
  In extends Inputs,
  Out extends DeclaredColumns,
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

/** A step that may ask a model in its work. */
export interface AsksModel<L extends AnyLLM> {
  /**
   * A model that `process` may ask, by `llm` of its tools. Rows then go to `process` one by one,
   * many at once, and say in `distilabel_metadata` what was asked for them.
   */
  readonly llm?: L
}

/** The tools of a step; `llm` among them where it declares one. */
export type ToolsOf<L extends AnyLLM> = [L] extends [never]
  ? StepTools
  : StepTools & { readonly llm: StepLLM<L> }

/** Parameters of the model that a step declares. */
export type ModelParameters<L extends AnyLLM> = [L] extends [never]
  ? unknown
  : { readonly llm?: LLMParametersOf<L> }

/** The columns that a step adds: those it declares, and what is told of its calls of a model. */
export type Told<Out, L extends AnyLLM> = [L] extends [never]
  ? Out
  : Out & { readonly distilabel_metadata: Metadata }

/** What an own step does to rows. */
export type Given<
  Out,
  InputMap,
  OutputMap,
  Removed extends string,
  Replaces extends boolean
> = Replaces extends true
  ? Makes<RenamedOut<Out, InputMap, OutputMap>>
  : [Removed] extends [never]
    ? Adds<RenamedOut<Out, InputMap, OutputMap>>
    : Swaps<Removed, RenamedOut<Out, InputMap, OutputMap>>

/** Rows that are read one after the other, any number of times. */
export interface RowStream<R> extends Iterable<R> {
  readonly length: number
}
