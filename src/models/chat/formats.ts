/** Formats: what an answer must look like, where the server can force it to. */
import * as Schema from "effect/Schema"

/** A JSON schema that the answer must follow. */
export interface JsonSchemaFormat {
  readonly name: string
  readonly schema: Readonly<Record<string, unknown>>
}

/** A regular expression that the whole answer must match. */
export interface RegexFormat {
  readonly regex: string
}

/** Texts of which the answer must be one. */
export interface ChoicesFormat {
  readonly choices: ReadonlyArray<string>
}

/** A format of answers. */
export type AnswerFormat = JsonSchemaFormat | RegexFormat | ChoicesFormat

/** Formats other than JSON schemas, which only some servers take. */
export type RareFormat = "regex" | "choices"

export const rareFormat = (format: AnswerFormat | undefined): RareFormat | undefined => {
  if (format === undefined) return undefined
  return "regex" in format ? "regex" : "choices" in format ? "choices" : undefined
}

export const AnswerFormat: Schema.Codec<AnswerFormat> = Schema.Union([
  Schema.Struct({ name: Schema.String, schema: Schema.Record(Schema.String, Schema.Unknown) }),
  Schema.Struct({ regex: Schema.String }),
  Schema.Struct({ choices: Schema.Array(Schema.String) })
])
