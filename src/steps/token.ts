/** Tokens as parameters: texts that nothing prints. */
import * as Schema from "effect/Schema"

export const Token = Schema.Union([
  Schema.Redacted(Schema.String),
  Schema.RedactedFromValue(Schema.String)
])
