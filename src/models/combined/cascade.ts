/** A cheap model, and a dear one for the rows that the cheap one failed. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { diagnosed } from "../asking/Diagnosis.ts"
import type { Answer } from "../chat/Answer.ts"
import type { Chat } from "../chat/Chat.ts"
import type { AnyLLM, GenerateOutput, GenerateRequest, LLM } from "../chat/LLM.ts"
import { LLMError } from "../chat/LLMError.ts"
import type { Observer } from "../chat/LLMEvents.ts"
import {
  type Combination,
  combinedDocument,
  type CombinedParameters,
  describeCombined,
  listedModels
} from "./describeCombined.ts"
import { openMembers } from "./inTurn.ts"
import type { OpenMember } from "./OpenMember.ts"

/** Whether an answer will do; what it throws is the row's error. */
type Accept = (answer: Answer, messages: Chat) => boolean | Promise<boolean>

/** Options of a `CascadeLLM`. */
export interface CascadeOptions {
  /** The models, the cheapest first. */
  readonly models: ReadonlyArray<AnyLLM>
  /** Whether an answer of any but the last will do. Default: a text that was not cut. */
  readonly accept?: Accept | undefined
}

/** Several models of which dearer ones are asked only where cheaper ones failed. */
export interface CascadeLLM extends LLM<string, CombinedParameters> {
  readonly type: "CascadeLLM"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => CascadeLLM
}

const type = "CascadeLLM"

/** Whether a text is there and whole. */
const isWhole: Accept = ({ finishReason, text }) =>
  text !== null && text.trim() !== "" && finishReason === "stop"

const combination: Combination<CascadeOptions> = {
  type,
  options: ["accept"],
  nameOf: ({ models }) => models.map(({ model }) => model).join(" then "),
  membersOf: ({ models }) => ({ models }),
  maxConcurrencyOf: ({ models }) => Math.max(...models.map((each) => each.maxConcurrency)),
  open: ({ accept = isWhole, models }, model) =>
    Effect.map(openMembers({ type, model }, models), (members) => ({
      generate: (request, observer) =>
        climbed({ accept, members, model, request, observer }, members, [])
    }))
}

interface Climb {
  readonly accept: Accept
  readonly members: ReadonlyArray<OpenMember>
  /** The combination, as errors name it. */
  readonly model: string
  readonly request: GenerateRequest
  readonly observer: Observer | undefined
}

/**
 * As many answers as asked for: those that were accepted so far, and the next model's for the
 * others.
 */
const climbed = (
  climb: Climb,
  [member, ...dearer]: ReadonlyArray<OpenMember>,
  accepted: ReadonlyArray<Answer>
): Effect.Effect<GenerateOutput, LLMError> =>
  Effect.gen(function* () {
    const request = {
      ...climb.request,
      numGenerations: climb.request.numGenerations - accepted.length
    }
    const result = yield* Effect.result(answered(climb, member!, dearer, request))
    if (Result.isFailure(result)) {
      if (dearer.length === 0) return yield* result.failure
      return yield* climbed(climb, dearer, accepted)
    }
    const { answers, by } = result.success
    // The last one's are taken as they are.
    const good =
      by === climb.members.at(-1)
        ? answers
        : yield* Effect.filter(answers, (answer) => accepts(climb, answer))
    const all = [...accepted, ...good]
    return dearer.length === 0 || all.length >= climb.request.numGenerations
      ? { answers: all }
      : yield* climbed(climb, dearer, all)
  })

/**
 * The answer of a member. Where a dearer one answered at an earlier time because this one could
 * not, that one's is taken, and this one not asked again.
 */
const answered = (
  { observer }: Climb,
  member: OpenMember,
  dearer: ReadonlyArray<OpenMember>,
  request: GenerateRequest
): Effect.Effect<GenerateOutput & { readonly by: OpenMember }, LLMError> =>
  Effect.gen(function* () {
    for (const each of [member, ...dearer]) {
      const found = yield* each.recall(request, observer)
      if (found !== undefined) return { ...found, by: each }
    }
    return { ...(yield* member.ask(request, observer)), by: member }
  })

const accepts = (
  { accept, model, request }: Climb,
  answer: Answer
): Effect.Effect<boolean, LLMError> =>
  Effect.mapError(
    diagnosed(async () => accept(answer, request.messages)),
    ({ detail }) =>
      new LLMError({
        llm: type,
        model,
        reason: "InvalidAnswer",
        attempts: 1,
        detail: `option accept threw: ${detail}`,
        fix: "Mend the function: it says by true or false whether an answer will do.",
        fatal: false
      })
  )

const described = (options: CascadeOptions): CascadeLLM => {
  if (options.models.length < 2)
    throw new RangeError(
      "CascadeLLM: models has fewer than two. Give the cheap model, then the dear one."
    )
  return describeCombined(combination, options)
}

/**
 * Asks a cheap model, and a dear one for the answers that the cheap one failed: with an error, or
 * with an answer that `accept` turns down. `model_name` of a row is the model that answered; the
 * summary of a run counts the answers of each.
 *
 * What the cheap one answered is paid for and kept, too, so that nothing is asked twice. The last
 * model's answers are taken as they are.
 *
 * @example
 *   const solve = cascade([OpenAILLM({ model: "gpt-4o-mini" }), OpenAILLM({ model: "gpt-4o" })], {
 *     accept: ({ text }) => /\\boxed\{/.test(text ?? "")
 *   })
 *
 * @fails LLMError when opened: if none of the models can be opened; per request: what the last model failed with
 */
export const cascade = (
  models: ReadonlyArray<AnyLLM>,
  options: Omit<CascadeOptions, "models"> = {}
): CascadeLLM => described({ models, ...options })

/** For documents. */
export const cascadeKind = {
  type,
  madeBy: "cascade",
  about: "Asks a cheap model, and a dear one where that one failed.",
  describe: described,
  document: combinedDocument(listedModels, [
    { key: "accept", holds: { functionOr: undefined }, python: false }
  ])
}
