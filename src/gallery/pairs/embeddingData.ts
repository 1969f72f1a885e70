/** What tasks that write data for embedding models have in common: their paper and their styles. */
import * as Schema from "effect/Schema"
import type { JsonSchemaFormat } from "../../models/chat/formats.ts"
import { jsonSchemaOf } from "../../models/chat/jsonSchema.ts"
import { inThisForm, objectForm } from "../../tasks/form.ts"

/** The paper they follow. */
export const improvingTextEmbeddings = `@misc{wang2023embeddings,
  title = {Improving Text Embeddings with Large Language Models},
  author = {Liang Wang and Nan Yang and Xiaolong Huang and Linjun Yang and Rangan Majumder and Furu Wei},
  year = {2023},
  eprint = {2401.00368},
  archivePrefix = {arXiv}
}`

/** Texts may be written for readers of these schools. */
export const schools = ["high school", "college", "PhD"] as const

/** How clear a text is. */
export const clarities = ["clear", "understandable with some effort", "ambiguous"] as const

/** Options that all of them have. */
export const styleOptions = {
  /** The language of the texts. Default `English`. */
  language: Schema.optionalKey(Schema.String),
  /** Decides what is drawn where a style is not given. Default 42. */
  seed: Schema.optionalKey(Schema.Int),
  /** Whether the model is held to JSON by a schema. Default false. */
  useDefaultStructuredOutput: Schema.optionalKey(Schema.Boolean)
}
export const styleDefaults = { language: "English", seed: 42, useDefaultStructuredOutput: false }

/** Words that ask for the texts, each with what it is. */
export const textsAsked = (texts: Readonly<Record<string, string>>, language: string): string =>
  `All texts are in ${language}; the keys stay as they are. Nothing but the object is written. ${inThisForm(objectForm(texts))}`

/** The format that holds a model to these texts. */
export const formatOf = (texts: Readonly<Record<string, string>>, name: string): JsonSchemaFormat =>
  jsonSchemaOf(schemaOf(texts), name)

/** The schema of an object with these texts. */
export const schemaOf = (
  texts: Readonly<Record<string, string>>
): Schema.Struct<Record<string, Schema.String>> =>
  Schema.Struct(Object.fromEntries(Object.keys(texts).map((key) => [key, Schema.String])))
