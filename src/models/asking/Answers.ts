/**
 * Answers that were paid for: asked for before a model is, kept before a row moves on. Here is what
 * is needed of them; the engine brings them.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { MediaTokens } from "../chat/MediaTokens.ts"
import type { ModelRequest } from "../chat/Model.ts"
import type { RequestKindName } from "../chat/RequestKindName.ts"

/** One question to a model, with all that determines its answer, and who asks. */
export interface Question {
  /** The class name in documents: `OpenAILLM`, … */
  readonly llm: string
  readonly model: string
  /** Where it is asked. */
  readonly baseUrl: string
  readonly kind: RequestKindName
  /** All else that determines the answer. */
  readonly identity: ReadonlyArray<unknown>
  /** The end of the question, for people. */
  readonly shown: string
  readonly request: Pick<ModelRequest, "asker" | "recalls">
  /** Which of several answers to the same question is asked for. */
  readonly sample: number
}

/** An answer of an earlier time. */
export interface Recalled {
  /** As it was kept, by whatever version. */
  readonly answer: unknown
  /** The attempt that got it; 1 is the first. */
  readonly attempt: number
}

/** What a request used, with all that its price depends on. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  /** Of the input: those that the provider had cached. */
  readonly cachedTokens?: number
  /** Of the input: those that the provider has put into its cache, which may cost more. */
  readonly writtenTokens?: number
  /** Of the output: those of thoughts. */
  readonly reasoningTokens?: number
  /** Those that are not of text, where the provider tells them apart. */
  readonly media?: MediaTokens
  /** Seconds of audio in the input, where the provider counts them. */
  readonly audioSeconds?: number
  /** Who answered: the class in documents, and the model. Absent where there is only one. */
  readonly llm?: string
  readonly model?: string
  /** True if the provider did not count, so that the numbers are estimates. */
  readonly estimated: boolean
  /** What they cost as a share of the price of an answer at once. Default 1. */
  readonly priceShare?: number | undefined
  /** US dollars, where the provider says what it takes. */
  readonly cost?: number | undefined
}

/**
 * A question and who asks it, as plain data: a job of a batch API outlives the process that made
 * it.
 */
export interface SavedQuestion {
  /** The hash of all that determines the answer. */
  readonly key: string
  readonly llm: string
  readonly model: string
  readonly asked: string
  readonly step: string
  readonly row: string
  readonly content: string
  readonly sample: number
}

/** A question on its way to an answer. */
export interface Asking {
  /** What is asked, and who asks. */
  readonly question: SavedQuestion
  /**
   * The answer of an earlier time; undefined if the question has to be asked. Waits while another
   * process asks it.
   */
  readonly recall: Effect.Effect<Recalled | undefined>
  /** Keeps the answer of an attempt; done once it is written. */
  readonly keep: (answer: unknown, attempt: number, usage: Usage) => Effect.Effect<void>
  /** Keeps what an unusable answer used. */
  readonly spend: (usage: Usage, attempt: number) => Effect.Effect<void>
  /** The question is done with, answered or not. */
  readonly end: () => void
}

export interface Answers {
  readonly ask: (question: Question) => Asking
  /**
   * Keeps the answer to a question that a process has asked and not lived to take, unless it was
   * kept since then: `since` is in milliseconds since 1970.
   */
  readonly keepFor: (
    question: SavedQuestion,
    since: number,
    answer: unknown,
    usage: Usage
  ) => Effect.Effect<void>
  /** What is kept can be recalled from now on, by whoever asks. */
  readonly findable: () => void
  /** What a question may cost, in US dollars; undefined if its price is not known. */
  readonly costOf: (step: string, usage: Usage) => number | undefined
  /** Counts what a request used, at once, whether its answer can be used or not. */
  readonly spent: (step: string, usage: Usage) => void
  /** Whether requests may be sent: false once the run is to stop, as at the end of its budget. */
  readonly mayAsk: () => boolean
}

/** The answers of a run; outside of any run there are none. */
export const CurrentAnswers = Context.Reference<Answers | undefined>("distilabel-ts/llms/Answers", {
  defaultValue: () => undefined
})
