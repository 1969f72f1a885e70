/** Chats as a kind of request: what asking needs to know of questions and answers. */
import { totalUsage } from "./Answer.ts"
import type { Chat, ChatItem } from "./Chat.ts"
import type { GenerateOutput, GenerateRequest } from "./LLM.ts"
import type { LLMEvent } from "./LLMEvents.ts"
import { mediaOf } from "./media.ts"
import type { RequestKind } from "./RequestKind.ts"
import { restoredOutput } from "./storedAnswers.ts"
import { limitWords, tokenLimit } from "./tokenLimit.ts"

/** An answer that nobody has seen is taken for so long at most. */
const firstAnswerTokens = 256

/** An image counts as some thousand tokens, whatever the length of its data. */
const mediaLength = 4000

/** What is asked for answers in text, in a chat or without one. */
type TextRequest = Omit<GenerateRequest, "messages">

/** What asking needs to know of answers in text, however they are asked for. */
export const textAnswers = {
  outputTokens: (
    { generationKwargs, numGenerations }: TextRequest,
    averageOfOne: number | undefined
  ) =>
    (averageOfOne ??
      Math.min(tokenLimit(generationKwargs) ?? firstAnswerTokens, firstAnswerTokens)) *
    numGenerations,
  usage: ({ answers }: GenerateOutput) => totalUsage(answers),
  count: ({ answers }: GenerateOutput) => answers.length,
  paid: ({ cost, priceShare }: GenerateOutput) => ({
    ...(priceShare === undefined ? {} : { priceShare }),
    ...(cost === undefined ? {} : { cost })
  }),
  outputLength: ({ answers }: GenerateOutput) =>
    answers.reduce((total, { text }) => total + (text?.length ?? 0), 0),
  told: (request: TextRequest, output: GenerateOutput) => ({
    ...cutIn(request, output),
    ...countsIn(output)
  }),
  restored: restoredOutput
}

const lengthOf = (content: ChatItem["content"]): number =>
  typeof content === "string"
    ? content.length
    : content.reduce(
        (total, part) => total + (part.type === "text" ? part.text.length : mediaLength),
        0
      )

/** Tools come first, as providers have them, then the messages in their order. */
export const promptOf = ({ messages, tools = [] }: GenerateRequest): string =>
  [
    ...(tools.length === 0 ? [] : [JSON.stringify(tools)]),
    ...messages.map(
      ({ content, role }) =>
        `${role}: ${typeof content === "string" ? content : JSON.stringify(content)}`
    )
  ].join("\n")

export const chatKind: RequestKind<GenerateRequest, GenerateOutput> = {
  name: "chat",
  identity: ({
    generationKwargs,
    messages,
    numGenerations,
    structuredOutput,
    toolChoice = "auto",
    tools = []
  }) => [
    messages,
    sortedEntries(generationKwargs),
    numGenerations,
    structuredOutput ?? null,
    ...(tools.length === 0 ? [] : [tools, toolChoice])
  ],
  shown: ({ messages }) => lastOf(messages),
  prompt: promptOf,
  inputLength: ({ messages }) =>
    messages.reduce((total, { content }) => total + lengthOf(content), 0),
  ...textAnswers
}

/** A record's entries in an order that does not depend on how it was written. */
export const sortedEntries = (
  record: Readonly<Record<string, unknown>>
): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))

const lastOf = (messages: Chat): string => {
  const content = messages.at(-1)?.content ?? ""
  return typeof content === "string"
    ? content
    : content
        .map((part) => (part.type === "text" ? part.text : `[${mediaOf(part).kind}]`))
        .join(" ")
}

/** How many answers were cut, if any, and where. */
const cutIn = (request: TextRequest, { answers }: GenerateOutput): Partial<LLMEvent> => {
  const cut = answers
    .slice(0, request.numGenerations)
    .filter(({ finishReason }) => finishReason === "length").length
  return cut === 0 ? {} : { cut, cutAt: limitWords(request.generationKwargs) }
}

const countsIn = ({ answers }: GenerateOutput): Partial<LLMEvent> => {
  const { cached, media, reasoning } = totalUsage(answers) ?? {}
  return {
    finishReasons: answers.map(({ finishReason }) => finishReason),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
    ...(cached === undefined ? {} : { cachedTokens: cached }),
    ...(media === undefined ? {} : { media })
  }
}
