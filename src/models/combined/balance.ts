/** One model at several places: each request goes where it will be answered soonest. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AnyLLM, LLM } from "../chat/LLM.ts"
import type { LLMErrorReason } from "../chat/LLMError.ts"
import {
  type Combination,
  combinedDocument,
  type CombinedParameters,
  describeCombined,
  listedModels
} from "./describeCombined.ts"
import { impatient, inTurn, openMembers, recalledByAny, standing } from "./inTurn.ts"
import type { OpenMember } from "./OpenMember.ts"

/** Options of a `BalancedLLM`. */
export interface BalanceOptions {
  /** The models: one with several keys, in several regions, on several servers. */
  readonly models: ReadonlyArray<AnyLLM>
  /** How much of the work each is meant to have. Default: the same. */
  readonly weights?: ReadonlyArray<number> | undefined
}

/** Several models that share the work. */
export interface BalancedLLM extends LLM<string, CombinedParameters> {
  readonly type: "BalancedLLM"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => BalancedLLM
}

const type = "BalancedLLM"

/** Reasons that another place would have, too. */
const theQuestions: ReadonlySet<LLMErrorReason> = new Set(["Refused", "InvalidRequest"])

const combination: Combination<BalanceOptions> = {
  type,
  options: ["weights"],
  nameOf: ({ models }) => [...new Set(models.map(({ model }) => model))].join(" or "),
  membersOf: ({ models }) => ({ models }),
  maxConcurrencyOf: ({ models }) => models.reduce((sum, each) => sum + each.maxConcurrency, 0),
  open: ({ models, weights = models.map(() => 1) }, model) => {
    const asked = models.map(impatient)
    return Effect.map(openMembers({ type, model }, asked), (members) => {
      const shares = new Shares((member) => weights[asked.indexOf(member.llm)]!)
      return {
        generate: (request, observer) =>
          inTurn(
            { type, model },
            members,
            () => shares.soonestFirst(standing(members)),
            ({ reason }) => !theQuestions.has(reason),
            request,
            observer
          ),
        recall: (request, observer) => recalledByAny(members, request, observer)
      }
    })
  }
}

/**
 * Who is asked next. The fewer requests of its share a member has waiting, the sooner it answers:
 * one that is slow, or lets few through, keeps them waiting and so gets fewer. Among equals the one
 * that has had the least of its share.
 */
class Shares {
  readonly #weightOf: (member: OpenMember) => number
  readonly #had = new Map<OpenMember, number>()

  constructor(weightOf: (member: OpenMember) => number) {
    this.#weightOf = weightOf
  }

  soonestFirst(members: ReadonlyArray<OpenMember>): ReadonlyArray<OpenMember> {
    const order = members
      .map((member) => ({
        member,
        closed: member.closedMs,
        load: member.waiting / this.#weightOf(member),
        had: ((this.#had.get(member) ?? 0) + 1) / this.#weightOf(member)
      }))
      .toSorted((a, b) => a.closed - b.closed || a.load - b.load || a.had - b.had)
      .map(({ member }) => member)
    const [first] = order
    if (first !== undefined) this.#had.set(first, (this.#had.get(first) ?? 0) + 1)
    return order
  }
}

const described = (options: BalanceOptions): BalancedLLM => {
  const { models, weights } = options
  if (models.length === 0) throw new RangeError("BalancedLLM: models is empty. Give the models.")
  if (
    weights !== undefined &&
    !(weights.length === models.length && weights.every((each) => each > 0 && each < Infinity))
  )
    throw new RangeError(
      `BalancedLLM: weights is ${JSON.stringify(weights)}. Give a number above 0 for each of the ${models.length} models.`
    )
  return describeCombined(combination, options)
}

/**
 * Shares requests among several models: the same one with several keys, in several regions, on
 * several servers. `model_name` of a row is the model that answered.
 *
 * Each has its own gate, which learns what its place lets through. A request goes where the fewest
 * wait for their answer, as `weights` have it, so that a place that is slow or full gets fewer; one
 * that is paused or down gets none while others answer. Where a place fails for its own reasons,
 * the row is asked at another. An answer that was paid for is found again whoever gave it.
 *
 * @example
 *   const llama = balance(
 *     ["http://gpu-1:8000/v1", "http://gpu-2:8000/v1"].map((baseUrl) =>
 *       OpenAILLM({ model: "llama-3.3-70b", baseUrl })
 *     ),
 *     { weights: [2, 1] }
 *   )
 *
 * @fails LLMError when opened: if none of the models can be opened; per request: Refused and InvalidRequest of the model that was asked,
 *   else what the last of them failed with
 */
export const balance = (
  models: ReadonlyArray<AnyLLM>,
  options: Omit<BalanceOptions, "models"> = {}
): BalancedLLM => described({ models, ...options })

/** For documents. */
export const balanceKind = {
  type,
  madeBy: "balance",
  about: "Shares requests among several models.",
  describe: described,
  document: combinedDocument(listedModels, [
    { key: "weights", holds: Schema.Array(Schema.Finite), python: false }
  ])
}
