/**
 * Tasks defined once: columns, options and two functions. The typed constructor, run-time columns,
 * documents and citations follow from the definition.
 */
import type { ColumnSchema, DeclaredColumns, RowOf } from "../columns/Columns.ts"
import { type InputRow, type Inputs, readsOf } from "../columns/inputs.ts"
import type { Mapped, Names, Renamed, RenamedOut } from "../columns/mapping.ts"
import type { Row } from "../columns/Row.ts"
import { columnsOf } from "../columns/standard.ts"
import type { Chat } from "../models/chat/Chat.ts"
import type { AnswerFormat, JsonSchemaFormat } from "../models/chat/formats.ts"
import { jsonSchemaOf, readStructured } from "../models/chat/jsonSchema.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import { checkedOptions, refuseTakenNames } from "../step/checkedOptions.ts"
import { type Defined, defined, type PythonClass } from "../step/Definition.ts"
import type { DefaultsFor, Filled, OptionFields, OptionsOf, SetBy } from "../step/options.ts"
import type { AnyStep } from "../step/Step.ts"
import type { AnswerDetails, NoAnswer } from "./Answer.ts"
import { chatOf } from "./chatOf.ts"
import { makeTask } from "./makeTask.ts"
import type { Answer } from "./task.ts"
import { taskDefinition, taskOptions } from "./taskOptions.ts"
import type { Answered, AnyTaskOptions, TaskOptions, TaskSpec, TaskStep } from "./TaskStep.ts"
import type { Working } from "./Working.ts"

/** What a class of tasks is, but for the columns that it adds. */
export interface TaskDefinition<
  Type extends string,
  In extends Inputs,
  Own extends OptionFields,
  Defaults,
  Out,
  Structured extends ColumnSchema = never,
  Settable extends string = never,
  Asks = never,
  Reads = never
> {
  /** The name of the class, in documents too. */
  readonly type: Type
  /** What its steps do, in one sentence. */
  readonly about: string
  /** What to cite, as BibTeX, in dataset cards of rows that went through such a step. */
  readonly cites?: string
  /** Columns that `prompt` and `parse` read; `oneOf(...)` for alternatives. */
  readonly reads: In
  /** Options of its own, as schemas; one that may be left out is a `Schema.optionalKey`. */
  readonly options: Own
  /** The values of options that are left out: `prompt` and `parse` get them. */
  readonly defaults: Defaults & DefaultsFor<NoInfer<Own>, NoInfer<Defaults>>
  /** Options that `run({ parameters })` may set too. */
  readonly parameters?: ReadonlyArray<Settable & keyof NoInfer<Own>>
  /** Tags of dataset cards of rows that went through such a step. */
  readonly tags?: ReadonlyArray<string>
  /** How Python's distilabel spells the class, if it has one of this kind. */
  readonly python?: PythonClass<NoInfer<keyof Own & string>>
  /** A schema that the answer must follow: `parse` gets its value instead of text. */
  readonly structuredOutput?: Structured
  /** A JSON Schema that the model is asked to keep to, by the options; `parse` gets text. */
  readonly answerFormat?: (
    options: Filled<NoInfer<Own>, NoInfer<Defaults>>
  ) => JsonSchemaFormat | undefined
  /** The same where each row says what its answer must follow. */
  readonly formatOfRow?: (
    row: InputRow<NoInfer<In>>,
    options: Filled<NoInfer<Own>, NoInfer<Defaults>>
  ) => AnswerFormat | undefined
  /**
   * What the model is asked about a row: a text, or a chat; or a promise or an effect of one. What
   * it throws makes an error row.
   */
  readonly prompt: (
    row: InputRow<NoInfer<In>>,
    options: Filled<NoInfer<Own>, NoInfer<Defaults>>
  ) => Working<string | Chat, Asks>
  /** What is wrong with the options together, in a sentence; undefined if nothing is. */
  readonly check?: (options: Filled<NoInfer<Own>, NoInfer<Defaults>>) => string | undefined
  /**
   * Columns from an answer: its text, null if the model gave none, or a value of
   * `structuredOutput`; or a promise or an effect of them. What it throws makes the row an error
   * row with that reason.
   */
  readonly parse: (
    answer: Answer<NoInfer<Structured>>,
    row: InputRow<NoInfer<In>>,
    options: Filled<NoInfer<Own>, NoInfer<Defaults>>,
    details: AnswerDetails
  ) => Working<Out, Reads>
  /** Says which code `prompt` and `parse` are, where it cannot be seen in full; see `step`. */
  readonly version?: string
  /** A task of this library, whose code is known by the version of the package. */
  readonly "~ready"?: true
}

/** The constructor of a class of tasks that always adds the same columns. */
export type TaskConstructor<
  Type extends string,
  In extends Inputs,
  Own extends OptionFields,
  Out extends DeclaredColumns,
  Settable extends string = never,
  R = never
