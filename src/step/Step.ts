/**
 * Steps: the nodes of a pipeline. A step says which columns it reads and gives; it runs nothing
 * until the engine opens it.
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Columns } from "../columns/Columns.ts"
import type * as hidden from "../columns/hidden.ts"
import type { RowFunction } from "../columns/Row.ts"
import type { Reads, Shape } from "../columns/Shape.ts"
import type { FindingsOf } from "./Finding.ts"
import type { StepFailed } from "./StepFailed.ts"
import type { StepFile } from "./StepFile.ts"
import type { Worker } from "./Worker.ts"

/**
 * What a step does to the rows' number, as it declares it: `generator` makes rows, `one-to-one`
 * gives a row for a row, `filter` at most one, `one-to-many` any number, `many-to-one` fewer rows
 * than it got without saying which came from which.
 */
export type RowCount = "generator" | "one-to-one" | "filter" | "one-to-many" | "many-to-one"

/**
 * How a step gets its rows: a generator makes them, a `step` gets batches, a `global` step gets all
 * rows at once, a `join` step gets, for each row of a common flow, what came out of each branch.
 */
export type StepKind = "generator" | "step" | "global" | "join"

/** How a join step wants the branches' rows: any number from each, or exactly one. */
export type ArmRows = "any" | "one"

/** Names of columns as the step knows them, with the names they have in the flow. */
export interface Mappings {
  readonly input: Readonly<Record<string, string>>
  readonly output: Readonly<Record<string, string>>
}

/** A step as the run time sees it. */
export interface StepData {
  readonly name: string
  /** The class name in documents: `TextGeneration`, `KeepColumns`, … */
  readonly type: string
  /** What to cite, as BibTeX, for rows that went through it. */
  readonly cites?: string | undefined
  /** Tags of dataset cards of rows that went through it. */
  readonly tags: ReadonlyArray<string>
  /** What it can say of rows of the result that is worth a figure in the report. */
  readonly findingsOf?: FindingsOf | undefined
  readonly kind: StepKind
  readonly rowCount: RowCount
  readonly armRows: ArmRows
  /** Columns that rows must have, under the step's own names. */
  readonly reads: Reads
  /** Columns of these in which null was allowed where a value is wanted, under the step's own names. */
  readonly allowsNull?: ReadonlyArray<string> | undefined
  /** The columns after the step, given those before it, under the step's own names. */
  readonly gives: (have: Shape) => Shape
  /**
   * Whether rows that come out are laid over the rows they came from, so that a step may give its
   * own columns only.
   */
  readonly extendsRows: boolean
  /** Columns that the step's own code declares to add: what it returns is checked against them. */
  readonly declares: Shape | undefined
  /** Columns that rows no longer have afterwards, under the step's own names. */
  readonly removes: ReadonlyArray<string>
  readonly mappings: Mappings
  /** Rows in one batch of a generator, or in one call of `process`. */
  readonly batchSize: number
  /** Whether the batch size was given rather than the default of 50. */
  readonly batchSizeGiven: boolean
  /** What `run({ parameters })` may set; a parameter that is not optional must be set. */
  readonly parameters: Columns
  /** The options that made the step, for documents. */
  readonly options: Readonly<Record<string, unknown>>
  /** Parameters that have their value. */
  readonly values: Readonly<Record<string, unknown>>
  /** Whether what the step, or its model, gave before is taken instead of asking again. */
  readonly useCache: boolean
  /**
   * Whether its rows are worth keeping: it is a function of the user's, and nobody knows what it
   * costs.
   */
  readonly keepsOutputs: boolean
  /**
   * Whether a generator goes on after a checkpoint without the rows before it: it keeps a state, or
   * makes each row by its position.
   */
  readonly goesOn: boolean
  /** The file that the rows that leave it are written to, if there is one. */
  readonly file: StepFile | undefined
  /** The same step with runtime parameters set. */
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => StepData
  /**
   * Looks, before any step is at work, whether what it will need is there, as far as looking costs
   * nothing.
   */
  readonly check: Effect.Effect<void, StepFailed>
  /** Makes the step ready to work; what it holds is released with the scope. */
  readonly open: Effect.Effect<Worker, StepFailed, Scope.Scope>
}

/**
 * A step with its types: the columns it needs, what it makes of a row type, its runtime parameters,
 * the services it requires.
 *
 * `Name` is the step's name, `Need` the row type it reads, `Gives` a function from row type to row
 * type, `R` the services that its functions use.
 */
export interface Step<
  out Name extends string,
  in Need,
  out Gives extends RowFunction,
  out Parameters,
  out R = never
> extends StepData {
  readonly name: Name
  readonly [hidden.need]: (row: Need) => void
  readonly [hidden.gives]: Gives
  readonly [hidden.facts]: StepFacts<Parameters, R>
}

/** What is known of a step besides its rows. */
export interface StepFacts<out Parameters, out R> {
  readonly parameters: Parameters
  readonly requires: R
}

/** What a generator needs: a row that nothing gives, so that it fits after no other step. */
export interface NoRow {
  readonly "~generator": never
}

/** A step that makes rows and starts a pipeline. */
export interface GeneratorStep<
  out Name extends string,
  out Out,
  out Parameters,
  out R = never
> extends Step<Name, NoRow, Makes<Out>, Parameters, R> {
  readonly kind: "generator"
}

/** A step that joins branches. */
export interface JoinStep<
  out Name extends string,
  in Need,
  out Gives extends RowFunction,
  out Parameters,
  out Arms extends ArmRows = "any",
  out R = never
> extends Step<Name, Need, Gives, Parameters, R> {
  readonly kind: "join"
  readonly armRows: Arms
}

/** A step whose option `columns` names columns of the flow: the editor offers those. */
export interface Picks<out Columns> {
  readonly [hidden.picks]?: Columns
}

/** The row type of a generator, whatever was there before. */
export interface Makes<Out> extends RowFunction {
  readonly result: Out
}

/** Any step, for constraints: light, so that comparing with it costs the compiler little. */
export interface AnyStep {
  readonly name: string
  readonly kind: StepKind
  readonly [hidden.need]: (row: never) => void
  readonly [hidden.gives]: RowFunction
  readonly [hidden.facts]: StepFacts<unknown, unknown>
}

/** The row type that a step reads. */
export type NeedOf<S> = S extends { readonly [hidden.need]: (row: infer N) => void } ? N : never
