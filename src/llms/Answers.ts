/** Answers that were paid for: asked for before a model is, kept before a row moves on. Here is what is needed of them; the engine brings them. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { GenerateOutput, GenerateRequest } from "./LLM.ts"

/** One question to a model, with all that determines its answer, and who asks. */
export interface Question {
  /** The class name in documents: `OpenAILLM`, … */
  readonly llm: string
  readonly model: string
  /** Where it is asked. */
  readonly baseUrl: string
  readonly request: GenerateRequest
  /** Which of several answers to the same question is asked for. */
  readonly sample: number
}

/** A question that has found its place among those asked before. */
export interface Known {
  /** The answer of an earlier time. */
  readonly answer: GenerateOutput | undefined
  /** The attempt that got it; 1 is the first. */
  readonly attempt: number
  /** Keeps the answer of an attempt; done once it is written. */
  readonly keep: (answer: GenerateOutput, attempt: number) => Effect.Effect<void>
  /** The question was not answered. */
  readonly drop: () => void
}

export interface Answers {
  readonly known: (question: Question) => Known
}

/** The answers of a run; outside of any run there are none. */
export const CurrentAnswers = Context.Reference<Answers | undefined>("distilabel-ts/llms/Answers", { defaultValue: () => undefined })
