/** Gemini's answers: the way from a response to what tasks get. */
import type { Candidate, GenerateContentResponse } from "@google/genai"
import { Unusable } from "./Diagnosis.ts"
import type { FinishReason, GenerateOutput } from "./LLM.ts"

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

/**
 * The answer in a response; null where thoughts used up all tokens.
 *
 * Throws `Unusable`: Refused where prompt or answer was blocked, InvalidAnswer for what is no response.
 */
export const vertexAnswer = ({ candidates, promptFeedback, usageMetadata }: GenerateContentResponse): GenerateOutput => {
  const { candidatesTokenCount, promptTokenCount, thoughtsTokenCount } = usageMetadata ?? {}
  const statistics = {
    ...(promptTokenCount === undefined ? {} : { input_tokens: [promptTokenCount] }),
    ...(candidatesTokenCount === undefined && thoughtsTokenCount === undefined
      ? {}
      : { output_tokens: [(candidatesTokenCount ?? 0) + (thoughtsTokenCount ?? 0)] })
  }
  const refused = (what: string, why: string | undefined): Unusable => new Unusable({ reason: "Refused", detail: explained(what, why), usage: statistics })
  const blocked = promptFeedback?.blockReason
  if (blocked !== undefined) throw refused(`the prompt was blocked: ${blocked}`, promptFeedback?.blockReasonMessage)
  const candidate: Candidate | undefined = Array.isArray(candidates) ? candidates[0] : undefined
  if (candidate === undefined) throw new Unusable({ reason: "InvalidAnswer", detail: "no answer of Gemini's: it has no candidates", usage: statistics })
  if (refusals.has(candidate.finishReason ?? "")) throw refused(`the answer was blocked: ${candidate.finishReason}`, candidate.finishMessage)
  return { generations: [textOf(candidate)], statistics, finishReasons: [finishReasons[candidate.finishReason ?? ""] ?? null] }
}

const finishReasons: Readonly<Record<string, FinishReason>> = { STOP: "stop", MAX_TOKENS: "length", MALFORMED_FUNCTION_CALL: "error" }

/** The text without thoughts. */
const textOf = ({ content }: Candidate): string | null => {
  const parts = Array.isArray(content?.parts) ? content.parts : []
  const texts = parts.flatMap(({ text, thought }) => text === undefined || thought === true ? [] : [text])
  return texts.length === 0 ? null : texts.join("")
}

const explained = (what: string, why: string | undefined): string => why === undefined || why === "" ? what : `${what} (${why})`
