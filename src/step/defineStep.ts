/**
 * Steps defined once: columns, options and a function of rows. The typed constructor, run-time
 * columns and documents follow from the definition.
 */
import * as Effect from "effect/Effect"
import type { DeclaredColumns, RowOf } from "../columns/Columns.ts"
import type { InputRow, Inputs } from "../columns/inputs.ts"
import type { Mapped, Names, Renamed, RenamedOut } from "../columns/mapping.ts"
import type { Adds, Row } from "../columns/Row.ts"
import { checkedOptions, refuseTakenNames } from "./checkedOptions.ts"
import {
  type AnyDefinition,
  define,
  type Defined,
  defined,
  type PythonClass
} from "./Definition.ts"
import type { FindingsOf } from "./Finding.ts"
import type { StepParameters } from "./makeStep.ts"
import type { DefaultsFor, Filled, OptionFields, OptionsOf, SetBy } from "./options.ts"
import { ownStep } from "./ownStep.ts"
import type { RowStream } from "./OwnStepOptions.ts"
import type { AnyStep, RowCount, Step } from "./Step.ts"
import { detailOf, StepFailed } from "./StepFailed.ts"
import type { StepTools } from "./StepTools.ts"
import type { Produced } from "./Worker.ts"

/** What a class of steps is. */
export interface DefinedStepClass<
  Type extends string,
  In extends Inputs,
  Out extends DeclaredColumns,
  Own extends OptionFields,
  Defaults,
  Settable extends string,
  Streams extends boolean
> {
  /** The name of the class, in documents too. */
  readonly type: Type
  /** What its steps do, in one sentence. */
  readonly about: string
  /** What to cite, as BibTeX, in dataset cards of rows that went through such a step. */
  readonly cites?: string
  /** What its steps can say of rows of the result that is worth a figure in the report. */
  readonly findingsOf?: FindingsOf
  /** Columns that `process` reads; `oneOf(...)` for alternatives. */
  readonly reads: In
  /** Columns that `process` adds. */
  readonly adds: Out
  /** Options of its own, as schemas; one that may be left out is a `Schema.optionalKey`. */
  readonly options: Own
  /** The values of options that are left out: `process` gets them. */
  readonly defaults: Defaults & DefaultsFor<NoInfer<Own>, NoInfer<Defaults>>
  /** Options that `run({ parameters })` may set too. */
  readonly parameters?: ReadonlyArray<Settable & keyof NoInfer<Own>>
  /** Of those, options that must have a value when the run starts. */
  readonly needs?: ReadonlyArray<Settable & keyof NoInfer<Own>>
  /** How Python's distilabel spells the class, if it has one of this kind. */
  readonly python?: PythonClass<NoInfer<keyof Own & string>>
  /** `global` to get all rows at once. Default `step`: rows in batches. */
  readonly kind?: "step" | "global"
  /** What it does to the number of rows. Default `one-to-one`, of a global step `one-to-many`. */
  readonly rowCount?: Exclude<RowCount, "generator">
  /**
   * True for a global step that reads its rows one after the other rather than from a list, so that
   * they need not fit into memory. Default false.
   */
  readonly streams?: Streams
  readonly process: (
    rows: Streams extends true
      ? RowStream<InputRow<NoInfer<In>>>
      : ReadonlyArray<InputRow<NoInfer<In>>>,
    options: Filled<NoInfer<Own>, NoInfer<Defaults>>,
    tools: StepTools
  ) => Produced<RowOf<NoInfer<Out>>>
  /**
   * Looks, before any step is at work, whether what `process` will need is there, such as a
   * package: the run does not begin where this throws or rejects.
   */
  readonly check?: (options: Filled<NoInfer<Own>, NoInfer<Defaults>>) => unknown
  /**
   * Whether `process` reads more than its rows, such as a file, which may change: what it gave is
   * then worked out anew on every run.
   */
  readonly readsMore?: (options: Filled<NoInfer<Own>, NoInfer<Defaults>>) => boolean
  /** Says which code `process` is, where it cannot be seen in full; see `step`. */
  readonly version?: string
}

/** Options that every defined step has. */
export interface DefinedStepOptions<Name extends string, InputMap, OutputMap> {
  readonly name: Name
  /** Rows in one call of `process`. Default 50. */
  readonly inputBatchSize?: number
  /** False if rows must be worked out anew on every run. Default true. */
  readonly useCache?: boolean
  /** The flow's columns under the step's own names: `{ text: "document" }`. */
  readonly inputMappings?: InputMap
  /** New names for the columns that the step adds. */
  readonly outputMappings?: OutputMap
}

