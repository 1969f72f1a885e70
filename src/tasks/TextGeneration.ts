/** Text generation: one instruction in, one text out. */
import * as Schema from "effect/Schema"
import type { Columns, ColumnSchema, ValueOf } from "../columns/Columns.ts"
import type { Mapped, Names, Renamed, RenamedOut } from "../columns/mapping.ts"
import type { Row } from "../columns/Row.ts"
import { decodedSchemaOf } from "../columns/standard.ts"
import type { Chat } from "../models/chat/Chat.ts"
import { jsonSchemaOf, readStructured } from "../models/chat/jsonSchema.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import type { ToolChoice } from "../models/chat/tools.ts"
import { defined } from "../step/Definition.ts"
import { FunctionsOption, SchemaOption } from "../step/options.ts"
import type { NoAnswer } from "./Answer.ts"
import type { Holes } from "./Holes.ts"
import { makeTask } from "./makeTask.ts"
import { taskDefinition } from "./taskOptions.ts"
import type { Answered, TaskOptions, TaskStep } from "./TaskStep.ts"
import { readTemplate } from "./Template.ts"
import { textGenerationInPython, usualTemplate } from "./textGenerationInPython.ts"
import { type Tool, type ToolColumns, toolColumns } from "./Tool.ts"

/** The columns that text generation reads without a template of one's own. */
export interface InstructionRow {
  readonly instruction: string
  readonly system_prompt?: string | null
}

/** What a template reads: the columns it names and those listed for it. */
export type TemplateRow<Template extends string, Listed extends string> = [Template] extends [never]
  ? InstructionRow
  : { readonly [C in Holes<Template> | Listed]: unknown } & {
      readonly system_prompt?: string | null
    }

/** The column of the answer: text, or a value of the schema. */
export interface Generation<Value> {
  readonly generation: Value
}

export interface TextGenerationOptions<
  Name extends string,
  L extends AnyLLM,
  Template extends string,
  Listed extends string,
  Structured extends ColumnSchema,
  Grouped extends boolean,
  InputMap,
  OutputMap,
  Reasoned extends boolean = false,
  Nulls extends NoAnswer = "error",
  Tools extends ReadonlyArray<Tool> = never
> extends TaskOptions<Name, L, Grouped, InputMap, OutputMap, Reasoned, Nulls> {
  /**
   * What the model is told before the instruction; a row's `system_prompt` goes before it. Default:
   * nothing.
   */
  readonly systemPrompt?: string
  /**
   * A Jinja template of the prompt: `"Write {{ topic }} in {{ lang }}."`. The columns it names are
   * read. Default `{{ instruction }}`.
   */
  readonly template?: Template
  /** Columns that the template reads, where its text is not known at compile time. */
  readonly columns?: Listed | ReadonlyArray<Listed>
  /**
   * A schema that the answer must follow: the model is asked to keep to it, and `generation` is its
   * value instead of text.
   */
  readonly structuredOutput?: Structured
  /**
   * Functions that the model may call while it answers, made by `tool`. Those that have a `run` are
   * carried out, and the model goes on with what they gave, until it calls none. With tools there
   * are columns `tool_calls` and `transcript`, and `generation` is empty where the model only
   * called.
   */
  readonly tools?: Tools
  /** Whether its first answer calls a tool. Default `auto`: as the model likes. */
  readonly toolChoice?: ToolChoice
  /** So often the model may call tools for one answer, before that is an error. Default 10. */
  readonly maxToolRounds?: number
}

type Value<Structured extends ColumnSchema> = [Structured] extends [never]
  ? string
  : ValueOf<Structured>
type Out<Structured extends ColumnSchema, Grouped, Reasoned, Nulls, Tools> = Answered<
  [Tools] extends [never]
    ? Generation<Value<Structured>>
    : Generation<Value<Structured>> & ToolColumns,
  Grouped,
  Reasoned,
  Nulls
>

/** The columns that it reads without a template, and those that it adds without a schema. */
export const generationColumns = {
  reads: {
    instruction: Schema.String,
    system_prompt: Schema.optionalKey(Schema.NullOr(Schema.String))
  },
  adds: { generation: Schema.String }
}

/** Its own options. */
export const generationOptions = {
  systemPrompt: Schema.optionalKey(Schema.String),
  template: Schema.optionalKey(Schema.String),
  columns: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  structuredOutput: Schema.optionalKey(SchemaOption),
  tools: Schema.optionalKey(FunctionsOption),
  toolChoice: Schema.optionalKey(
    Schema.Union([
      Schema.Literals(["auto", "none", "required"]),
      Schema.Struct({ tool: Schema.String })
    ])
  ),
  maxToolRounds: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))
}

const definition = taskDefinition({
  type: "TextGeneration",
  about: "Answers an instruction, or a prompt made from a template, with a model.",
  options: generationOptions,
  defaults: { template: usualTemplate, maxToolRounds: 10 },
  answerIn: "generation",
  python: textGenerationInPython
})

