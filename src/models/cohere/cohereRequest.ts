/** Cohere's requests: the way from a question to the body that its chat takes. */
import { jsonFormat } from "../asking/jsonFormat.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { defined } from "../http/wireValues.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"

/** The request's body: what was given, and nothing else. */
export const cohereRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput }: GenerateRequest,
  stream: boolean
): Readonly<Record<string, unknown>> => {
  const format = jsonFormat(structuredOutput)
  return defined({
    model,
    messages,
    response_format: format && { type: "json_object", json_schema: format.schema },
    stream: stream || undefined,
    ...wireKwargs(generationKwargs)
  })
}