> = Defined<
  <
    const Name extends string,
    L extends AnyLLM,
    const Grouped extends boolean = false,
    const InputMap extends Names<InputRow<In>> = {},
    const Reasoned extends boolean = false,
    const Nulls extends NoAnswer = "error",
    const OutputMap extends Names<Answered<RowOf<Out>, Grouped, Reasoned, Nulls>> = {}
  >(
    options: OptionsOf<Own> &
      TaskOptions<
        Name,
        L,
        Grouped,
        Mapped<InputMap, InputRow<In>>,
        Mapped<OutputMap, Answered<RowOf<Out>, Grouped, Reasoned, Nulls>>,
        Reasoned,
        Nulls
      >
  ) => TaskStep<
    Type,
    Name,
    Renamed<InputRow<In>, InputMap>,
    RenamedOut<Answered<RowOf<Out>, Grouped, Reasoned, Nulls>, InputMap, OutputMap>,
    L,
    SetBy<Own, Settable>,
    R
  >
>

/** Columns that depend on the value of one option. */
export interface Cases<By extends string, Of> {
  /** The option. */
  readonly by: By
  /** The columns for each of its values. */
  readonly of: Of
}

/** What may decide about the columns. */
type CaseValue = string | boolean

/** The options, the one that decides about the columns inferred as what it is. */
export type OptionsWithCase<Own extends OptionFields, By extends string, Case> = Omit<
  OptionsOf<Own>,
  By
> & { readonly [K in keyof Own as K extends By ? K : never]?: Case }

/** The constructor of a class of tasks whose columns depend on an option. */
export type TaskByCaseConstructor<
  Type extends string,
  In extends Inputs,
  Own extends OptionFields,
  By extends string,
  Of extends Readonly<Record<string, DeclaredColumns>>,
  Value extends CaseValue,
  Otherwise extends Value,
  Settable extends string = never,
  R = never
> = Defined<
  <
    const Name extends string,
    L extends AnyLLM,
    const Case extends Value = Otherwise,
    const Grouped extends boolean = false,
    const InputMap extends Names<InputRow<In>> = {},
    const Reasoned extends boolean = false,
    const Nulls extends NoAnswer = "error",
    const OutputMap extends Names<Answered<RowOf<Of[`${Case}`]>, Grouped, Reasoned, Nulls>> = {}
  >(
    options: OptionsWithCase<Own, By, Case> &
      TaskOptions<
        Name,
        L,
        Grouped,
        Mapped<InputMap, InputRow<In>>,
        Mapped<OutputMap, Answered<RowOf<Of[`${Case}`]>, Grouped, Reasoned, Nulls>>,
        Reasoned,
        Nulls
      >
  ) => TaskStep<
    Type,
    Name,
    Renamed<InputRow<In>, InputMap>,
    RenamedOut<Answered<RowOf<Of[`${Case}`]>, Grouped, Reasoned, Nulls>, InputMap, OutputMap>,
    L,
    SetBy<Own, Settable>,
    R
  >
>

/**
 * Defines a class of tasks: its columns and options, how a row becomes a prompt, and how an
 * answer becomes columns. What comes back makes its steps, typed by the definition.
 *
 * A definition says everything once. A `parse` that does not return the columns of `adds`, with
 * their types, does not compile. Options are schemas: documents check and write them, under their
 * names in snake_case; `run({ parameters })` sets those that `parameters` lists. For one task in
 * one place, `task` is shorter.
 *
 * Documents know the class where the registry holds it: pass `registry: catalogWith(Scores)` to
 * `save`, `fromYaml` and the like.
 *
 * @example
 *   const Scores = defineTask({
 *     type: "Scores",
 *     about: "Scores several answers to one instruction.",
 *     reads: { instruction: Schema.String, answers: Schema.Array(Schema.String) },
 *     adds: { scores: Schema.Array(Schema.Number) },
 *     options: { scale: Schema.optionalKey(Schema.Int) },
 *     defaults: { scale: 5 },
 *     prompt: ({ answers, instruction }, { scale }) =>
 *       `Score each answer from 1 to ${scale}, one number a line.\n${instruction}\n${answers.join("\n")}`,
 *     parse: (answer, { answers }) => ({
 *       scores: answers.map((_, i) => Number(answer?.split("\n")[i]))
 *     })
 *   })
 *   const score = Scores({ name: "score", llm: OpenAILLM({ model: "gpt-4o-mini" }), scale: 10 })
 *
 * @fails RangeError if an option has the name of one that every task has
 */
export const defineTask = <
  const Type extends string,
  In extends Inputs,
  const Own extends OptionFields,
  const Defaults extends Partial<OptionsOf<Own>>,
  Out extends DeclaredColumns,
  Structured extends ColumnSchema = never,
  const Settable extends string = never,
  Asks = never,
  Reads = never
>(
  definition: TaskDefinition<
    Type,
    In,
    Own,
    Defaults,
    RowOf<NoInfer<Out>>,
    Structured,
    Settable,
    Asks,
    Reads
  > & {
    /** Columns that `parse` returns. */
    readonly adds: Out
  }
): TaskConstructor<Type, In, Own, Out, Settable, Asks | Reads> =>
  constructorOf(definition as unknown as AnyTaskDefinition, () => definition.adds)

