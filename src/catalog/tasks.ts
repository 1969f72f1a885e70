/** Tasks, for documents. */
import * as Schema from "effect/Schema"
import {
  columns,
  inputs,
  model,
  own,
  plain,
  reference,
  schema
} from "../document/classes/fields.ts"
import type { Field, Reading, StepClass } from "../document/classes/Registry.ts"
import type { TreeRecord } from "../document/tree/Tree.ts"
import type { LLM } from "../models/chat/LLM.ts"
import { jsonSchemaOf } from "../tasks/jsonSchema.ts"
import { task } from "../tasks/task.ts"
import { readTemplate } from "../tasks/Template.ts"
import { TextGeneration } from "../tasks/TextGeneration.ts"
import { UltraFeedback } from "../tasks/UltraFeedback.ts"
import { aspects } from "../tasks/ultraFeedbackPrompts.ts"
import { version, withFunctions } from "./ownSteps.ts"
import { stepClass } from "./stepClass.ts"

/** Fields of every task. */
const common: ReadonlyArray<Field> = [
  model("llm"),
  plain("group_generations", Schema.Boolean),
  plain("add_raw_output", Schema.Boolean),
  plain("add_raw_input", Schema.Boolean),
  plain("num_generations", Schema.Int.check(Schema.isGreaterThan(0))),
  own(plain("retries", Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))),
  own(plain("when_cut", Schema.Literals(["keep", "error", "retry"]))),
  own(plain("reasoning", Schema.Boolean))
]

const Listed = Schema.Union([Schema.String, Schema.Array(Schema.String)])

/** Python writes the template and the column that it has without one. */
const pythonsTemplate = "{{ instruction }}"

interface GenerationOptions {
  readonly template?: string
  readonly columns?: string | ReadonlyArray<string>
}

const textGeneration = (
  { columns: listed, template, ...options }: GenerationOptions,
  at: Reading
) => {
  const usual = Array.isArray(listed) && listed.length === 1 && listed[0] === "instruction"
  const unused =
    usual && template !== undefined && !readTemplate(template).columns.includes("instruction")
  if (unused)
    at.in("columns").warn(
      `'columns' of '${at.step}' lists 'instruction', which its template does not use. It reads the columns that the template names.`
    )
  const standard = usual && template === pythonsTemplate
  return TextGeneration({
    ...options,
    ...(standard || template === undefined ? {} : { template }),
    ...(standard || unused || listed === undefined ? {} : { columns: listed })
  } as never)
}

/** Python's class wants the columns of its template named, and has its schema on the model. */
const forPython = (
  options: Readonly<Record<string, unknown>>
): { readonly step?: TreeRecord; readonly llm?: TreeRecord } => {
  const { columns: listed, llm, structuredOutput, template } = options
  const read =
    typeof template === "string" && listed === undefined
      ? readTemplate(template).columns
      : ["instruction"]
  return {
    ...(read.length === 1 && read[0] === "instruction" ? {} : { step: { columns: read } }),
    ...(structuredOutput === undefined || (llm as LLM).structuredOutput !== undefined
      ? {}
      : { llm: { structured_output: { schema: titled(structuredOutput as Schema.Constraint) } } })
  }
}

const titled = (of: Schema.Constraint): TreeRecord => ({
  title: "Generation",
  ...(jsonSchemaOf(of, "Generation").schema as TreeRecord)
})

export const tasks: ReadonlyArray<StepClass> = [
  stepClass("TextGeneration", textGeneration, {
    needs: ["llm"],
    fields: [
      ...common,
      plain("system_prompt", Schema.String),
      plain("template", Schema.String),
      plain("columns", Listed),
      own(schema("structured_output"))
    ],
    ignores: { use_default_structured_output: [false], use_system_prompt: [] },
    derived: forPython
  }),
  stepClass("UltraFeedback", UltraFeedback, {
    needs: ["llm"],
    fields: [
      ...common,
      plain("use_default_structured_output", Schema.Boolean),
      plain("aspect", Schema.Literals(aspects))
    ]
  }),
  stepClass("Task", withFunctions(task, "prompt", "parse"), {
    needs: ["llm", "outputs"],
    fields: [
      ...common,
      inputs("inputs"),
      columns("outputs"),
      plain("system_prompt", Schema.String),
      version,
      reference("prompt"),
      reference("parse"),
      schema("structured_output")
    ]
  })
]
