/** One model after the other, until one answers. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AnyLLM, LLM } from "../chat/LLM.ts"
import { LLMErrorReason } from "../chat/LLMError.ts"
import {
  type Combination,
  combinedDocument,
  type CombinedParameters,
  describeCombined,
  listedModels
} from "./describeCombined.ts"
import { impatient, inTurn, openMembers, recalledByAny, standing } from "./inTurn.ts"

/** Options of a `FallbackLLM`. */
export interface FallbackOptions {
  /** The models, the preferred one first. */
  readonly models: ReadonlyArray<AnyLLM>
  /** Reasons for which the next one is asked. Default: all. */
  readonly on?: ReadonlyArray<LLMErrorReason> | undefined
}

/** Several models of which the first that answers does. */
export interface FallbackLLM extends LLM<string, CombinedParameters> {
  readonly type: "FallbackLLM"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => FallbackLLM
}

const type = "FallbackLLM"

const combination: Combination<FallbackOptions> = {
  type,
  options: ["on"],
  nameOf: ({ models }) => models.map(({ model }) => model).join(" else "),
  membersOf: ({ models }) => ({ models }),
  maxConcurrencyOf: ({ models }) => Math.max(...models.map((each) => each.maxConcurrency)),
  open: ({ models, on }, model) =>
    Effect.map(
      openMembers({ type, model }, [...models.slice(0, -1).map(impatient), ...models.slice(-1)]),
      (members) => ({
        generate: (request, observer) =>
          inTurn(
            { type, model },
            members,
            () => standing(members),
            ({ reason }) => on === undefined || on.includes(reason),
            request,
            observer
          ),
        recall: (request, observer) => recalledByAny(members, request, observer)
      })
    )
}

const described = (options: FallbackOptions): FallbackLLM => {
  if (options.models.length === 0)
    throw new RangeError("FallbackLLM: models is empty. Give the models, the preferred one first.")
  return describeCombined(combination, options)
}

/**
 * Asks the first of several models, and the next one where it refuses, is down, rejects the request
 * or does not exist. `model_name` of a row is the model that answered.
 *
 * Each model has its own gate, limits and kwargs; those before the last keep a row waiting for 2
 * retries and an outage of 30 seconds, unless their own `maxRetries` and `giveUpAfter` say
 * otherwise. One that is down is passed over for half a minute, one whose key, quota or name is
 * wrong for the rest of the run. An answer that was paid for is found again whoever gave it. Where
 * none answers, the error says what each of them said.
 *
 * @example
 *   const writer = fallback([AnthropicLLM({ model: "claude-sonnet-5-5" }), OpenAILLM({ model: "gpt-4o" })])
 *
 * @fails LLMError when opened: if none of the models can be opened; per request: what the last of them failed with
 */
export const fallback = (
  models: ReadonlyArray<AnyLLM>,
  options: Omit<FallbackOptions, "models"> = {}
): FallbackLLM => described({ models, ...options })

/** For documents. */
export const fallbackKind = {
  type,
  madeBy: "fallback",
  about: "Asks one model after the other, until one answers.",
  describe: described,
  document: combinedDocument(listedModels, [
    { key: "on", holds: Schema.Array(LLMErrorReason), python: false }
  ])
}
