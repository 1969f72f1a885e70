/** Events: what happens to requests, as it happens, for progress displays and bills. */
import type { FinishReason } from "./Answer.ts"
import type { LLMErrorReason } from "./LLMError.ts"
import type { MediaTokens } from "./MediaTokens.ts"
import type { RequestKindName } from "./RequestKindName.ts"

/**
 * One thing that happened to a request.
 *
 * Every `request` is followed by one of the others: `success`, `retry` (this attempt failed,
 * another follows), `failure` (no other follows), or `interrupted`. So requests less all others are
 * in flight. `recalled` stands alone: the answer was there from an earlier time; so do `resting`,
 * the question waits for a job of a batch API, and `rested`, it does no longer; so does `paused`:
 * nobody asks the model for `waitMs`, since it is full or down; it is repeated about once a second
 * until a `request` follows.
 */
export interface LLMEvent {
  readonly kind:
    | "request"
    | "success"
    | "retry"
    | "failure"
    | "interrupted"
    | "recalled"
    | "resting"
    | "rested"
    | "paused"
  /** The class name in documents: `OpenAILLM`, … */
  readonly llm: string
  /** What the model is asked for. */
  readonly requests: RequestKindName
  /** What OpenTelemetry calls its provider: `openai`, … */
  readonly providerId: string
  /** The step that asks, where it gave its name. */
  readonly step?: string
  /** The place of the row that asks, as `17` or `17.2`, where it gave one. */
  readonly row?: string
  readonly model: string
  /**
   * Which attempt at the question this is; 1 is the first. On recall: the one that got the answer
   * then.
   */
  readonly attempt: number
  /** Which of several answers a request is for, from 0 on; absent where it is for all of them. */
  readonly sample?: number
  /**
   * On success and recall: all tokens of the request. On retry and failure: those of an answer that
   * could not be used.
   */
  readonly inputTokens?: number
  readonly outputTokens?: number
  /** On success and recall: of the output, tokens of thoughts; of the input, those that were cached. */
  readonly reasoningTokens?: number
  readonly cachedTokens?: number
  /** On success and recall: tokens that are not those of text, where the provider tells them apart. */
  readonly media?: MediaTokens
  /** On success and recall, for each answer of a chat: why it ended. */
  readonly finishReasons?: ReadonlyArray<FinishReason>
  /** True if the provider did not count the tokens, so that the numbers are estimates. */
  readonly estimated?: boolean
  /** What the answer costs as a share of the price, where it came in a job of a batch API. */
  readonly priceShare?: number | undefined
  /** On success: US dollars, where the provider says so. */
  readonly cost?: number | undefined
  /**
   * On success and recall: how many of the answers were cut at the limit of tokens, if any, and
   * that limit: `maxNewTokens = 128`.
   */
  readonly cut?: number
  readonly cutAt?: string
  /** On success: milliseconds from the request to the answer, without the wait for a turn. */
  readonly durationMs?: number
  /** On retry and failure. */
  readonly reason?: LLMErrorReason
  /**
   * On retry: milliseconds until the next attempt wants its turn. On paused: until the next request
   * may go.
   */
  readonly waitMs?: number
  /** On paused: what the provider did, such as `429, Retry-After`, and its name. */
  readonly why?: string
  readonly by?: string
}

/** Is told of events while they happen; does nothing slow and throws nothing. */
export type Observer = (event: LLMEvent) => void
