/** StructuredGeneration: answers that follow what each row asks for. */
import * as Schema from "effect/Schema"
import type { AnswerFormat } from "../../models/chat/formats.ts"
import { defineTask } from "../../tasks/defineTask.ts"
import { given } from "../../tasks/given.ts"

/**
 * Answers an instruction in the form that the row asks for.
 *
 * That is JSON by a schema, or text that matches a regular expression. Where all rows have the same
 * form, `TextGeneration` with `structuredOutput` gives typed values.
 *
 * @example
 *   const answer = StructuredGeneration({
 *     name: "answer",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" })
 *   })
 *
 * @reads instruction string
 * @reads structured_output `{ format: "json", schema: { … } }` or `{ format: "regex", schema: "…" }`, null for any text, optional
 * @reads system_prompt string or null, optional — with option `useSystemPrompt: true` only
 * @adds generation string — the answer as it came
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when `structured_output` has another shape, or the model does not answer
 * @source https://distilabel.argilla.io/latest/components-gallery/tasks/structuredgeneration/
 */
export const StructuredGeneration = defineTask({
  "~ready": true,
  type: "StructuredGeneration",
  about: "Answers an instruction in the form that the row asks for.",
  reads: {
    instruction: Schema.String,
    structured_output: Schema.optionalKey(Schema.Unknown),
    system_prompt: Schema.optionalKey(Schema.NullOr(Schema.String))
  },
  adds: { generation: Schema.String },
  options: {
    /** Whether rows bring a `system_prompt`. Default false. */
    useSystemPrompt: Schema.optionalKey(Schema.Boolean)
  },
  defaults: { useSystemPrompt: false },
  python: {},
  formatOfRow: ({ structured_output }) => formatIn(structured_output),
  prompt: ({ instruction, system_prompt }, { useSystemPrompt }) => {
    if (typeof instruction !== "string") throw new Error("'instruction' is no text")
    return [
      ...(useSystemPrompt && typeof system_prompt === "string" && system_prompt !== ""
        ? [{ role: "system" as const, content: system_prompt }]
        : []),
      { role: "user", content: instruction }
    ]
  },
  parse: (answer) => ({ generation: given(answer) })
})

const formatIn = (value: unknown): AnswerFormat | undefined => {
  if (value === undefined || value === null) return undefined
  const { format = "json", schema } = value as {
    readonly format?: unknown
    readonly schema?: unknown
  }
  const read =
    typeof schema === "string" && format === "json" ? (JSON.parse(schema) as unknown) : schema
  if (format === "regex" && typeof read === "string") return { regex: read }
  if (format === "json" && typeof read === "object" && read !== null)
    return { name: "answer", schema: read as Readonly<Record<string, unknown>> }
  throw new Error(
    '\'structured_output\' is neither { format: "json", schema: { … } } nor { format: "regex", schema: "…" }'
  )
}
