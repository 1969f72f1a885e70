/** Chat completions: the way from the body of OpenAI's answer, or a compatible server's, to what tasks get. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { ofStatus, Unusable } from "./Diagnosis.ts"
import type { FinishReason, GenerateOutput, Logprob } from "./LLM.ts"

const optional = <S extends Schema.Constraint>(schema: S) => Schema.optional(Schema.NullOr(schema))

const Token = Schema.Struct({ token: Schema.String, logprob: Schema.Finite })

const Choice = Schema.Struct({
  finish_reason: optional(Schema.String),
  message: Schema.Struct({
    content: optional(Schema.Union([Schema.String, Schema.Array(Schema.Struct({ text: optional(Schema.String) }))])),
    refusal: optional(Schema.String)
  }),
  logprobs: optional(Schema.Struct({
    content: optional(Schema.Array(Schema.Struct({ ...Token.fields, top_logprobs: optional(Schema.Array(Token)) })))
  }))
})
type Choice = typeof Choice.Type

/** As much of a completion as is used; nothing else is insisted on, since compatible servers leave much out. */
const Completion = Schema.Struct({
  choices: Schema.NonEmptyArray(Choice),
  usage: optional(Schema.Struct({ prompt_tokens: optional(Schema.Finite), completion_tokens: optional(Schema.Finite) }))
})
type Completion = typeof Completion.Type

const decode = Schema.decodeUnknownResult(Completion)

/**
 * The answers in the body.
 *
 * Throws `Unusable`: InvalidAnswer for what is no completion, Refused where no choice has an answer but a refusal, and what an
 * `error` in the body says, which gateways send with status 200.
 */
export const chatAnswer = (text: string): GenerateOutput => {
  const body = parsed(text)
  const error = typeof body === "object" && body !== null && "error" in body && typeof body.error === "object" ? body.error : null
  if (error !== null) {
    const code = "code" in error ? Number(error.code) : Number.NaN
    throw new Unusable(ofStatus(code >= 400 && code < 600 ? code : 502, text, {}, 0))
  }
  const decoded = decode(body)
  if (Result.isFailure(decoded)) throw new Unusable({ reason: "InvalidAnswer", detail: `no chat completion: ${String(decoded.failure.message)}` })
  const { choices } = decoded.success
  if (choices.every(refuses)) {
    throw new Unusable({ reason: "Refused", detail: choices[0].message.refusal || "the content filter stopped the answer", usage: statisticsOf(decoded.success) })
  }
  const logprobs = choices.map(logprobsOf)
  return {
    generations: choices.map((choice) => refuses(choice) ? null : textOf(choice)),
    statistics: statisticsOf(decoded.success),
    finishReasons: choices.map(finishReasonOf),
    ...(logprobs.every((each) => each === null) ? {} : { logprobs })
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new Unusable({ reason: "InvalidAnswer", detail: `no JSON: ${text.replace(/\s+/g, " ").slice(0, 100) || "an empty body"}` })
  }
}

const refuses = ({ finish_reason, message }: Choice): boolean => (message.refusal ?? "") !== "" || finish_reason === "content_filter"

const finishReasons: Readonly<Record<string, FinishReason>> = { stop: "stop", length: "length", tool_calls: "tool", function_call: "tool", content_filter: "filtered", error: "error" }

const finishReasonOf = (choice: Choice): FinishReason | null => refuses(choice) ? "filtered" : finishReasons[choice.finish_reason ?? ""] ?? null

const textOf = ({ message: { content } }: Choice): string | null =>
  content === undefined || content === null ? null : typeof content === "string" ? content : content.map(({ text }) => text ?? "").join("")

const logprobsOf = ({ logprobs }: Choice): ReadonlyArray<ReadonlyArray<Logprob>> | null =>
  logprobs?.content?.map(({ logprob, token, top_logprobs }) =>
    // without alternatives asked for, the token itself is all there is to say
    (top_logprobs?.length ?? 0) === 0 ? [{ token, logprob }] : (top_logprobs ?? []).map((top) => ({ token: top.token, logprob: top.logprob }))
  ) ?? null

/** The totals of the request; output tokens by answer where log probabilities tell how many each has. */
const statisticsOf = ({ choices, usage }: Completion): GenerateOutput["statistics"] => {
  const input = usage?.prompt_tokens
  const output = usage?.completion_tokens
  const counts = choices.map(({ logprobs }) => logprobs?.content?.length ?? 0)
  const known = counts.length > 1 && counts.reduce((total, count) => total + count, 0) === output
  return {
    ...(typeof input === "number" ? { input_tokens: [input] } : {}),
    ...(typeof output === "number" ? { output_tokens: known ? counts : [output] } : {})
  }
}
