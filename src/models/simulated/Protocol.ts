/**
 * Protocols: how one provider's requests are read, and its answers, refusals and errors written, by
 * a simulator. A protocol decides nothing.
 */
import type { Arrived } from "./Arrived.ts"
import type { BatchProtocol } from "./BatchProtocol.ts"
import type { LimitHeaders } from "./Limits.ts"
import type { Question } from "./Question.ts"
import type { WireObject } from "./Wire.ts"

/** A text cut to a number of tokens. */
export interface Limited {
  readonly text: string
  readonly tokens: number
  /** Whether something was cut off. */
  readonly truncated: boolean
  /** The call of a tool in the place of a text. */
  readonly call?: { readonly name: string; readonly arguments: WireObject }
}

/** Adds up the tokens of several texts. */
export const sumTokens = (texts: ReadonlyArray<Limited>): number =>
  texts.reduce((sum, text) => sum + text.tokens, 0)

/** A token of an answer, and the likeliest ones in its place. */
export interface DrawnToken {
  readonly token: string
  readonly logprob: number
  readonly top: ReadonlyArray<{ readonly token: string; readonly logprob: number }>
}

/** A question with all that is needed to write its answer down. */
export interface Reply {
  readonly question: Question
  /** A number that belongs to the question, for ids. */
  readonly key: number
  /** Seconds since 1970. */
  readonly created: number
  readonly inputTokens: number
  /** Those of them that the provider had cached; undefined where it keeps no prompts. */
  readonly cachedTokens?: number | undefined
  /** Those of them that it has cached now. */
  readonly writtenTokens?: number | undefined
  /** The log probabilities of an answer's tokens. */
  readonly logprobs: (text: string, index: number) => ReadonlyArray<DrawnToken>
}

/** A request that got no answer. */
export interface Failure {
  readonly status: number
  readonly reason:
    | "bad-request"
    | "unauthorized"
    | "unknown-model"
    | "unknown-route"
    | "rate-limit"
    | "server-error"
  /** What to tell the client. */
  readonly message: string
}

/** Where a request goes. */
export interface Destination {
  readonly kind:
    | "answer"
    | "completion"
    | "embeddings"
    | "images"
    | "scores"
    | "models.list"
    | "models.get"
    | "unknown"
  /** What the log calls it: `chat.completions`. */
  readonly name: string
  /** The model in the path; "" where the path names none. */
  readonly model: string
  /** Whether the route itself asks for a stream; other requests say so in their body. */
  readonly streams?: boolean
}

/** A body as it goes over the wire. */
export interface Written {
  readonly body: string
  readonly contentType: "application/json" | "application/x-ndjson" | "text/event-stream"
}

/** Texts that are to be embedded. */
export interface EmbeddingsQuestion {
  readonly model: string
  readonly texts: ReadonlyArray<string>
  /** Numbers in a vector; undefined where that is up to the model. */
  readonly dimensions: number | undefined
  /** Whether the answer is that of a route that takes one text. */
  readonly single?: boolean
}

export interface EmbeddingsProtocol {
  /**
   * Reads the texts from a request's body; `model` is the one in the path, if the protocol has it
   * there. A string says what is wrong with the request.
   */
  readonly read: (body: WireObject, model: string) => EmbeddingsQuestion | string
  readonly answer: (
    question: EmbeddingsQuestion,
    vectors: ReadonlyArray<ReadonlyArray<number>>,
    inputTokens: number
  ) => WireObject
}

/** Prompts that are to be gone on from. */
export interface CompletionProtocol {
  /** Reads the prompt from a request's body. A string says what is wrong with the request. */
  readonly read: (body: WireObject) => Question | string
  readonly answer: (reply: Reply, answers: ReadonlyArray<Limited>) => WireObject
}

/** A description of images that are to be drawn. */
export interface ImagesQuestion {
  readonly model: string
  readonly prompt: string
  readonly n: number
}

export interface ImagesProtocol {
  /**
   * Reads the description from a request's body; `model` is the one in the path, if the protocol
   * has it there. A string says what is wrong with the request.
   */
  readonly read: (body: WireObject, model: string) => ImagesQuestion | string
  /**
   * Writes images, each a PNG in base64, and the tokens that they count as; `file` where the answer
   * is the first image itself.
   */
  readonly answer: (
    reply: Reply,
    images: ReadonlyArray<string>,
    outputTokens: number
  ) => WireObject | "file"
}

/** Texts that are to be scored. */
export interface ScoresQuestion {
  readonly model: string
  readonly texts: ReadonlyArray<string>
}

export interface ScoresProtocol {
  /** Reads the texts from the body of a request to a route. A string says what is wrong with it. */
  readonly read: (body: WireObject, route: string) => ScoresQuestion | string
  /** Writes a score for each text, as the route has them. */
  readonly answer: (reply: Reply, scores: ReadonlyArray<number>, route: string) => WireObject
}

/** One provider's wire format. */
export interface Protocol {
  /** The address that its client takes: what a simulator calls it, and its path. */
  readonly address: { readonly name: string; readonly path: string }
  /** The classes of models that speak it, and the options with which they ask a simulator. */
  readonly models: ReadonlyArray<string>
  readonly options: (url: string) => Readonly<Record<string, string>>
  /** Where a request goes; undefined for one in another protocol. */
  readonly route: (request: Arrived) => Destination | undefined
  /**
   * Reads the question from a request's body; `model` is the one in the path, if the protocol has
   * it there. A string says what is wrong with the request.
   */
  readonly read: (body: WireObject, model: string) => Question | string
  /** Writes the body of a good response. */
  readonly answer: (reply: Reply, answers: ReadonlyArray<Limited>) => WireObject
  /** Writes the body by which the model declines. */
  readonly refusal: (reply: Reply, text: Limited) => WireObject
  /** The model that a look-up names in its body, where its path names none. */
  readonly modelIn?: (body: WireObject) => string
  /** Whether a request asks for a stream; by default its field `stream` says so. */
  readonly streams?: (body: WireObject) => boolean
  /** Parts a body for a client that asks for a stream. */
  readonly stream: (body: WireObject) => Written
  /** Writes the body of an error. */
  readonly failure: (failure: Failure) => WireObject
  /** Writes headers about limits, where the provider has such. */
  readonly limitHeaders?: LimitHeaders
  /** How texts are embedded, where the provider does that. */
  readonly embeddings?: EmbeddingsProtocol
  /** How prompts are gone on from, and how images are drawn, where the provider does that. */
  readonly completion?: CompletionProtocol
  readonly images?: ImagesProtocol
  /** How texts are scored, where the provider does that. */
  readonly scores?: ScoresProtocol
  /** How many requests are put into one job, where the provider takes that. */
  readonly batches?: BatchProtocol
  /** Writes a model's card, and the list of them. */
  readonly modelCard: (id: string) => WireObject
  readonly modelList: (ids: ReadonlyArray<string>) => WireObject
}

const maxAnswers = 128

/** Says what is wrong with the counts of a request, if anything is. */
export const wrongCounts = (n: number, maxTokens: number | undefined): string | undefined => {
  if (!Number.isInteger(n) || n < 1 || n > maxAnswers)
    return `The number of answers has to be from 1 to ${maxAnswers}, got ${n}.`
  if (maxTokens !== undefined && !(maxTokens >= 1))
    return `The token limit has to be at least 1, got ${maxTokens}.`
  return undefined
}
