/** Figures of models, from what happens to their requests. */
import { addValue, emptyHistogram, merged } from "./Histogram.ts"
import type { ModelFigures } from "./RunFigures.ts"

/** What a model's answers say of themselves: what is not counted by the run. */
export type AnswerFigures = Omit<
  ModelFigures,
  "requests" | "recalled" | "inputTokens" | "outputTokens" | "cost" | "unpriced" | "paused"
>

/** What happened to a request. */
export interface RequestEvent {
  readonly kind: string
  readonly attempt: number
  readonly reason?: string | undefined
  readonly cut?: number | undefined
  readonly cutAt?: string | undefined
  readonly durationMs?: number | undefined
  readonly inputTokens?: number | undefined
  readonly cachedTokens?: number | undefined
  readonly outputTokens?: number | undefined
  /** Tokens of media, by what they are of. */
  readonly media?: Readonly<Record<string, number>> | undefined
}

export const noAnswers = (): AnswerFigures => ({
  attempts: [],
  refusals: {},
  latency: emptyHistogram(),
  inputTokensEach: emptyHistogram(),
  outputTokensEach: emptyHistogram()
})

/** Counts what happened to a request; whether it was answered. */
export const countAnswer = (
  figures: AnswerFigures,
  {
    attempt,
    cachedTokens = 0,
    cut = 0,
    cutAt = "",
    durationMs,
    inputTokens,
    kind,
    media,
    outputTokens,
    reason = "Unknown"
  }: RequestEvent
): boolean => {
  if (kind === "retry" || kind === "failure")
    figures.refusals[reason] = (figures.refusals[reason] ?? 0) + 1
  if (kind !== "success") return false
  if (cut > 0) figures.cut = { ...figures.cut, [cutAt]: (figures.cut?.[cutAt] ?? 0) + cut }
  while (figures.attempts.length < attempt) figures.attempts.push(0)
  figures.attempts[attempt - 1]!++
  if (durationMs !== undefined) addValue(figures.latency, durationMs)
  if (inputTokens !== undefined) addValue(figures.inputTokensEach, inputTokens)
  if (cachedTokens > 0) figures.cachedTokens = (figures.cachedTokens ?? 0) + cachedTokens
  if (media !== undefined) figures.media = summed(figures.media, media)
  if (outputTokens !== undefined) addValue(figures.outputTokensEach, outputTokens)
  return true
}

/** The figures of both. */
export const bothAnswers = (a: AnswerFigures, b: AnswerFigures): AnswerFigures => {
  const cut = summed(a.cut, b.cut)
  const media = summed(a.media, b.media)
  const cachedTokens = (a.cachedTokens ?? 0) + (b.cachedTokens ?? 0)
  return {
    attempts: Array.from(
      { length: Math.max(a.attempts.length, b.attempts.length) },
      (_, i) => (a.attempts[i] ?? 0) + (b.attempts[i] ?? 0)
    ),
    refusals: summed(a.refusals, b.refusals),
    ...(Object.keys(cut).length === 0 ? {} : { cut }),
    ...(cachedTokens === 0 ? {} : { cachedTokens }),
    ...(Object.keys(media).length === 0 ? {} : { media }),
    latency: merged([a.latency, b.latency]),
    inputTokensEach: merged([a.inputTokensEach, b.inputTokensEach]),
    outputTokensEach: merged([a.outputTokensEach, b.outputTokensEach])
  }
}

const summed = (
  a: Readonly<Record<string, number>> = {},
  b: Readonly<Record<string, number>> = {}
): Record<string, number> => {
  const sums: Record<string, number> = { ...a }
  for (const [name, count] of Object.entries(b)) sums[name] = (sums[name] ?? 0) + count
  return sums
}
