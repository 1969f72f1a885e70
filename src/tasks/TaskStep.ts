/**
 * What a task is: its options and parameters, the columns of its rows, what makes it differ from
 * others.
 */
import type { Columns } from "../columns/Columns.ts"
import type { Metadata } from "../columns/metadata.ts"
import type { Adds, Row } from "../columns/Row.ts"
import type { Chat } from "../models/chat/Chat.ts"
import type { AnswerFormat, JsonSchemaFormat } from "../models/chat/formats.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import type { Delivery, ParametersOf } from "../models/chat/Model.ts"
import type { AnyDefinition } from "../step/Definition.ts"
import type { ParameterValues, StepParameters } from "../step/makeStep.ts"
import type { Step } from "../step/Step.ts"
import type { NoAnswer } from "./Answer.ts"
import type { TaskTools } from "./callingTools.ts"
import type { Parse } from "./checkedParse.ts"
import type { Working } from "./Working.ts"

/** What `run({ parameters })` may set of a task. */
export interface TaskParameters<L> extends StepParameters {
  /** Parameters of the model: `{ generationKwargs: { temperature: 0.7 } }`. */
  readonly llm?: ParametersOf<L>
  /** Answers to each row. Default 1. */
  readonly numGenerations?: number
  /** Whether the chat that was sent is kept in `distilabel_metadata`. Default true. */
  readonly addRawInput?: boolean
  /** Whether the model's answer is kept in `distilabel_metadata`. Default true. */
  readonly addRawOutput?: boolean
  /** How often a model whose answer cannot be read is told so and asked again. Default 0. */
  readonly retries?: number
  /** What becomes of an answer that was cut at the limit of tokens. Default `keep`. */
  readonly whenCut?: "keep" | "error" | "retry"
  /** Whether rows are asked for at once, or many as one job of a batch API. Default `online`. */
  readonly delivery?: Delivery
  /** The folder below which chats may name files. Default: none. */
  readonly mediaFolder?: string
}

/** The step that a ready task makes. */
export interface TaskStep<
  out Type extends string,
  out Name extends string,
  in Need,
  out Out,
  out L extends AnyLLM,
  out Settable = unknown,
  out R = never
> extends Step<Name, Need, Adds<Out>, TaskParameters<L> & Settable, R> {
  readonly type: Type
}

/** Options that every task has. */
export interface TaskOptions<
  Name extends string,
  L extends AnyLLM,
  Grouped extends boolean,
  InputMap,
  OutputMap,
  Reasoned extends boolean = false,
  Nulls extends NoAnswer = "error"
> {
  readonly name: Name
  /** The model that answers. */
  readonly llm: L
  /** Answers to each row. Default 1. */
  readonly numGenerations?: number
  /** True for one row with lists of answers, rather than a row for each. Default false. */
  readonly groupGenerations?: Grouped
  /** Whether the chat that was sent is kept in `distilabel_metadata`. Default true. */
  readonly addRawInput?: boolean
  /** Whether the model's answer is kept in `distilabel_metadata`. Default true. */
  readonly addRawOutput?: boolean
  /**
   * How often a model whose answer cannot be read is told so and asked again, in the same chat.
   * Default 0.
   */
  readonly retries?: number
  /**
   * What becomes of an answer that was cut at the limit of tokens: it is kept and marked in
   * `distilabel_metadata`, or makes an error row, or is asked for again, alone, with a limit 4 and
   * then 16 times as large, and makes an error row if it is cut even so. Default `keep`.
   */
  readonly whenCut?: "keep" | "error" | "retry"
  /**
   * What becomes of a row whose answer is missing or empty: an error row, or a row with null, as
   * Python's tasks have it. With `keep` the task's columns may be null. Default `error`.
   */
  readonly nulls?: Nulls
  /**
   * `batch` for jobs of the provider's batch API, which cost half and take up to a day:
   * rows wait for their job, all else goes on, and once nothing moves the run ends and is taken up
   * by the same command later, or stays with option `batches: { wait: true }`. What was asked
   * either way is not asked again. Default `online`.
   */
  readonly delivery?: Delivery
  /**
   * The folder below which rows may name images, audio, video and PDFs that are sent with their
   * chats: parts of a chat as `{ image_url: { url: "file:cats/1.png" } }`, which names `cats/1.png`
   * in it. Files are read when the model is asked, and nothing outside of the folder is, wherever
   * paths and links lead. A file that has changed is asked about again. Default: chats may name no
   * files.
   */
  readonly mediaFolder?: string
  /**
   * True for a column `reasoning` with what the model thought before it answered, null where it
   * does not tell; else that is in `distilabel_metadata`. Default false.
   */
  readonly reasoning?: Reasoned
  /** False to ask the model on every run, whatever it answered before. Default true. */
  readonly useCache?: boolean
  /** Rows in one batch, where batches are routed; rows do not wait for one another. Default 50. */
  readonly inputBatchSize?: number
  /** The flow's columns under the task's own names: `{ instruction: "prompt" }`. */
  readonly inputMappings?: InputMap
  /** New names for the task's columns: `{ generation: "answer" }`. */
  readonly outputMappings?: OutputMap
}

/**
 * Columns of a task's row: those of one answer, or lists of them, with the model and how they came
 * about. An answer among several that cannot be read is null in the lists.
 */
export type Answered<Out, Grouped, Reasoned, Nulls> = Grouped extends true
  ? {
      readonly [C in keyof Reasoning<Out, Reasoned>]: ReadonlyArray<
        Reasoning<Out, Reasoned>[C] | null
      >
    } & {
      readonly model_name: string
      readonly distilabel_metadata: ReadonlyArray<Metadata>
    }
  : Reasoning<OrNull<Out, Nulls>, Reasoned> & {
      readonly model_name: string
      readonly distilabel_metadata: Metadata
    }

/** Columns of one answer, with what the model thought if that is asked for. */
type Reasoning<Out, Reasoned> = Reasoned extends true
  ? Out & { readonly reasoning: string | null }
  : Out

/** Columns of one answer, which may be null where rows without an answer are kept. */
type OrNull<Out, Nulls> = "keep" extends Nulls ? { readonly [C in keyof Out]: Out[C] | null } : Out

/** The options of a task, whatever it is. */
export type AnyTaskOptions = TaskOptions<
  string,
  AnyLLM,
  boolean,
  unknown,
  unknown,
  boolean,
  NoAnswer
>

/** What makes one task differ from another. */
export interface TaskSpec {
  readonly definition: AnyDefinition
  /** The options, with the defaults of the task's own that the model or the parser works with. */
  readonly options: AnyTaskOptions
  readonly reads: Columns
  readonly oneOf?: ReadonlyArray<Columns>
  /** Columns of one answer. */
  readonly outputs: Columns
  readonly structuredOutput?: JsonSchemaFormat | undefined
  /** What the answer to one row must follow. Throws if the row does not say it well. */
  readonly formatOfRow?: (row: Row) => AnswerFormat | undefined
  /** The chat for a row. Throws if the row cannot be asked about. */
  readonly format: (row: Row) => Working<Chat>
  /** What the question about every row begins with, as far as is known. */
  readonly fixed?: string | undefined
  /** The columns of an answer. Throws if it cannot be read. */
  readonly parse: Parse
  /** Functions that the model may call. */
  readonly tools?: TaskTools | undefined
  /** What it works with where `run` may set options of its own. */
  readonly withValues?:
    | ((
        values: ParameterValues
      ) => Pick<TaskSpec, "format" | "formatOfRow" | "parse" | "structuredOutput">)
    | undefined
}
