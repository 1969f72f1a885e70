/**
 * Text generation as Python has it: the columns of the template are named, and the schema is the
 * model's.
 */
import type { ColumnSchema } from "../columns/Columns.ts"
import { jsonSchemaOf } from "../models/chat/jsonSchema.ts"
import type { LLM } from "../models/chat/LLM.ts"
import type { DerivedKeys, DocumentValue, PythonClass } from "../step/Definition.ts"
import { readTemplate } from "./Template.ts"

/** The template that is meant where none is given; Python writes it out. */
export const usualTemplate = "{{ instruction }}"

type Options = Readonly<Record<string, unknown>>

/** Python writes the template and the column that it has without one. */
const read = (
  { columns: listed, template, ...options }: Options,
  step: string,
  warn: (option: string, detail: string) => void
): Options => {
  const usual = Array.isArray(listed) && listed.length === 1 && listed[0] === "instruction"
  const unused =
    usual && typeof template === "string" && !readTemplate(template).columns.includes("instruction")
  if (unused)
    warn(
      "columns",
      `'columns' of '${step}' lists 'instruction', which its template does not use. It reads the columns that the template names.`
    )
  const standard = usual && template === usualTemplate
  return {
    ...options,
    ...(standard || template === undefined ? {} : { template }),
    ...(standard || unused || listed === undefined ? {} : { columns: listed })
  }
}

/** Python's class wants the columns of its template named, and has its schema on the model. */
const derives = ({ columns: listed, llm, structuredOutput, template }: Options): DerivedKeys => {
  const columns =
    typeof template === "string" && listed === undefined
      ? readTemplate(template).columns
      : ["instruction"]
  return {
    ...(columns.length === 1 && columns[0] === "instruction" ? {} : { step: { columns } }),
    ...(structuredOutput === undefined || (llm as LLM).structuredOutput !== undefined
      ? {}
      : { llm: { structured_output: { schema: titled(structuredOutput as ColumnSchema) } } })
  }
}

const titled = (of: ColumnSchema): { readonly [key: string]: DocumentValue } => ({
  title: "Generation",
  ...(jsonSchemaOf(of, "Generation").schema as { readonly [key: string]: DocumentValue })
})

/** The part of it that concerns the template. */
export const templateInPython: PythonClass<"columns"> = {
  implied: ["columns"],
  ignores: { use_default_structured_output: [false], use_system_prompt: [] },
  read,
  derives
}

export const textGenerationInPython: PythonClass<
  "columns" | "structuredOutput" | "tools" | "toolChoice" | "maxToolRounds"
> = {
  ...templateInPython,
  lacks: ["structuredOutput", "tools", "toolChoice", "maxToolRounds"]
}
