/** Mixture of agents: several models propose, and one makes the answer of their proposals. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Chat, ChatItem } from "../chat/Chat.ts"
import type { AnyLLM, GenerateOutput, GenerateRequest, LLM } from "../chat/LLM.ts"
import type { LLMError } from "../chat/LLMError.ts"
import type { Observer } from "../chat/LLMEvents.ts"
import {
  type Combination,
  type CombinedParameters,
  combinedDocument,
  describeCombined
} from "./describeCombined.ts"
import { OpenMember } from "./OpenMember.ts"

/** Options of a `MixtureOfAgentsLLM`. */
export interface MixtureOfAgentsOptions {
  /** The model that makes the answer. */
  readonly aggregatorLlm: AnyLLM
  /** The models that propose. */
  readonly proposersLlms: ReadonlyArray<AnyLLM>
  /** How often they propose, from the second time on with the proposals of all before. Default 1. */
  readonly rounds?: number | undefined
}

/** Several models that answer together. */
export interface MixtureOfAgentsLLM extends LLM<string, CombinedParameters> {
  readonly type: "MixtureOfAgentsLLM"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => MixtureOfAgentsLLM
}

const type = "MixtureOfAgentsLLM"

const combination: Combination<MixtureOfAgentsOptions> = {
  type,
  options: ["rounds"],
  nameOf: ({ aggregatorLlm, proposersLlms }) =>
    `moa-${aggregatorLlm.model}-${proposersLlms.map(({ model }) => model).join("-")}`,
  membersOf: ({ aggregatorLlm, proposersLlms }) => ({ aggregatorLlm, proposersLlms }),
  maxConcurrencyOf: ({ aggregatorLlm }) => aggregatorLlm.maxConcurrency,
  open: ({ aggregatorLlm, proposersLlms, rounds = 1 }) =>
    Effect.map(
      Effect.all({
        aggregator: OpenMember.open(aggregatorLlm),
        proposers: Effect.forEach(proposersLlms, OpenMember.open)
      }),
      ({ aggregator, proposers }) => ({
        generate: (request, observer) =>
          Effect.gen(function* () {
            let messages = request.messages
            for (let round = 0; round < rounds; round++)
              messages = withProposals(
                request.messages,
                yield* proposals(proposers, { ...request, messages }, observer)
              )
            const output = yield* aggregator.ask({ ...request, messages }, observer)
            return unnamed(output)
          })
      })
    )
}

/** The answer is that of all: the row names the mixture. */
const unnamed = ({ answers }: GenerateOutput): GenerateOutput => ({
  answers: answers.map((answer) => {
    const { by: _, ...rest } = answer
    return rest
  })
})

/**
 * What the proposers answer, in their order. One that fails is left out as long as another answers;
 * an error that would end the run does.
 */
const proposals = (
  proposers: ReadonlyArray<OpenMember>,
  { generationKwargs, messages, asker, recalls }: GenerateRequest,
  observer: Observer | undefined
): Effect.Effect<ReadonlyArray<string>, LLMError> =>
  Effect.gen(function* () {
    // In text, whatever the format of the answer is.
    const request = { generationKwargs, messages, asker, recalls, numGenerations: 1 }
    const results = yield* Effect.forEach(
      proposers,
      (proposer) => Effect.result(proposer.ask(request, observer)),
      { concurrency: "unbounded" }
    )
    const texts = results.flatMap((each) =>
      Result.isSuccess(each) ? each.success.answers.flatMap(({ text }) => text ?? []) : []
    )
    const failures = results.flatMap((each) => (Result.isFailure(each) ? [each.failure] : []))
    const worst = failures.find(({ fatal }) => fatal) ?? failures[0]
    return worst !== undefined && (worst.fatal || texts.length === 0) ? yield* worst : texts
  })

const preamble =
  "Other assistants have answered the user's last message already; their answers follow, numbered. " +
  "Read them critically, for each may be incomplete, biased or wrong. Then write one answer of your own, " +
  "better than any of them: keep what is right, mend what is not, and do not mention that there were others."

/** The chat with proposals before its system message, or in the place of one. */
const withProposals = (chat: Chat, texts: ReadonlyArray<string>): Chat => {
  if (texts.length === 0) return chat
  const told = `${preamble}\n\n${texts.map((text, i) => `${i + 1}. ${text}`).join("\n\n")}`
  const [first, ...rest] = chat
  if (first?.role !== "system") return [{ role: "system", content: told }, ...chat]
  const content: ChatItem["content"] =
    typeof first.content === "string"
      ? `${told}\n\n${first.content}`
      : [{ type: "text", text: told }, ...first.content]
  return [{ role: "system", content }, ...rest]
}

const described = (options: MixtureOfAgentsOptions): MixtureOfAgentsLLM => {
  const { proposersLlms, rounds = 1 } = options
  if (proposersLlms.length === 0)
    throw new RangeError(
      "MixtureOfAgentsLLM: proposersLlms is empty. Give the models that propose."
    )
  if (!(Number.isInteger(rounds) && rounds > 0))
    throw new RangeError(`MixtureOfAgentsLLM: rounds is ${rounds}. Give a whole number from 1 on.`)
  return describeCombined(combination, options)
}

/**
 * Has several models propose an answer, and one make the answer of their proposals (Wang et al.,
 * "Mixture-of-Agents Enhances Large Language Model Capabilities", 2024).
 *
 * Each round, every proposer answers once, from the second round on with the answers of the round
 * before. Then the aggregator answers, as often as the task wants answers, in the format that the
 * task wants. Tokens and cost are those of all; the statistics of a row are the aggregator's. A
 * proposer that fails for a row is left out of it as long as another answers. Parameters are set by
 * `aggregatorLlm` and `proposersLlms`, the latter by number.
 *
 * @example
 *   const moa = MixtureOfAgentsLLM({
 *     aggregatorLlm: OpenAILLM({ model: "gpt-4o" }),
 *     proposersLlms: [
 *       AnthropicLLM({ model: "claude-haiku-5-5" }),
 *       MistralLLM({ model: "mistral-small-latest" })
 *     ],
 *     rounds: 2
 *   })
 *
 * @fails LLMError when opened: what any of the models fails with; per request: what the aggregator, or all proposers, failed with
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/mixtureofagentsllm/
 */
export const MixtureOfAgentsLLM = (options: MixtureOfAgentsOptions): MixtureOfAgentsLLM =>
  described(options)

/** For documents. */
export const mixtureOfAgentsKind = {
  type,
  about: "Makes one answer of what several models propose.",
  describe: described,
  document: combinedDocument(
    [
      { key: "aggregator_llm", holds: "model", python: true },
      { key: "proposers_llms", holds: "models", python: true }
    ],
    [{ key: "rounds", holds: Schema.Int, python: true }],
    { ignores: { structured_output: [null], generation_kwargs: [] } }
  )
}
