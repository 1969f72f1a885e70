/** Models that users bring along: a function that answers, and all around it for free. */
import type * as Effect from "effect/Effect"
import { Unusable } from "../asking/Diagnosis.ts"
import type { ModelOptions } from "../asking/modelOptions.ts"
import { makeClient } from "../asking/ProviderClient.ts"
import type { Answer } from "../chat/Answer.ts"
import type { GenerateOutput, GenerateRequest, LLM } from "../chat/LLM.ts"
import {
  type AskTools,
  describeOwn,
  type OwnOptions,
  type OwnParameters,
  ownOptionNames,
  ownParameters
} from "./describeOwn.ts"

/** What goes with every request: whatever `ask` makes of it. */
export interface OwnKwargs extends Readonly<Record<string, unknown>> {
  /** At most so many tokens in an answer. */
  readonly maxNewTokens?: number
}

/** An answer, or its text alone; null where the model gave none. */
export type GivenAnswer = string | null | (Partial<Answer> & Pick<Answer, "text">)

/** Options of a model of one's own. */
export interface OwnLLMOptions<Name extends string, Model extends string>
  extends ModelOptions<OwnKwargs>, OwnOptions<Name, Model> {
  /**
   * Answers one question. `signal` aborts when nobody waits for the answer any more. What it throws
   * fails the row; an error with a `status` of 408, 409, 425, 429 or from 500 on, or of a
   * connection, is tried again first, after the `retry-after` of its `headers`.
   */
  readonly ask: (
    request: GenerateRequest,
    tools: AskTools
  ) => GivenAnswer | Promise<GivenAnswer> | Effect.Effect<GivenAnswer, unknown>
}

/** A model of one's own. */
export interface OwnLLM<
  out Name extends string = string,
  out Model extends string = string
> extends LLM<Model, OwnParameters<OwnKwargs>> {
  readonly type: Name
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => OwnLLM<Name, Model>
}

/**
 * Makes a model of a function that answers: any server, any SDK, anything that runs in this
 * process.
 *
 * The gate, retries, timeouts, limits, several answers to a question, the journal of what was paid
 * for, tokens and money are those of every model. Tokens are estimated where the answer has no
 * `usage`; what they cost is in the list under `priceId`, or in option `prices` of `run`. Defaults:
 * `maxRetries` 6, `timeout` 120 seconds, `maxConcurrency` 64.
 *
 * @example
 *   const mine = llm({
 *     name: "MyServer",
 *     model: "my-model-2",
 *     generationKwargs: { temperature: 0.7 },
 *     ask: async ({ messages, generationKwargs }, { signal }) => {
 *       const body = JSON.stringify({ chat: messages, ...generationKwargs })
 *       const response = await fetch("http://localhost:9000/answer", {
 *         method: "POST",
 *         body,
 *         signal
 *       })
 *       const { headers, status } = response
 *       if (!response.ok)
 *         throw Object.assign(new Error(await response.text()), { headers, status })
 *       return ((await response.json()) as { readonly text: string }).text
 *     }
 *   })
 *
 * @fails LLMError per request, with what `ask` throws
 */
export const llm = <const Name extends string, const Model extends string>(
  options: OwnLLMOptions<Name, Model>
): OwnLLM<Name, Model> =>
  describeOwn<
    OwnLLM<Name, Model>,
    OwnLLMOptions<Name, Model>,
    GenerateRequest,
    GenerateOutput,
    GivenAnswer
  >(options, {
    requests: "chat",
    name: options.name,
    address: options.address,
    priceId: options.priceId,
    options: ownOptionNames,
    parameters: ownParameters,
    askOf: ({ ask }) => ask,
    read: outputOf,
    clientOf: (asked) => makeClient(asked)
  })

const outputOf = (given: GivenAnswer): GenerateOutput => {
  const answer = typeof given === "string" || given === null ? { text: given } : given
  if (typeof answer !== "object" || !(typeof answer.text === "string" || answer.text === null))
    throw new Unusable({
      reason: "InvalidAnswer",
      detail: `option ask gave ${typeof given}, not a text or an answer with a text`
    })
  return { answers: [{ ...answer, finishReason: answer.finishReason ?? "stop" }] }
}
