/**
 * Chat completions: the way from the body of OpenAI's or Mistral's answer, or a compatible
 * server's, to what tasks get.
 */
import { failed, providerWords, Unusable } from "../asking/Diagnosis.ts"
import {
  type Answer,
  type Logprob,
  type TokenUsage,
  usageOf,
  usageShares,
  withUsage
} from "../chat/Answer.ts"
import { finishReasonOf } from "../chat/finishReasons.ts"
import type { GenerateOutput } from "../chat/LLM.ts"
import { mediaTokens } from "../chat/MediaTokens.ts"
import { countIn, list, record, textIn } from "../http/wireValues.ts"
import { type Body, readBody } from "../provider/bodies.ts"
import { chatOfStream } from "./chatStream.ts"
import { callsIn } from "./chatTools.ts"

/**
 * The answers in the body, whole or as a stream. What is not read may be missing or odd.
 *
 * Throws `Unusable`: InvalidAnswer for what is no completion, Refused where no choice has an answer
 * but a refusal, and what an error in the body or in every choice says, which gateways send with
 * status 200. Choices with an answer stay without those that failed.
 */
export const chatAnswer = (text: string): GenerateOutput => chatAnswerOf(text, {})

/** What a server's answers say of their price. */
interface Priced {
  /** Whether what it says that they cost is believed. */
  readonly believesCost?: boolean
  /** What those of the flex tier cost of the usual price. Default: all of it. */
  readonly flexShare?: number | undefined
}

/** The same with what the answers say of their price. */
export const chatAnswerOf = (
  text: string,
  { believesCost = false, flexShare }: Priced
): GenerateOutput => {
  const body = completionIn(readBody(text))
  const usage = totalsOf(body["usage"])
  if (isError(body["error"])) throw failed(body["error"], usage)
  const choices = list(body["choices"])
    .map(record)
    .filter((choice) => hasMessage(choice) || hasFailed(choice))
  if (choices.length === 0) throw withoutChoices(body, usage)
  const answers = choices.filter((choice) => !hasFailed(choice))
  if (answers.length === 0)
    throw failed(choices[0]!["error"] ?? "the provider ended the answer with an error", usage)
  if (answers.every(refuses)) {
    const said = answers
      .map((choice) => textIn(messageOf(choice)["refusal"]))
      .find((refusal) => refusal !== undefined)
    throw new Unusable({
      reason: "Refused",
      detail: said ?? "the content filter stopped the answer",
      usage
    })
  }
  const shares = sharesOf(answers, usage, answers.length === choices.length)
  const cost = believesCost ? countIn(record(body["usage"])["cost"]) : undefined
  const priceShare = body["service_tier"] === "flex" ? flexShare : undefined
  return {
    answers: answers.map((choice, i) => withUsage(answerOf(choice), shares[i])),
    ...(cost === undefined ? {} : { cost }),
    ...(priceShare === undefined ? {} : { priceShare })
  }
}

const answerOf = (choice: Wire): Answer => {
  const reasoning = reasoningOf(choice)
  const logprobs = logprobsOf(choice)
  const toolCalls = callsIn(messageOf(choice)["tool_calls"])
  const ended = finishReasonOf(choice["finish_reason"]) ?? "stop"
  return {
    text: refuses(choice) ? null : textOf(choice),
    finishReason: refuses(choice)
      ? "filtered"
      : toolCalls.length > 0 && ended === "stop"
        ? "tool"
        : ended,
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
    ...(reasoning === null ? {} : { reasoning }),
    ...(logprobs === null ? {} : { logprobs })
  }
}

type Wire = Readonly<Record<string, unknown>>

const completionIn = (body: Body): Wire => {
  if (body.kind === "value") return record(body.value)
  const { isWhole, ...completion } = chatOfStream(body)
  if (!isWhole)
    throw new Unusable({
      reason: "InvalidAnswer",
      detail: "the stream ended before the answer did",
      usage: totalsOf(completion.usage)
    })
  return completion
}

const isError = (error: unknown): boolean =>
  typeof error === "string" ? error !== "" : Object.keys(record(error)).length > 0

const hasFailed = (choice: Wire): boolean =>
  isError(choice["error"]) || finishReasonOf(choice["finish_reason"]) === "error"

/** A body without an answer: an error in other words, or something else. */
const withoutChoices = (body: Wire, usage: TokenUsage | undefined): Unusable => {
  const says = ["message", "detail", "errors", "msg", "error_message"].some((name) => name in body)
  if (says) return failed(body, usage)
  return new Unusable({
    reason: "InvalidAnswer",
    detail: `no chat completion, for it has no choice with a message: ${providerWords(JSON.stringify(body)).detail.slice(0, 100)}`,
    usage
  })
}

