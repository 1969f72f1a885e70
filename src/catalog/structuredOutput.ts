/**
 * A model's structured output, for documents: Python has a JSON Schema with a title, or a class
 * that is to be bound.
 */
import * as Schema from "effect/Schema"
import { boundSchema, plain } from "../document/classes/fields.ts"
import { classNamed } from "../document/classes/pythonTags.ts"
import type { Field, Reading } from "../document/classes/Registry.ts"
import { shown } from "../document/tree/DocumentSchema.ts"
import { plainTree } from "../document/tree/plainTree.ts"
import { isRecord, type Tree, type TreeRecord } from "../document/tree/Tree.ts"
import { AnswerFormat, type JsonSchemaFormat, rareFormat } from "../models/chat/formats.ts"
import { jsonSchemaOf } from "../models/chat/jsonSchema.ts"

/** The schema as Python has it: with a title, from which comes its name. */
export const structuredOutput: Field = {
  key: "structured_output",
  option: "structuredOutput",
  own: false,
  read: (value, at) => {
    const given = isRecord(value) ? value["schema"] : undefined
    if (!isRecord(value) || given === undefined) {
      at.problem(
        `'structured_output' of '${at.step}' is ${shown(value)}, not a mapping with a 'schema'.`
      )
      return undefined
    }
    const { format } = value
    if (format === "regex" && typeof given === "string") return { regex: given }
    if (format !== undefined && format !== null && format !== "json")
      at.in("format").warn(
        `'structured_output' of '${at.step}' has format '${String(format)}': models here keep to JSON Schemas and regexes only, so that this one is passed over.`
      )
    return format === undefined || format === null || format === "json"
      ? readSchema(given, at.in("schema"))
      : undefined
  },
  write: (value) => {
    const format = value as AnswerFormat
    if ("regex" in format) return { format: "regex", schema: format.regex }
    if ("choices" in format) return undefined
    const { name, schema } = format
    return { schema: { title: name, ...(plainTree(schema, () => undefined) as TreeRecord) } }
  }
}

/**
 * What Python has no word for: choices, the name of a schema where the schema has a title of its
 * own, or that the title was put there.
 */
export const structuredOutputName: Field = {
  ...structuredOutput,
  own: true,
  read: (value, at) => {
    if (isRecord(value)) return value
    at.problem(
      `'structured_output' of '${at.step}' is ${shown(value)}, not a mapping with a 'name'.`
    )
    return undefined
  },
  write: (value) => {
    const format = value as AnswerFormat
    if ("regex" in format) return undefined
    if ("choices" in format) return { choices: [...format.choices] }
    const { name, schema } = format
    const { title } = schema
    return title === undefined ? { titled: true } : title === name ? undefined : { name }
  }
}

/** The same where Python's class has no structured output: its name and schema as they are. */
export const plainFormat: Field = plain("structured_output", AnswerFormat)

/** The format of what both fields gave. */
export const formatOf = (given: unknown): AnswerFormat | undefined => {
  if (given === undefined || rareFormat(given as AnswerFormat) !== undefined)
    return given as AnswerFormat | undefined
  const { name, schema, titled } = given as JsonSchemaFormat & { readonly titled?: boolean }
  const { title: _, ...untitled } = schema
  return { name, schema: titled === true ? untitled : schema }
}

const readSchema = (given: Tree, at: Reading): JsonSchemaFormat | undefined => {
  const named = classNamed(given)
  if (named !== undefined)
    return jsonSchemaOf(boundSchema(named, at) ?? Schema.Unknown, named.split(".").at(-1)!)
  const schema = typeof given === "string" ? parsed(given) : given
  if (isRecord(schema))
    return { name: typeof schema["title"] === "string" ? schema["title"] : "answer", schema }
  at.problem(`The schema of '${at.step}' is ${shown(given)}, not a JSON Schema.`)
  return undefined
}

const parsed = (text: string): Tree => {
  try {
    return JSON.parse(text) as Tree
  } catch {
    return text
  }
}
