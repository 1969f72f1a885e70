/**
 * Kinds of requests: what models are asked for. Whoever asks (gate, tries, journal, limits, prices)
 * is the same for all, and knows of a request and its answer only what stands here.
 *
 * Requests are delivered one by one, each sent and waited for, or many as one job of a batch API
 * (`../asking/BatchApi.ts`), whose answers come by and by.
 */
import type { TokenUsage } from "./Answer.ts"
import type { LLMEvent } from "./LLMEvents.ts"
import type { ModelRequest } from "./Model.ts"
import type { RequestKindName } from "./RequestKindName.ts"

/** What asking needs to know of one kind of request and its answer. */
export interface RequestKind<Request extends ModelRequest, Response> {
  readonly name: RequestKindName
  /** All that determines the answer, besides the model and where it is asked. */
  readonly identity: (request: Request) => ReadonlyArray<unknown>
  /** The end of the question, for people who look into the journal. */
  readonly shown: (request: Request) => string
  /** Characters of the question. */
  readonly inputLength: (request: Request) => number
  /** The question as one text, of which providers may keep the beginning. */
  readonly prompt?: (request: Request) => string
  /** Tokens that answers may have in all, before anyone has seen one. */
  readonly outputTokens: (request: Request, averageOfOne: number | undefined) => number
  /** What answers used, where the provider says so, how many they are, and their characters. */
  readonly usage: (response: Response) => TokenUsage | undefined
  readonly count: (response: Response) => number
  /** What a response says of its price. */
  readonly paid?: (response: Response) => {
    readonly priceShare?: number
    readonly cost?: number
  }
  readonly outputLength: (response: Response) => number
  /** What events tell of the answers. */
  readonly told: (request: Request, response: Response) => Partial<LLMEvent>
  /** The answer that a journal kept, by whatever version. */
  readonly restored: (stored: unknown) => Response
  /** How several requests are sent as one, where providers take that. */
  readonly together?: Together<Request, Response>
}

/** Several requests as one. */
export interface Together<Request, Response> {
  /** Whether a request may be sent with others. */
  readonly takes: (request: Request) => boolean
  /** What requests must have in common. */
  readonly group: (request: Request) => string
  /** How many may be one. */
  readonly most: (request: Request) => number
  /** The requests as one, and how its answer is parted into theirs. */
  readonly joined: (requests: ReadonlyArray<Request>) => {
    readonly request: Request
    readonly parts: (response: Response) => ReadonlyArray<Response>
  }
}
