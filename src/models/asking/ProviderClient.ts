/** Clients: what asks a model for a step, several answers to a chat included. */
import * as Effect from "effect/Effect"
import { chatKind } from "../chat/chatKind.ts"
import type { GenerateOutput, GenerateRequest, LLMClient } from "../chat/LLM.ts"
import type { LLMError } from "../chat/LLMError.ts"
import type { Observer } from "../chat/LLMEvents.ts"
import type { ModelClient, ModelRequest } from "../chat/Model.ts"
import type { RequestKindName } from "../chat/RequestKindName.ts"
import { withoutThoughts } from "../chat/thoughts.ts"
import { CurrentAnswers } from "./Answers.ts"
import { answerTo, recalledTo } from "./answerTo.ts"
import { CurrentBatches } from "./Batches.ts"
import { type Asked, accessTo, type ModelAccess, type Tell } from "./ModelAccess.ts"
import type { Place } from "./Place.ts"
import { atMost, merged, refusedSample, sampleOf, saysOneByOne } from "./samples.ts"

/** Access with what the run brings to whoever asks. */
const opened = <Request extends ModelRequest, Response>(
  asked: Asked<Request, Response>
): Effect.Effect<ModelAccess<Request, Response>> =>
  Effect.gen(function* () {
    const delivery = yield* CurrentBatches
    const access = accessTo(asked, { answers: yield* CurrentAnswers, delivery })
    if (delivery !== undefined && asked.batches !== undefined) yield* delivery.opened(access)
    return access
  })

/** What a provider of chats brings along. */
export interface Provider extends Omit<Asked<GenerateRequest, GenerateOutput>, "kind"> {
  /** Whether one request may ask for several answers. Default false: as many requests. */
  readonly takesNumGenerations?: boolean | undefined
}

/** The client of a model that is asked in chats. */
export const makeClient = (provider: Provider): Effect.Effect<LLMClient> =>
  Effect.map(opened({ ...provider, kind: chatKind }), (access) => {
    const chat: Chats = { access, takesSeveral: provider.takesNumGenerations ?? false }
    const answersOf = (request: GenerateRequest, output: GenerateOutput): GenerateOutput => ({
      answers: atMost(output, request.numGenerations).answers.map(withoutThoughts)
    })
    return {
      takesBatches: provider.batches !== undefined,
      lacksForBatches: provider.batches?.lacks,
      generate: (request, observer) => {
        const tell = telling(provider.place, "chat", request, observer)
        return Effect.map(several(chat, request, tell), (output) => answersOf(request, output))
      },
      recall: (request, observer) => {
        const tell = telling(provider.place, "chat", request, observer)
        return Effect.map(recalled(chat, request, tell), (output) =>
          output === undefined ? undefined : answersOf(request, output)
        )
      },
      closedMs: () => {
        const { gate } = chat.access
        return gate.closed(gate.now())?.ms ?? 0
      }
    }
  })

/** The client of a model that gives one answer to a request of another kind. */
export const makeModelClient = <Request extends ModelRequest, Response>(
  asked: Asked<Request, Response>
): Effect.Effect<ModelClient<Request, Response>> =>
  Effect.map(opened(asked), (access) => ({
    takesBatches: asked.batches !== undefined,
    lacksForBatches: asked.batches?.lacks,
    generate: (request, observer) =>
      answerTo(access, request, telling(asked.place, asked.kind.name, request, observer))
  }))

const telling = (
  { llm, model, providerId }: Place,
  requests: RequestKindName,
  { asker }: ModelRequest,
  observer: Observer = () => {}
): Tell => {
  // Events with all that they mostly have are made in one piece: there are many of them.
  if (asker === undefined)
    return (kind, attempt, more) =>
      observer({ kind, llm, requests, providerId, model, attempt, ...more })
  const { row, step } = asker
  return (kind, attempt, more) =>
    observer({ kind, llm, requests, providerId, model, attempt, step, row, ...more })
}

interface Chats {
  readonly access: ModelAccess<GenerateRequest, GenerateOutput>
  /** Whether the server takes the number of answers, as far as its refusals have told. */
  takesSeveral: boolean
}

/**
 * As many answers as asked for: by one request where the server takes the number, else by as many.
 */
const several = (
  chats: Chats,
  request: GenerateRequest,
  tell: Tell
): Effect.Effect<GenerateOutput, LLMError> => {
  const { access } = chats
  if (request.numGenerations === 1) return answerTo(access, request, tell)
  const oneByOne = Effect.suspend(() => Effect.map(samples(access, request, 0, tell), merged))
  return Effect.suspend(() => {
    if (!chats.takesSeveral) return oneByOne
    return Effect.matchEffect(answerTo(access, request, tell), {
      onSuccess: (output) => {
        // some compatible servers take the number and ignore it
        const got = output.answers.length
        return got >= request.numGenerations
          ? Effect.succeed(output)
          : Effect.map(samples(access, request, got, tell), (rest) => merged([output, ...rest]))
      },
      onFailure: (error) => {
        if (!saysOneByOne(error)) return Effect.fail(error)
        chats.takesSeveral = false
        return oneByOne
      }
    })
  })
}

/**
 * The answers of an earlier time, where all are there: those of one request, or of as many as there
 * are answers.
 */
const recalled = (
  { access }: Chats,
  request: GenerateRequest,
  tell: Tell
): Effect.Effect<GenerateOutput | undefined, LLMError> =>
  Effect.gen(function* () {
    const whole = yield* recalledTo(access, request, tell)
    if (whole !== undefined || request.numGenerations === 1) return whole
    const outputs: Array<GenerateOutput> = []
    for (let sample = 0; sample < request.numGenerations; sample++) {
      const output = yield* recalledTo(access, sampleOf(request, sample), tell, sample)
      if (output === undefined) return undefined
      outputs.push(output)
    }
    return merged(outputs)
  })

/** The answers from the `from`-th on, each by a request of its own. */
const samples = (
  access: ModelAccess<GenerateRequest, GenerateOutput>,
  request: GenerateRequest,
  from: number,
  tell: Tell
): Effect.Effect<ReadonlyArray<GenerateOutput>, LLMError> =>
  Effect.gen(function* () {
    let refusal: LLMError | undefined
    const outputs = yield* Effect.forEach(
      Array.from({ length: request.numGenerations - from }, (_, index) => from + index),
      (sample) =>
        Effect.catch(
          answerTo(
            access,
            sampleOf(request, sample),
            (kind, count, more) => tell(kind, count, { ...more, sample }),
            sample
          ),
          (error) => {
            if (error.reason !== "Refused") return Effect.fail(error)
            refusal = error
            return Effect.succeed(refusedSample)
          }
        ),
      { concurrency: "unbounded" }
    )
    // one refusal among answers is a null among them; nothing but refusals is the error
    return refusal !== undefined &&
      from === 0 &&
      outputs.every((output) => output === refusedSample)
      ? yield* refusal
      : outputs
  })