/** The step that a defined class makes. */
export interface DefinedStep<
  out Type extends string,
  out Name extends string,
  in Need,
  out Out,
  out Settable = unknown
> extends Step<Name, Need, Adds<Out>, StepParameters & Settable> {
  readonly type: Type
}

/** The constructor of a defined class. */
export type StepConstructor<
  Type extends string,
  In extends Inputs,
  Out extends DeclaredColumns,
  Own extends OptionFields,
  Settable extends string = never
> = Defined<
  <
    const Name extends string,
    const InputMap extends Names<InputRow<In>> = {},
    const OutputMap extends Names<RowOf<Out>> = {}
  >(
    options: OptionsOf<Own> &
      DefinedStepOptions<Name, Mapped<InputMap, InputRow<In>>, Mapped<OutputMap, RowOf<Out>>>
  ) => DefinedStep<
    Type,
    Name,
    Renamed<InputRow<In>, InputMap>,
    RenamedOut<RowOf<Out>, InputMap, OutputMap>,
    SetBy<Own, Settable>
  >
>

/**
 * Defines a class of steps: its columns and options, and the function of its rows. What
 * comes back makes its steps, typed by the definition.
 *
 * Options are schemas: documents check and write them, under their names in snake_case, where the
 * registry holds the class: pass `registry: catalogWith(Truncate)` to `save`, `fromYaml` and the
 * like. For one step in one place, `step` is shorter.
 *
 * @example
 *   const Truncate = defineStep({
 *     type: "Truncate",
 *     about: "Cuts texts that are too long.",
 *     reads: { text: Schema.String },
 *     adds: { text: Schema.String },
 *     options: { maxLength: Schema.optionalKey(Schema.Int) },
 *     defaults: { maxLength: 1000 },
 *     process: (rows, { maxLength }) =>
 *       rows.map(({ text }) => ({ text: text.slice(0, maxLength) }))
 *   })
 *   const short = Truncate({ name: "short", maxLength: 200 })
 *
 * @fails RangeError if an option has the name of one that every step has
 */
export const defineStep = <
  const Type extends string,
  In extends Inputs,
  Out extends DeclaredColumns,
  const Own extends OptionFields,
  const Defaults extends Partial<OptionsOf<Own>>,
  const Settable extends string = never,
  const Streams extends boolean = false
>(
  definition: DefinedStepClass<Type, In, Out, Own, Defaults, Settable, Streams>
): StepConstructor<Type, In, Out, Own, Settable> => {
  const { about, adds, cites, defaults, kind = "step", options, python, reads, type } = definition
  const parameters = definition.parameters as ReadonlyArray<string> | undefined
  const needs = definition.needs as ReadonlyArray<string> | undefined
  const { check, findingsOf, process, readsMore, rowCount, streams = false, version } = definition
  refuseTakenNames(type, options)
  const known = define({
    type,
    about,
    options,
    defaults,
    ...(parameters === undefined ? {} : { parameters }),
    ...(needs === undefined ? {} : { needs }),
    ...(cites === undefined ? {} : { cites }),
    ...(findingsOf === undefined ? {} : { findingsOf }),
    ...(python === undefined ? {} : { python })
  }) as AnyDefinition
  const make = (given: DefinedStepOptions<string, unknown, unknown>): AnyStep => {
    const own = checkedOptions(type, options, { ...defaults }, given)
    const all = {
      ...given,
      ...own,
      inputs: reads,
      outputs: adds,
      ...(readsMore?.(own as never) === true ? { useCache: false } : {}),
      streams,
      ...(check === undefined
        ? {}
        : { check: (set: Row) => checking(given.name, () => check({ ...own, ...set } as never)) }),
      process: (rows: never, set: Row, tools: StepTools) =>
        process(
          rows,
          (parameters === undefined ? own : { ...own, ...set }) as never,
          tools
        ) as Produced<Row>,
      // What makes the step the same is that function, not the one around it.
      ...(version === undefined ? { "~code": process } : { version })
    }
    return ownStep(kind, known, all, rowCount ?? (kind === "global" ? "one-to-many" : "one-to-one"))
  }
  // One cast: the constructor's type says what the definition's types say.
  return defined(known, make) as unknown as StepConstructor<Type, In, Out, Own, Settable>
}

/** Fails the step where its class finds that something is missing. */
const checking = (step: string, check: () => unknown): Effect.Effect<void, StepFailed> =>
  Effect.asVoid(
    Effect.tryPromise({
      try: async () => check(),
      catch: (thrown) =>
        new StepFailed({ step, phase: "load", reason: "NotReady", detail: detailOf(thrown) })
    })
  )
