/** Formats where a server takes JSON schemas only. */
import { type AnswerFormat, type JsonSchemaFormat, rareFormat } from "../chat/formats.ts"
import { Unusable } from "./Diagnosis.ts"

/** The schema that answers are to follow. Throws `Unusable` for a format of another kind. */
export const jsonFormat = (format: AnswerFormat | undefined): JsonSchemaFormat | undefined => {
  if (format === undefined || "schema" in format) return format
  throw new Unusable({
    reason: "InvalidRequest",
    detail: `the server takes no ${rareFormat(format)} for structuredOutput, JSON schemas only`
  })
}