/** The old completions have a text of their own. */
const hasMessage = (choice: Wire): boolean =>
  typeof choice["text"] === "string" ||
  (typeof choice["message"] === "object" && choice["message"] !== null)

const messageOf = (choice: Wire): Wire =>
  "message" in choice ? record(choice["message"]) : { content: choice["text"] }

const refuses = (choice: Wire): boolean =>
  textIn(messageOf(choice)["refusal"]) !== undefined ||
  finishReasonOf(choice["finish_reason"]) === "filtered"

const textOf = (choice: Wire): string | null => {
  const { content } = messageOf(choice)
  if (content === undefined || content === null) return null
  if (typeof content === "string") return content
  if (Array.isArray(content))
    return content
      .map((part) =>
        typeof part === "string"
          ? part
          : isThought(part)
            ? ""
            : (textIn(record(part)["text"]) ?? "")
      )
      .join("")
  return JSON.stringify(content)
}

const isThought = (part: unknown): boolean =>
  /^(thinking|thought|reasoning)$/.test(String(record(part)["type"]))

/** What the provider tells apart as thoughts: in a field of its own, or in parts of the content. */
const reasoningOf = (choice: Wire): string | null => {
  const { content, reasoning, reasoning_content } = messageOf(choice)
  const told = textIn(reasoning_content) ?? textIn(reasoning)
  if (told !== undefined) return told
  const parts = list(content).filter(isThought).map(record)
  return (
    textIn(
      parts
        .map(
          ({ text, thinking }) =>
            textIn(thinking) ??
            textIn(text) ??
            list(thinking)
              .map((part) => textIn(record(part)["text"]) ?? "")
              .join("")
        )
        .join("")
    ) ?? null
  )
}

/**
 * The lowest that a log probability is given as, as OpenAI and vLLM do for tokens that could not
 * come.
 */
const lowest = -9999

const tokensOf = (choice: Wire): ReadonlyArray<Wire> =>
  list(record(choice["logprobs"])["content"]).map(record)

/** Null where one is no number: which token is meant by the others would be a guess. */
const logprobsOf = (choice: Wire): ReadonlyArray<ReadonlyArray<Logprob>> | null => {
  const positions = tokensOf(choice).map((token): ReadonlyArray<Logprob | undefined> => {
    const top = list(token["top_logprobs"])
    // without alternatives asked for, the token itself is all there is to say
    return (top.length === 0 ? [token] : top.map(record)).map(logprobOf)
  })
  if (positions.length === 0 || positions.some((each) => each.includes(undefined))) return null
  return positions as ReadonlyArray<ReadonlyArray<Logprob>>
}

const logprobOf = ({ logprob, token }: Wire): Logprob | undefined =>
  typeof token !== "string" || typeof logprob !== "number" || Number.isNaN(logprob)
    ? undefined
    : { token, logprob: Math.max(logprob, lowest) }

/** The totals of a request. */
const totalsOf = (usage: unknown): TokenUsage | undefined => {
  const {
    completion_tokens,
    completion_tokens_details,
    prompt_audio_seconds,
    prompt_cache_hit_tokens,
    prompt_tokens,
    prompt_tokens_details
  } = record(usage)
  const [given, drawn] = [prompt_tokens_details, completion_tokens_details].map(record)
  return usageOf({
    input: countIn(prompt_tokens),
    output: countIn(completion_tokens),
    reasoning: countIn(drawn!["reasoning_tokens"]),
    cached: countIn(given!["cached_tokens"]) ?? countIn(prompt_cache_hit_tokens),
    written: countIn(given!["cache_write_tokens"]),
    audioSeconds: countIn(prompt_audio_seconds),
    media: mediaTokens({
      audioIn: countIn(given!["audio_tokens"]),
      imageIn: countIn(given!["image_tokens"]),
      videoIn: countIn(given!["video_tokens"]),
      audioOut: countIn(drawn!["audio_tokens"]),
      imageOut: countIn(drawn!["image_tokens"])
    })
  })
}

/**
 * Each answer's share of a request's tokens: of the output as many as its log probabilities tell,
 * where those of all answers are what was counted; else the same for each.
 */
const sharesOf = (
  choices: ReadonlyArray<Wire>,
  total: TokenUsage | undefined,
  areAll: boolean
): ReadonlyArray<TokenUsage | undefined> => {
  const shares = usageShares(total, choices.length)
  const counts = choices.map((choice) => tokensOf(choice).length)
  const isTold =
    areAll && counts.length > 1 && counts.reduce((sum, count) => sum + count, 0) === total?.output
  return isTold ? shares.map((share, i) => ({ ...share!, output: counts[i]! })) : shares
}