/**
 * Answers an instruction, or a prompt made from a template, with a model.
 *
 * @example
 *   const generate = TextGeneration({
 *     name: "generate",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     template: "Write a {{ length }} poem about {{ topic }}."
 *   })
 *
 * @reads instruction string — or the columns that the template names
 * @reads system_prompt string or null, optional — instead of the option `systemPrompt`; an empty one counts as none
 * @adds generation string — a value of the schema with `structuredOutput`; a list with `groupGenerations`; null where there is no answer, with `nulls: "keep"` only
 * @adds tool_calls list of calls, each with `id`, `name` and `arguments` in JSON — with option `tools` only
 * @adds transcript the whole chat, with all calls and what they gave — with option `tools` only
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer or its answer is empty, its answer is cut and `whenCut` is not `keep`, or its answer does not fit `structuredOutput`
 * @source https://distilabel.argilla.io/latest/components-gallery/tasks/textgeneration/
 */
export const TextGeneration = defined(
  definition,
  <
    const Name extends string,
    L extends AnyLLM,
    const Template extends string = never,
    const Listed extends string = never,
    Structured extends ColumnSchema = never,
    const Grouped extends boolean = false,
    const InputMap extends Names<TemplateRow<Template, Listed>> = {},
    const Reasoned extends boolean = false,
    const Nulls extends NoAnswer = "error",
    const Tools extends ReadonlyArray<Tool> = never,
    const OutputMap extends Names<Out<Structured, Grouped, Reasoned, Nulls, Tools>> = {}
  >(
    options: TextGenerationOptions<
      Name,
      L,
      Template,
      Listed,
      Structured,
      Grouped,
      Mapped<InputMap, TemplateRow<Template, Listed>>,
      Mapped<OutputMap, Out<Structured, Grouped, Reasoned, Nulls, Tools>>,
      Reasoned,
      Nulls,
      Tools
    >
  ): TaskStep<
    "TextGeneration",
    Name,
    Renamed<TemplateRow<Template, Listed>, InputMap>,
    RenamedOut<Out<Structured, Grouped, Reasoned, Nulls, Tools>, InputMap, OutputMap>,
    L
  > => {
    const { columns, maxToolRounds = 10, name, structuredOutput, systemPrompt, template } = options
    const { toolChoice, tools } = options
    const read =
      structuredOutput === undefined
        ? undefined
        : readStructured(structuredOutput, `TextGeneration '${name}'`)
    const listed: ReadonlyArray<string> = columns === undefined ? [] : [columns].flat()
    const prompt = promptOf(name, template, listed)
    return makeTask({
      definition,
      options,
      reads: { ...prompt.reads, system_prompt: generationColumns.reads.system_prompt },
      outputs: {
        generation:
          structuredOutput === undefined
            ? generationColumns.adds.generation
            : decodedSchemaOf(structuredOutput),
        ...(tools === undefined ? {} : toolColumns)
      },
      tools: tools === undefined ? undefined : { tools, toolChoice, maxToolRounds },
      structuredOutput:
        structuredOutput === undefined ? undefined : jsonSchemaOf(structuredOutput, name),
      format: (row) => withSystem(row, systemPrompt, prompt.textOf(row)),
      fixed: prompt.fixed,
      parse: (answer, _, { toolCalls, transcript }) => ({
        // A model that only calls tools says nothing.
        generation:
          read === undefined ? (tools === undefined ? answer : (answer ?? "")) : read(answer),
        ...(tools === undefined ? {} : { tool_calls: toolCalls, transcript })
      })
    })
  }
)

/** How a row becomes the text of a prompt. */
export interface Prompt {
  readonly reads: Columns
  readonly textOf: (row: Row) => string
  /** What the text begins with for every row. */
  readonly fixed: string
}

/** The prompt of a template, or of an instruction where there is none. */
export const promptOf = (
  name: string,
  source: string | undefined,
  listed: ReadonlyArray<string>
): Prompt => {
  if (
    source === undefined &&
    (listed.length === 0 || (listed.length === 1 && listed[0] === "instruction"))
  ) {
    return {
      reads: { instruction: generationColumns.reads.instruction },
      fixed: "",
      textOf: (row) => instructionOf(row)
    }
  }
  const template = readTemplate(source ?? usualTemplate)
  const absent = listed.find((column) => !template.columns.includes(column))
  if (absent !== undefined) {
    throw new RangeError(
      `TextGeneration '${name}' lists column '${absent}', which its template does not use. The template reads: ${template.columns.join(", ") || "nothing"}.`
    )
  }
  return {
    reads: Object.fromEntries(
      template.columns.map((column) => [
        column,
        listed.length > 0 && !listed.includes(column)
          ? Schema.optionalKey(Schema.Unknown)
          : Schema.Unknown
      ])
    ),
    fixed: template.fixed,
    textOf: (row) => {
      for (const column of listed)
        if (!(column in row)) throw new Error(`the row has no column '${column}'`)
      return template.render(row)
    }
  }
}

const instructionOf = ({ instruction }: Row): string => {
  if (typeof instruction === "string") return instruction
  if (instruction === undefined) throw new Error("the row has no column 'instruction'")
  throw new Error(
    `'instruction' is ${Array.isArray(instruction) ? "a list: for a chat write an own task whose prompt gives it" : `a ${typeof instruction}`}, not a text`
  )
}

const withSystem = (row: Row, systemPrompt: string | undefined, content: string): Chat => {
  const system =
    typeof row["system_prompt"] === "string" && row["system_prompt"] !== ""
      ? row["system_prompt"]
      : systemPrompt
  return [
    ...(system === undefined || system === ""
      ? []
      : [{ role: "system" as const, content: system }]),
    { role: "user", content }
  ]
}
