/** Decisions: what a request gets, when, and in which state. Nothing is sent here. */
import {
  type Failure,
  type Protocol,
  type Reply,
  sumTokens,
  type Written
} from "../../models/simulated/Protocol.ts"
import type { Question } from "../../models/simulated/Question.ts"
import { isObject, type WireObject } from "../../models/simulated/Wire.ts"
import { keyOf } from "../answers/keyOf.ts"
import { logprobsOf } from "../answers/Logprobs.ts"
import { pictureOf, tokensOfPicture } from "../answers/picture.ts"
import { scoreOf } from "../answers/Scores.ts"
import { vectorOf } from "../answers/Vectors.ts"
import type { Attempts } from "../faults/Attempts.ts"
import { drawFault, type Fault } from "../faults/Faults.ts"
import { drawLatency } from "../faults/Latency.ts"
import { isDown } from "../faults/Outage.ts"
import type { RequestRate } from "../faults/RequestRate.ts"
import type { TokenRate } from "../faults/TokenRate.ts"
import { answersTo, inputTokensOf, refusalOf } from "./Answers.ts"
import type { PromptCache } from "./PromptCache.ts"
import type { Route } from "./Route.ts"
import type { SimulatorSettings } from "./SimulatorOptions.ts"

/** What is listed when every model exists. */
const anyModel = "simulated-model"

/** A response to send, whole or otherwise. */
export interface Decision {
  readonly status: number
  readonly body: string | Buffer
  readonly contentType: Written["contentType"] | "text/html" | "image/png"
  /** The value of a `Retry-After` header. */
  readonly retryAfter?: string | undefined
  /** Further headers, names and values one after the other. */
  readonly limitHeaders?: ReadonlyArray<string> | undefined
  readonly delivery: "whole" | "half" | "reset" | "never"
  readonly latencyMs: number
  readonly fault: Fault | undefined
  readonly attempt: number
  /** The model and prompt asked, as far as they could be read. */
  readonly model: string
  readonly prompt: string
  /** What a good answer costs; undefined for every other response. */
  readonly usage:
    | {
        readonly inputTokens: number
        readonly outputTokens: number
        readonly cachedTokens?: number
        readonly writtenTokens?: number
      }
    | undefined
}

/** What decisions are made from beside the request. */
export interface Situation {
  readonly settings: SimulatorSettings
  readonly attempts: Attempts
  readonly rate: RequestRate | undefined
  readonly tokens: TokenRate | undefined
  readonly promptCache: PromptCache | undefined
  /** When the simulator started or was last reset, on the clock of `nowMs`. */
  readonly startedMs: number
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: number
  /** Milliseconds since 1970. */
  readonly time: number
}

const proxyPage =
  "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body><center><h1>502 Bad Gateway</h1></center><hr><center>proxy</center></body></html>\n"

const plain: Omit<Decision, "status" | "body"> = {
  contentType: "application/json",
  delivery: "whole",
  latencyMs: 0,
  fault: undefined,
  attempt: 0,
  model: "",
  prompt: "",
  usage: undefined
}

const failed = (protocol: Protocol, failure: Failure, rest: Partial<Decision> = {}): Decision => ({
  ...plain,
  ...rest,
  status: failure.status,
  body: JSON.stringify(protocol.failure(failure))
})

const exists = (model: string, { models }: SimulatorSettings): boolean =>
  models === undefined || models.includes(model)

const unauthorized: Failure = {
  status: 401,
  reason: "unauthorized",
  message: "Incorrect API key provided."
}

const unknownModel = (model: string): Failure => ({
  status: 404,
  reason: "unknown-model",
  message: `The model '${model}' does not exist or you do not have access to it.`
})

