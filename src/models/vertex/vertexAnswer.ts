/** Gemini's answers: the way from a response to what tasks get. */
import { type TokenUsage, usageOf } from "../chat/Answer.ts"
import type { GenerateOutput } from "../chat/LLM.ts"
import { mediaKinds, type MediaTokens, mediaTokens } from "../chat/MediaTokens.ts"
import type { ToolCall } from "../chat/tools.ts"
import { countIn, list, record, textIn } from "../http/wireValues.ts"
import { type Body, readBody } from "../provider/bodies.ts"
import { oneAnswer } from "../provider/oneAnswer.ts"
import { flexShare } from "../provider/tiers.ts"
import { signatureMark } from "./vertexMessages.ts"

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
  const { blockReason, blockReasonMessage } = record(response["promptFeedback"])
  const { finishMessage, finishReason } = candidate ?? {}
  const refusal =
    textIn(blockReason) !== undefined
      ? explained(`the prompt was blocked: ${textIn(blockReason)}`, blockReasonMessage)
      : refusals.has(String(finishReason))
        ? explained(`the answer was blocked: ${String(finishReason)}`, finishMessage)
        : undefined
  const output = oneAnswer({
    usage: countsIn(response["usageMetadata"]),
    error: response["error"],
    refusal,
    lacks: candidate === undefined ? "no answer of Gemini's: it has no candidates" : undefined,
    finish: isWhole ? (finishReason ?? "stop") : undefined,
    finishMessage: textIn(finishMessage),
    text: textOf(candidate ?? {}, false),
    reasoning: textOf(candidate ?? {}, true),
    toolCalls: callsOf(candidate ?? {})
  })
  // Vertex AI says which tier has answered.
  return record(response["usageMetadata"])["trafficType"] === "ON_DEMAND_FLEX"
    ? { ...output, priceShare: flexShare }
    : output
}

const explained = (what: string, why: unknown): string =>
  textIn(why) === undefined ? what : `${what} (${textIn(why)})`

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

/** Vertex AI gives no ids. */
const callsOf = (candidate: Wire): ReadonlyArray<ToolCall> =>
  partsOf(candidate)
    .map(record)
    .flatMap(({ functionCall, thoughtSignature }, i) => {
      const { args, id, name } = record(functionCall)
      const named = textIn(name)
      const signature = textIn(thoughtSignature)
      return named === undefined
        ? []
        : [
            {
              id: `${textIn(id) ?? `call_${i}`}${signature === undefined ? "" : signatureMark + signature}`,
              name: named,
              arguments: JSON.stringify(args ?? {})
            }
          ]
    })

/** Thoughts are output tokens that are billed, too. */
const countsIn = (usage: unknown): TokenUsage | undefined => {
  const {
    cacheTokensDetails,
    cachedContentTokenCount,
    candidatesTokenCount,
    candidatesTokensDetails,
    promptTokenCount,
    promptTokensDetails,
    thoughtsTokenCount
  } = record(usage)
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
  const media = mediaTokens({
    ...modalitiesIn(promptTokensDetails, "In"),
    ...modalitiesIn(cacheTokensDetails, "Cached"),
    ...modalitiesIn(candidatesTokensDetails, "Out")
  })
  return usageOf({ input, output, reasoning: thoughts, cached, media })
}

/** Counts by modality: `[{ modality: "IMAGE", tokenCount: 258 }]`. */
const modalitiesIn = (details: unknown, way: "In" | "Cached" | "Out"): MediaTokens =>
  Object.fromEntries(
    list(details)
      .map(record)
      .map(({ modality, tokenCount }) => [
        `${String(modality).toLowerCase()}${way}`,
        countIn(tokenCount)
      ])
      .filter(([key]) => mediaKinds.some((kind) => key === `${kind}${way}`))
  ) as MediaTokens
