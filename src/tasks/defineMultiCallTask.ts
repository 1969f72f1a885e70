/**
 * Tasks of several calls, defined once: columns, options, and the work on one row, which asks the
 * model as often as it likes.
 */
import type { DeclaredColumns, RowOf } from "../columns/Columns.ts"
import { type InputRow, type Inputs, readsOf } from "../columns/inputs.ts"
import type { Names, Renamed, RenamedOut } from "../columns/mapping.ts"
import type { Adds, Row } from "../columns/Row.ts"
import { columnsOf } from "../columns/standard.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import { checkedOptions, refuseTakenNames } from "../step/checkedOptions.ts"
import { type Defined, defined, type PythonClass } from "../step/Definition.ts"
import type { FindingsOf } from "../step/Finding.ts"
import type { DefaultsFor, Filled, OptionFields, OptionsOf, SetBy } from "../step/options.ts"
import type { AnyStep, Step } from "../step/Step.ts"
import type { StepLLM } from "../step/StepLLM.ts"
import {
  type Called,
  callingDefinition,
  callingOptions,
  makeMultiCall,
  type MultiCallOptions,
  type MultiCallParameters
} from "./makeCalling.ts"
import type { Working } from "./Working.ts"

/** What the work on a row, or on a row that is made, may use. */
export interface CallingTools {
  /** The task's model. */
  readonly llm: StepLLM
}

/** What a class of tasks of several calls is. */
export interface MultiCallDefinition<
  Type extends string,
  In extends Inputs,
  Own extends OptionFields,
  Defaults,
  Out extends DeclaredColumns,
  Settable extends string,
  R
> {
  /** The name of the class, in documents too. */
  readonly type: Type
  /** What its steps do, in one sentence. */
  readonly about: string
  /** What to cite, as BibTeX, in dataset cards of rows that went through such a step. */
  readonly cites?: string
  /** What its steps can say of rows of the result that is worth a figure in the report. */
  readonly findingsOf?: FindingsOf
  /** Columns that `work` reads; `oneOf(...)` for alternatives. */
  readonly reads: In
  /** Columns that `work` returns. */
  readonly adds: Out
  /** Options of its own, as schemas; one that may be left out is a `Schema.optionalKey`. */
  readonly options: Own
  /** The values of options that are left out: `work` gets them. */
  readonly defaults: Defaults & DefaultsFor<NoInfer<Own>, NoInfer<Defaults>>
  /** Options that `run({ parameters })` may set too. */
  readonly parameters?: ReadonlyArray<Settable & keyof NoInfer<Own>>
  /** How Python's distilabel spells the class, if it has one of this kind. */
  readonly python?: PythonClass<NoInfer<keyof Own & string>>
  /**
   * The work on one row: asks by `llm` and returns the columns, a promise or an effect of them.
   * What it throws makes the row an error row.
   */
  readonly work: (
    row: InputRow<NoInfer<In>>,
    options: Filled<NoInfer<Own>, NoInfer<Defaults>>,
    tools: CallingTools
  ) => Working<RowOf<NoInfer<Out>>, R>
  /** Says which code `work` is, where it cannot be seen in full; see `step`. */
  readonly version?: string
  /** A task of this library, whose code is known by the version of the package. */
  readonly "~ready"?: true
}

/** The step that a class of tasks of several calls makes. */
export interface MultiCallStep<
  out Type extends string,
  out Name extends string,
  in Need,
  out Out,
  out Parameters,
  out R = never
> extends Step<Name, Need, Adds<Out>, Parameters, R> {
  readonly type: Type
}

/** The constructor of a class of tasks of several calls. */
export type MultiCallConstructor<
  Type extends string,
  In extends Inputs,
  Own extends OptionFields,
  Out extends DeclaredColumns,
  Settable extends string,
  R
> = Defined<
  <
    const Name extends string,
    L extends AnyLLM,
    const InputMap extends Names<InputRow<In>> = {},
    const OutputMap extends Names<Called<RowOf<Out>>> = {}
  >(
    options: OptionsOf<Own> & MultiCallOptions<Name, L, InputMap, OutputMap>
  ) => MultiCallStep<
    Type,
    Name,
    Renamed<InputRow<In>, InputMap>,
    RenamedOut<Called<RowOf<Out>>, InputMap, OutputMap>,
    MultiCallParameters<L> & SetBy<Own, Settable>,
    R
  >
>

/**
 * Defines a class of tasks that ask their model several times for each row. What comes back makes
 * its steps, typed by the definition.
 *
 * `work` asks by `llm.ask` or `llm.askPromise`; rows are worked on at the same time, as many as the
 * model takes. Each call is limited, retried, paid for and kept as that of any task, and a row's
 * `distilabel_metadata` tells all of them. For one step in one place, `step` with option `llm` is
 * shorter.
 *
 * @example
 *   const Refined = defineMultiCallTask({
 *     type: "Refined",
 *     about: "Improves a text in several rounds.",
 *     reads: { text: Schema.String },
 *     adds: { refined: Schema.String },
 *     options: { rounds: Schema.optionalKey(Schema.Int) },
 *     defaults: { rounds: 2 },
 *     parameters: ["rounds"],
 *     work: async ({ text }, { rounds }, { llm }) => {
 *       let refined = text
 *       for (let round = 0; round < rounds; round++)
 *         refined = (await llm.askPromise(`Improve this text, and answer it alone.\n${refined}`))
 *           .text
 *       return { refined }
 *     }
 *   })
 *   const refine = Refined({ name: "refine", llm: OpenAILLM({ model: "gpt-4o-mini" }), rounds: 3 })
 *
 * @fails RangeError if an option has the name of one that every task has
 */
export const defineMultiCallTask = <
  const Type extends string,
  In extends Inputs,
  const Own extends OptionFields,
  const Defaults extends Partial<OptionsOf<Own>>,
  Out extends DeclaredColumns,
  const Settable extends string = never,
  R = never
>(
  task: MultiCallDefinition<Type, In, Own, Defaults, Out, Settable, R>
): MultiCallConstructor<Type, In, Own, Out, Settable, R> => {
  const { about, adds, cites, defaults, findingsOf, options, parameters, python, reads, type } =
    task
  const { version } = task
  // The functions get what the types of the definition say.
  const work = task.work as unknown as (row: Row, options: Row, tools: CallingTools) => Working<Row>
  refuseTakenNames(type, options, callingOptions)
  const definition = callingDefinition({
    type,
    about,
    options,
    defaults,
    ...(parameters === undefined ? {} : { parameters: parameters }),
    ...(cites === undefined ? {} : { cites }),
    ...(findingsOf === undefined ? {} : { findingsOf }),
    ...(python === undefined ? {} : { python: python })
  })
  const code =
    task["~ready"] === true ? {} : version === undefined ? { "~code": task.work } : { version }
  const make = (given: MultiCallOptions<string, AnyLLM, unknown, unknown>): AnyStep => {
    const own = checkedOptions(type, options, { ...defaults }, given)
    return makeMultiCall({
      definition,
      options: { ...given, ...own, ...code },
      ...readsOf(reads),
      outputs: columnsOf(adds),
      work: (values) => {
        const all = { ...own, ...values }
        return (row, llm) => work(row, all, { llm })
      }
    })
  }
  // One cast: the constructor's type says what the definition's types say.
  return defined(definition, make) as unknown as MultiCallConstructor<
    Type,
    In,
    Own,
    Out,
    Settable,
    R
  >
}