const parse = (body: string): WireObject | undefined => {
  try {
    const value: unknown = JSON.parse(body)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Decides a request for answers whose question could be read and may be asked. */
const decideQuestion = (
  route: Route,
  question: Question,
  streams: boolean,
  { attempts, nowMs, promptCache, settings, time }: Situation
): Decision => {
  const { protocol } = route
  const key = keyOf(settings.seed, question)
  const attempt = attempts.next(key)
  const fault = drawFault(settings.faults, key, attempt)
  const asked = { model: question.model, prompt: question.prompt, attempt, fault }
  if (fault?.kind === "rate-limit") {
    const failure: Failure = {
      status: 429,
      reason: "rate-limit",
      message: "Rate limit reached. Please try again later."
    }
    return failed(protocol, failure, { ...asked, retryAfter: String(fault.retryAfterSeconds ?? 1) })
  }
  const latencyMs = drawLatency(settings.latency, key)
  const timed = { ...plain, ...asked, latencyMs, status: 200 }
  switch (fault?.kind) {
    case "server-error": {
      const message = "The server had an error while processing your request."
      const failure: Failure = { status: fault.status ?? 500, reason: "server-error", message }
      return failed(protocol, failure, timed)
    }
    case "hang":
      return { ...timed, body: "", delivery: "never" }
    case "reset":
      return { ...timed, body: "", delivery: "reset" }
    case "invalid-json":
      return { ...timed, body: proxyPage, contentType: "text/html" }
  }
  const written = (body: WireObject): Written =>
    streams
      ? protocol.stream(body)
      : { body: JSON.stringify(body), contentType: "application/json" }
  const reply: Reply = {
    question,
    key,
    created: Math.floor(time / 1000),
    inputTokens: inputTokensOf(question),
    ...promptCache?.read(question, nowMs, nowMs + timed.latencyMs),
    logprobs: (text, index) => logprobsOf(text, key, index, question.logprobs ?? 0)
  }
  if (fault?.kind === "refusal") {
    const text = refusalOf(key)
    const usage = { inputTokens: reply.inputTokens, outputTokens: text.tokens * question.n }
    return { ...timed, ...written(protocol.refusal(reply, text)), usage }
  }
  if (question.embeds !== undefined) {
    const { dimensions, texts } = question.embeds
    const vectors = texts.map((text) => vectorOf(text, settings.seed, dimensions))
    const body = protocol.embeddings!.answer(
      { ...question.embeds, model: question.model },
      vectors,
      reply.inputTokens
    )
    return {
      ...timed,
      ...written(body),
      ...(fault?.kind === "cut-body" ? { delivery: "half" } : {}),
      usage: { inputTokens: reply.inputTokens, outputTokens: 0 }
    }
  }
  if (question.scores !== undefined) {
    const scores = question.scores.map((text) => scoreOf(text, settings.seed))
    const body = protocol.scores!.answer(reply, scores, route.name)
    return {
      ...timed,
      ...written(body),
      ...(fault?.kind === "cut-body" ? { delivery: "half" } : {}),
      usage: { inputTokens: reply.inputTokens, outputTokens: 0 }
    }
  }
  if (question.draws === true) {
    const images = Array.from({ length: question.n }, (_, index) => pictureOf(key, index))
    const outputTokens = images.length * tokensOfPicture
    const body = protocol.images!.answer(reply, images, outputTokens)
    return {
      ...timed,
      ...(body === "file" ? pictureFile(images[0]!) : written(body)),
      ...(fault?.kind === "cut-body" ? { delivery: "half" } : {}),
      usage: { inputTokens: reply.inputTokens, outputTokens }
    }
  }
  const answers = answersTo(question, key, settings.answer)
  const writer = route.kind === "completion" ? protocol.completion! : protocol
  const good = written(writer.answer(reply, answers))
  if (fault?.kind === "cut-body") return { ...timed, ...good, delivery: "half" }
  return {
    ...timed,
    ...good,
    usage: {
      inputTokens: reply.inputTokens,
      outputTokens: sumTokens(answers),
      cachedTokens: reply.cachedTokens ?? 0,
      writtenTokens: reply.writtenTokens ?? 0
    }
  }
}

const pictureFile = (image: string) =>
  ({ body: Buffer.from(image, "base64"), contentType: "image/png" }) as const

/** A description of images as a question, so that latency and faults are drawn for them too. */
const imagesQuestion = (protocol: Protocol, body: WireObject, named: string): Question | string => {
  const read = protocol.images?.read(body, named) ?? "There are no images here."
  if (typeof read === "string") return read
  return { ...blank, ...read, draws: true }
}

/** What a question has that asks for no answer in text. */
const blank = {
  system: "",
  history: [],
  n: 1,
  maxTokens: undefined,
  stop: [],
  json: false,
  schema: undefined,
  logprobs: undefined
} as const

/** Texts to embed as a question, so that latency and faults are drawn for them too. */
const embeddingsQuestion = (
  protocol: Protocol,
  body: WireObject,
  named: string
): Question | string => {
  const read = protocol.embeddings?.read(body, named) ?? "There are no embeddings here."
  if (typeof read === "string") return read
  const { model, ...embeds } = read
  return { ...blank, model, embeds, prompt: embeds.texts.join("\n") }
}

/** Texts to score as a question, so that latency and faults are drawn for them too. */
const scoresQuestion = (protocol: Protocol, body: WireObject, route: string): Question | string => {
  const read = protocol.scores?.read(body, route) ?? "There are no scores here."
  if (typeof read === "string") return read
  const { model, texts } = read
  return { ...blank, model, scores: texts, prompt: texts.join("\n") }
}

const questionOf = (
  { kind, model, name, protocol }: Route,
  body: WireObject
): Question | string => {
  switch (kind) {
    case "embeddings":
      return embeddingsQuestion(protocol, body, model)
    case "images":
      return imagesQuestion(protocol, body, model)
    case "scores":
      return scoresQuestion(protocol, body, name)
    case "completion":
      return protocol.completion?.read(body) ?? "There are no completions here."
    default:
      return protocol.read(body, model)
  }
}

/** Decides a request for answers: who asks, how often, what, and of which model. */
const decideAnswer = (route: Route, body: string, situation: Situation): Decision => {
  const { protocol } = route
  const { settings, rate, tokens, nowMs } = situation
  const wireBody = parse(body)
  if (wireBody === undefined) {
    return failed(protocol, {
      status: 400,
      reason: "bad-request",
      message: "We could not parse the JSON body of your request."
    })
  }
  const question = questionOf(route, wireBody)
  if (typeof question === "string")
    return failed(protocol, { status: 400, reason: "bad-request", message: question })
  const asked = { model: question.model, prompt: question.prompt }
  if (!exists(question.model, settings))
    return failed(protocol, unknownModel(question.model), asked)
  const tokensMs = tokens?.waitMs(nowMs) ?? 0
  const waitMs = tokensMs > 0 ? tokensMs : (rate?.admit(nowMs) ?? 0)
  if (waitMs > 0) {
    const failure: Failure = {
      status: 429,
      reason: "rate-limit",
      message: `Rate limit reached: too many ${tokensMs > 0 ? "tokens per minute" : "requests per second"}.`
    }
    return failed(protocol, failure, {
      ...asked,
      retryAfter: settings.retryAfter ? String(Math.ceil(waitMs / 1000)) : undefined
    })
  }
  try {
    const decision = decideQuestion(
      route,
      question,
      route.streams ?? protocol.streams?.(wireBody) ?? wireBody["stream"] === true,
      situation
    )
    tokens?.take((decision.usage?.inputTokens ?? 0) + (decision.usage?.outputTokens ?? 0), nowMs)
    return decision
  } catch (error) {
    // only an answer function of the caller's own can throw
    const message = `The simulator's 'answer' option threw: ${error instanceof Error ? error.message : String(error)}`
    return failed(protocol, { status: 500, reason: "server-error", message }, asked)
  }
}

/** Decides what a request gets; `apiKey` is the one it came with. */
export const decide = (
  route: Route,
  apiKey: string,
  body: string,
  situation: Situation
): Decision => {
  const { nowMs, settings, startedMs } = situation
  const { protocol, model } = route
  if (settings.outage !== undefined && isDown(settings.outage, nowMs - startedMs)) {
    return settings.outage.shows === "503"
      ? failed(
          protocol,
          {
            status: 503,
            reason: "server-error",
            message: "The service is temporarily unavailable."
          },
          { model }
        )
      : { ...plain, model, status: 0, body: "", delivery: "reset" }
  }
  if (route.kind === "unknown") {
    return failed(protocol, {
      status: 404,
      reason: "unknown-route",
      message: "This simulator has no such route."
    })
  }
  if (settings.apiKey !== undefined && apiKey !== settings.apiKey)
    return failed(protocol, unauthorized, { model })
  switch (route.kind) {
    case "models.list":
      return {
        ...plain,
        status: 200,
        body: JSON.stringify(protocol.modelList(settings.models ?? [anyModel]))
      }
    case "models.get": {
      const named = protocol.modelIn?.(parse(body) ?? {}) ?? model
      return exists(named, settings)
        ? { ...plain, status: 200, model: named, body: JSON.stringify(protocol.modelCard(named)) }
        : failed(protocol, unknownModel(named), { model: named })
    }
    default: {
      const decision = decideAnswer(route, body, situation)
      return settings.limitHeaders
        ? { ...decision, limitHeaders: protocol.limitHeaders?.(situation, situation.nowMs) }
        : decision
    }
  }
}
