import { failed, Unusable } from "../asking/Diagnosis.ts"
import { type TokenUsage, usageOf, withUsage } from "../chat/Answer.ts"
import { finishReasonOf } from "../chat/finishReasons.ts"
import type { GenerateOutput } from "../chat/LLM.ts"
import { countIn, list, record, textIn } from "../http/wireValues.ts"
/** Gemini's answers: the way from a response to what tasks get. */
import { type Body, readBody } from "../provider/bodies.ts"

/** Ways for an answer to end that mean that the model, or a filter after it, would not. */
const refusals = new Set([
  "SAFETY",
  "RECITATION",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "LANGUAGE",
  "IMAGE_SAFETY",
  "IMAGE_PROHIBITED_CONTENT"
])

type Wire = Readonly<Record<string, unknown>>

/**
 * The answer in a body, whole or as a stream; null where thoughts used up all tokens.
 *
 * Throws `Unusable`: Refused where prompt or answer was blocked, InvalidAnswer for what is no
 * response, and what an error says.
 */
export const vertexAnswer = (text: string): GenerateOutput => {
  const { candidate, isWhole, response } = responseIn(readBody(text))
  const usage = countsIn(response["usageMetadata"])
  if (response["error"] !== undefined && response["error"] !== null)
    throw failed(response["error"], usage)
  const refused = (what: string, why: unknown): Unusable =>
    new Unusable({
      reason: "Refused",
      detail: textIn(why) === undefined ? what : `${what} (${textIn(why)})`,
      usage
    })
  const { blockReason, blockReasonMessage } = record(response["promptFeedback"])
  if (textIn(blockReason) !== undefined)
    throw refused(`the prompt was blocked: ${textIn(blockReason)}`, blockReasonMessage)
  if (candidate === undefined)
    throw new Unusable({
      reason: "InvalidAnswer",
      detail: "no answer of Gemini's: it has no candidates",
      usage
    })
  if (!isWhole)
    throw new Unusable({
      reason: "InvalidAnswer",
      detail: "the stream ended before the answer did",
      usage
    })
  const { finishMessage, finishReason } = candidate
  if (refusals.has(String(finishReason)))
    throw refused(`the answer was blocked: ${String(finishReason)}`, finishMessage)
  const reason = finishReasonOf(finishReason)
  if (reason === "error")
    throw failed(textIn(finishMessage) ?? `the answer ended with ${String(finishReason)}`, usage)
  const reasoning = textOf(candidate, true)
  const answer = {
    text: textOf(candidate, false),
    finishReason: reason ?? "stop",
    ...(reasoning === null ? {} : { reasoning })
  }
  return { answers: [withUsage(answer, usage)] }
}

interface Response {
  readonly response: Wire
  readonly candidate: Wire | undefined
  readonly isWhole: boolean
}

/**
 * The response with its first candidate, put together from a stream where it arrived as one: as
 * events, or as a list.
 */
const responseIn = (body: Body): Response => {
  if (body.kind === "value" && !Array.isArray(body.value)) {
    const response = record(body.value)
    return { response, candidate: firstOf(response), isWhole: true }
  }
  const responses = (body.kind === "stream" ? body.values : list(body.value)).map(record)
  const candidates = responses.map(firstOf).filter((each) => each !== undefined)
  const candidate: Wire = {
    ...(Object.assign({}, ...candidates) as Wire),
    content: { parts: candidates.flatMap(partsOf) }
  }
  return {
    response: Object.assign({}, ...responses) as Wire,
    candidate: candidates.length === 0 ? undefined : candidate,
    isWhole: textIn(candidate["finishReason"]) !== undefined
  }
}

const firstOf = ({ candidates }: Wire): Wire | undefined => list(candidates).map(record)[0]

const partsOf = ({ content }: Wire): ReadonlyArray<unknown> => list(record(content)["parts"])

/** The text of the answer, or that of its thoughts. */
const textOf = (candidate: Wire, thoughts: boolean): string | null => {
  const texts = partsOf(candidate)
    .map(record)
    .flatMap(({ text, thought }) =>
      typeof text === "string" && (thought === true) === thoughts ? [text] : []
    )
  return texts.length === 0 ? null : texts.join("")
}

/** Thoughts are output tokens that are billed, too. */
const countsIn = (usage: unknown): TokenUsage | undefined => {
  const { cachedContentTokenCount, candidatesTokenCount, promptTokenCount, thoughtsTokenCount } =
    record(usage)
  const [cached, candidates, input, thoughts] = [
    cachedContentTokenCount,
    candidatesTokenCount,
    promptTokenCount,
    thoughtsTokenCount
  ].map(countIn)
  const output =
    candidates === undefined && thoughts === undefined
      ? undefined
      : (candidates ?? 0) + (thoughts ?? 0)
  return usageOf({ input, output, reasoning: thoughts, cached })
}
