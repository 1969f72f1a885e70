/** Tasks that make rows, defined once: columns, options, and the work on one row by its index. */
import type { DeclaredColumns, RowOf } from "../columns/Columns.ts"
import type { Names, RenamedOut } from "../columns/mapping.ts"
import type { Row } from "../columns/Row.ts"
import { columnsOf } from "../columns/standard.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import { checkedOptions, refuseTakenNames } from "../step/checkedOptions.ts"
import { type Defined, defined, type PythonClass } from "../step/Definition.ts"
import type { GeneratorParameters } from "../step/makeStep.ts"
import type { DefaultsFor, Filled, OptionFields, OptionsOf, SetBy } from "../step/options.ts"
import type { AnyStep, GeneratorStep } from "../step/Step.ts"
import type { CallingTools } from "./defineMultiCallTask.ts"
import {
  type Called,
  callingDefinition,
  callingOptions,
  type CallingParameters,
  type GeneratorTaskOptions,
  makeGeneratorTask
} from "./makeCalling.ts"
import type { Working } from "./Working.ts"

/** What a class of tasks that make rows is. */
export interface GeneratorTaskDefinition<
  Type extends string,
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
  /** Columns that `work` returns. */
  readonly adds: Out
  /** Options of its own, as schemas; one that may be left out is a `Schema.optionalKey`. */
  readonly options: Own
  /** The values of options that are left out. */
  readonly defaults: Defaults & DefaultsFor<NoInfer<Own>, NoInfer<Defaults>>
  /** Options that `run({ parameters })` may set too. */
  readonly parameters?: ReadonlyArray<Settable & keyof NoInfer<Own>>
  /** How Python's distilabel spells the class, if it has one of this kind. */
  readonly python?: PythonClass<NoInfer<keyof Own & string>>
  /** How many rows it makes. */
  readonly rows: (options: Filled<NoInfer<Own>, NoInfer<Defaults>>) => number
  /**
   * Makes one row by its index, from 0 on: asks by `llm` and returns the columns, a promise or an
   * effect of them. What it throws makes the row an error row. Its draws depend on the index alone,
   * so that a resumed run goes on where it was.
   */
  readonly work: (
    index: number,
    options: Filled<NoInfer<Own>, NoInfer<Defaults>>,
    tools: CallingTools
  ) => Working<RowOf<NoInfer<Out>>, R>
  /** Says which code `work` is, where it cannot be seen in full; see `step`. */
  readonly version?: string
  /** A task of this library, whose code is known by the version of the package. */
  readonly "~ready"?: true
}

/** The step that a class of tasks that make rows makes. */
export interface GeneratorTaskStep<
  out Type extends string,
  out Name extends string,
  out Out,
  out Parameters,
  out R = never
> extends GeneratorStep<Name, Out, Parameters, R> {
  readonly type: Type
}

/** What `run({ parameters })` may set of a task that makes rows. */
export interface GeneratorTaskParameters<L> extends GeneratorParameters, CallingParameters<L> {}

/** The constructor of a class of tasks that make rows. */
export type GeneratorTaskConstructor<
  Type extends string,
  Own extends OptionFields,
  Out extends DeclaredColumns,
  Settable extends string,
  R
> = Defined<
  <
    const Name extends string,
    L extends AnyLLM,
    const OutputMap extends Names<Called<RowOf<Out>>> = {}
  >(
    options: OptionsOf<Own> & GeneratorTaskOptions<Name, L, OutputMap>
  ) => GeneratorTaskStep<
    Type,
    Name,
    RenamedOut<Called<RowOf<Out>>, {}, OutputMap>,
    GeneratorTaskParameters<L> & SetBy<Own, Settable>,
    R
  >
>

/**
 * Defines a class of tasks that make rows: a pipeline may begin with one. What comes back makes its
 * steps, typed by the definition.
 *
 * `work` makes a row by its index and asks the model as often as it likes. As many rows are at work
 * at once as the model takes, and they leave in their order. For one generator in one place,
 * `generatorStep` with option `llm` is shorter.
 *
 * @example
 *   const Riddles = defineGeneratorTask({
 *     type: "Riddles",
 *     about: "Makes riddles with their solutions.",
 *     adds: { riddle: Schema.String, solution: Schema.String },
 *     options: { count: Schema.Int, theme: Schema.optionalKey(Schema.String) },
 *     defaults: { theme: "animals" },
 *     rows: ({ count }) => count,
 *     work: async (_index, { theme }, { llm }) => {
 *       const riddle = await llm.askPromise(
 *         `Invent a riddle about ${theme}, without its solution.`
 *       )
 *       const solution = await llm.askPromise(`Solve this riddle in one word.\n${riddle.text}`)
 *       return { riddle: riddle.text, solution: solution.text }
 *     }
 *   })
 *   const riddles = Riddles({
 *     name: "riddles",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     count: 100
 *   })
 *
 * @fails RangeError if an option has the name of one that every task has
 */
export const defineGeneratorTask = <
  const Type extends string,
  const Own extends OptionFields,
  const Defaults extends Partial<OptionsOf<Own>>,
  Out extends DeclaredColumns,
  const Settable extends string = never,
  R = never
>(
  task: GeneratorTaskDefinition<Type, Own, Defaults, Out, Settable, R>
): GeneratorTaskConstructor<Type, Own, Out, Settable, R> => {
  const { about, adds, cites, defaults, options, parameters, python, type, version } = task
  // The functions get what the types of the definition say.
  const work = task.work as unknown as (
    index: number,
    options: Row,
    tools: CallingTools
  ) => Working<Row>
  const count = task.rows as unknown as (options: Row) => number
  refuseTakenNames(type, options, callingOptions)
  const definition = callingDefinition({
    type,
    about,
    options,
    defaults,
    ...(parameters === undefined ? {} : { parameters: parameters }),
    ...(cites === undefined ? {} : { cites }),
    ...(python === undefined ? {} : { python: python })
  })
  const code =
    task["~ready"] === true
      ? {}
      : version === undefined
        ? { "~code": [task.work, task.rows] }
        : { version }
  const make = (given: GeneratorTaskOptions<string, AnyLLM, unknown>): AnyStep => {
    const own = checkedOptions(type, options, { ...defaults }, given)
    const filled = (values: Row): Row => ({ ...own, ...values })
    return makeGeneratorTask({
      definition,
      options: { ...given, ...own, ...code },
      outputs: columnsOf(adds),
      rows: (values) => count(filled(values)),
      work: (values) => {
        const all = filled(values)
        return (index, llm) => work(index, all, { llm })
      }
    })
  }
  // One cast: the constructor's type says what the definition's types say.
  return defined(definition, make) as unknown as GeneratorTaskConstructor<
    Type,
    Own,
    Out,
    Settable,
    R
  >
}
