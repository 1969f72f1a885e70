/** Answers: what a model says to one question, with all that is known of how it came about. */

import type { Chat } from "./Chat.ts"
import { addedMedia, mediaShare, type MediaTokens } from "./MediaTokens.ts"
import type { ToolCall } from "./tools.ts"

/** Tokens of one answer; of several to one request, its share. */
export interface TokenUsage {
  readonly input: number
  readonly output: number
  /** Of the output: those of thoughts, where the provider tells them apart. */
  readonly reasoning?: number
  /** Of the input: those that the provider had cached. */
  readonly cached?: number
  /** Of the input: those that the provider has put into its cache for later. */
  readonly written?: number
  /** Those that are not of text, where the provider tells them apart. */
  readonly media?: MediaTokens
  /** Seconds of audio in the input, where the provider counts them beside the tokens. */
  readonly audioSeconds?: number
}

/** The log probability of a token that stands, or might have stood, at a position. */
export interface Logprob {
  readonly token: string
  readonly logprob: number
}

/**
 * Why an answer ended: by itself, at the limit of tokens, for a call of a tool, by a filter, or by
 * an error.
 */
export type FinishReason = "stop" | "length" | "tool" | "filtered" | "error"

/** One answer of a model. */
export interface Answer {
  /** Null where the model gave no text. */
  readonly text: string | null
  /** What the model thought before it, where it tells; never part of the text. */
  readonly reasoning?: string
  /** `stop` where the provider does not say. */
  readonly finishReason: FinishReason
  /** Absent where the provider does not count. */
  readonly usage?: TokenUsage
  /** Calls of tools that the model asks for. */
  readonly toolCalls?: ReadonlyArray<ToolCall>
  /** The chat with all calls and what they gave, where somebody carried them out. */
  readonly transcript?: Chat
  /** The model that gave it, where one of several was asked. */
  readonly by?: string
  /** For each of its tokens: the likeliest tokens there. */
  readonly logprobs?: ReadonlyArray<ReadonlyArray<Logprob>>
}

/** The tokens of several answers together; undefined where nobody counted any of them. */
export const totalUsage = (answers: ReadonlyArray<Answer>): TokenUsage | undefined =>
  answers.length === 1
    ? answers[0]!.usage
    : answers.map(({ usage }) => usage).reduce(addedUsage, undefined)

/** Two counts as one. */
export const addedUsage = (
  one: TokenUsage | undefined,
  other: TokenUsage | undefined
): TokenUsage | undefined => {
  if (one === undefined || other === undefined) return one ?? other
  const optional = (key: "reasoning" | "cached" | "written" | "audioSeconds") =>
    one[key] === undefined && other[key] === undefined
      ? {}
      : { [key]: (one[key] ?? 0) + (other[key] ?? 0) }
  const media = addedMedia(one.media, other.media)
  return {
    input: one.input + other.input,
    output: one.output + other.output,
    ...optional("reasoning"),
    ...optional("cached"),
    ...optional("written"),
    ...optional("audioSeconds"),
    ...(media === undefined ? {} : { media })
  }
}

/** A total divided among so many answers, so that their sum is what was used. */
export const usageShares = (
  total: TokenUsage | undefined,
  count: number
): ReadonlyArray<TokenUsage | undefined> =>
  count === 1
    ? [total]
    : Array.from({ length: count }, (_, index) => {
        if (total === undefined) return undefined
        const share = (tokens: number): number =>
          Math.floor(tokens / count) + (index < tokens % count ? 1 : 0)
        const { media: all, ...tokens } = total
        const media = mediaShare(all, share)
        return {
          ...(Object.fromEntries(
            Object.entries(tokens).map(([key, each]) => [key, share(each)])
          ) as unknown as TokenUsage),
          ...(media === undefined ? {} : { media })
        }
      })

/** An answer with its share of the tokens, where there is one. */
export const withUsage = (answer: Answer, usage: TokenUsage | undefined): Answer => {
  const { usage: _, ...rest } = answer
  return usage === undefined ? rest : { ...rest, usage }
}

/** Counts as providers send them; undefined where there are none. */
export const usageOf = ({
  audioSeconds = 0,
  cached = 0,
  input,
  media,
  output,
  reasoning = 0,
  written = 0
}: {
  readonly input: number | undefined
  readonly output: number | undefined
  readonly reasoning?: number | undefined
  readonly cached?: number | undefined
  readonly written?: number | undefined
  readonly media?: MediaTokens | undefined
  readonly audioSeconds?: number | undefined
}): TokenUsage | undefined =>
  input === undefined && output === undefined
    ? undefined
    : {
        input: input ?? 0,
        output: output ?? 0,
        ...(reasoning === 0 ? {} : { reasoning }),
        ...(cached === 0 ? {} : { cached }),
        ...(written === 0 ? {} : { written }),
        ...(media === undefined ? {} : { media }),
        ...(audioSeconds === 0 ? {} : { audioSeconds })
      }