/**
 * Defines a class of tasks whose columns depend on the value of one option; see `defineTask`. The
 * option has a default, and each of its values has its columns.
 *
 * @example
 *   const Verdict = defineTaskByCase({
 *     type: "Verdict",
 *     about: "Says whether a text is good, with or without a reason.",
 *     reads: { text: Schema.String },
 *     adds: {
 *       by: "detail",
 *       of: {
 *         short: { good: Schema.Boolean },
 *         long: { good: Schema.Boolean, reason: Schema.String }
 *       }
 *     },
 *     options: { detail: Schema.optionalKey(Schema.Literals(["short", "long"])) },
 *     defaults: { detail: "short" },
 *     prompt: ({ text }, { detail }) =>
 *       `Is this good? Answer yes or no${detail === "long" ? ", and why" : ""}.\n${text}`,
 *     parse: (answer, _, { detail }) => {
 *       const good = answer?.startsWith("yes") === true
 *       return detail === "long" ? { good, reason: answer ?? "" } : { good }
 *     }
 *   })
 *   const verdict = Verdict({
 *     name: "verdict",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     detail: "long"
 *   })
 */
export const defineTaskByCase = <
  const Type extends string,
  In extends Inputs,
  const Own extends OptionFields,
  const Defaults extends Partial<OptionsOf<Own>>,
  const By extends keyof Own & keyof Defaults & string,
  const Of extends { readonly [K in `${Own[By]["Type"] & CaseValue}`]: DeclaredColumns },
  const Settable extends string = never,
  Asks = never,
  Reads = never
>(
  definition: TaskDefinition<
    Type,
    In,
    Own,
    Defaults,
    { readonly [K in keyof Of]: RowOf<Of[K]> }[keyof Of],
    never,
    Exclude<Settable, NoInfer<By>>,
    Asks,
    Reads
  > & {
    /** The columns that `parse` returns, by the value of an option. */
    readonly adds: Cases<By, Of>
  }
): TaskByCaseConstructor<
  Type,
  In,
  Own,
  By,
  Of,
  Own[By]["Type"] & CaseValue,
  Defaults[By] & Own[By]["Type"] & CaseValue,
  Settable,
  Asks | Reads
> =>
  constructorOf(
    definition as unknown as AnyTaskDefinition,
    (options) => definition.adds.of[`${options[definition.adds.by] as Own[By]["Type"] & CaseValue}`]
  )

/** A definition as the run time sees it: the functions get what the types of the definition say. */
type AnyTaskDefinition = TaskDefinition<string, Inputs, OptionFields, object, Row> & {
  readonly prompt: (row: Row, options: Row) => Working<string | Chat>
  readonly parse: (answer: unknown, row: Row, options: Row, details: AnswerDetails) => Working<Row>
  readonly answerFormat?: (options: Row) => JsonSchemaFormat | undefined
  readonly formatOfRow?: (row: Row, options: Row) => AnswerFormat | undefined
  readonly check?: (options: Row) => string | undefined
  readonly structuredOutput?: ColumnSchema
}

/** One cast: the constructor's type says what the definition's types say. */
const constructorOf = <Make>(
  task: AnyTaskDefinition,
  addsOf: (options: Row) => DeclaredColumns
): Make => {
  const { parse, prompt, structuredOutput, type, version } = task
  const { about, cites, defaults, options, parameters = [], python, tags } = task
  refuseTakenNames(type, options, taskOptions)
  const definition = taskDefinition({
    type,
    about,
    options,
    defaults,
    parameters: parameters,
    ...(cites === undefined ? {} : { cites }),
    ...(tags === undefined ? {} : { tags }),
    ...(python === undefined ? {} : { python })
  })
  const code =
    task["~ready"] === true
      ? {}
      : version === undefined
        ? { "~code": [prompt, parse] }
        : { version }
  const schema = structuredOutput === undefined ? undefined : jsonSchemaOf(structuredOutput, type)
  const read = structuredOutput === undefined ? undefined : readStructured(structuredOutput, type)
  const make = (given: AnyTaskOptions): AnyStep => {
    const own = checkedOptions(type, options, { ...defaults }, given)
    const problem = task.check?.(own)
    if (problem !== undefined) throw new RangeError(`${type} '${given.name}': ${problem}`)
    return makeTask({
      definition,
      options: { ...given, ...own, ...code },
      ...readsOf(task.reads),
      outputs: columnsOf(addsOf(own)),
      ...working(own),
      withValues: parameters.length === 0 ? undefined : (values) => working({ ...own, ...values })
    })
  }
  /** What the options, with what `run` sets of them, make of its functions. */
  const working = (
    own: Row
  ): Pick<TaskSpec, "format" | "formatOfRow" | "parse" | "structuredOutput"> => ({
    structuredOutput: schema ?? task.answerFormat?.(own),
    formatOfRow: (row) => task.formatOfRow?.(row, own),
    format: (row) => chatOf(prompt(row, own)),
    parse: (answer, row, details) =>
      parse(read === undefined ? answer : read(answer), row, own, details)
  })
  return defined(definition, make) as unknown as Make
}
