/** EvolQuality: responses made better, round by round. */
import * as Schema from "effect/Schema"
import type { Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import type { AnyLLM } from "../../models/chat/LLM.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { defined } from "../../step/Definition.ts"
import type { MultiCallStep } from "../../tasks/defineMultiCallTask.ts"
import {
  type Called,
  callingDefinition,
  makeMultiCall,
  type MultiCallOptions,
  type MultiCallParameters
} from "../../tasks/makeCalling.ts"
import { deita } from "../judges/deita.ts"
import { MutationTemplates } from "./evolution.ts"
import { drawnMutation, filled } from "./evolved.ts"
import { type Mutations, promptPlace, qualities, responsePlace } from "./mutations.ts"

interface Answered {
  readonly instruction: string
  readonly response: string
}

/** Columns of an evolution: the last response, or all of them. */
export type EvolvedResponse<Store> = Store extends true
  ? { readonly evolved_responses: ReadonlyArray<string> }
  : { readonly evolved_response: string }

export interface EvolQualityOptions<
  Name extends string,
  L extends AnyLLM,
  Store extends boolean,
  InputMap,
  OutputMap
> extends MultiCallOptions<Name, L, InputMap, OutputMap> {
  /** How often the response is evolved. */
  readonly numEvolutions: number
  /** True for all responses on the way rather than the last one. Default false. */
  readonly storeEvolutions?: Store
  /** With `storeEvolutions`: whether the list begins with the response itself. Default false. */
  readonly includeOriginalResponse?: boolean
  /** Prompts by name, with `<PROMPT>` for the instruction and `<RESPONSE>` for the response. */
  readonly mutationTemplates?: Mutations
  /** Draws the mutation of each round, together with the texts. Default 42. */
  readonly seed?: number
}

const options = {
  numEvolutions: Schema.Int.check(Schema.isGreaterThan(0)),
  storeEvolutions: Schema.optionalKey(Schema.Boolean),
  includeOriginalResponse: Schema.optionalKey(Schema.Boolean),
  mutationTemplates: MutationTemplates,
  seed: Schema.optionalKey(Schema.Int)
}
const defaults = { storeEvolutions: false, includeOriginalResponse: false, seed: 42 }

type Values = typeof defaults & {
  readonly numEvolutions: number
  readonly mutationTemplates?: Mutations
}

const definition = callingDefinition({
  type: "EvolQuality",
  about: "Makes a response better in several rounds, each by a mutation that is drawn.",
  cites: deita,
  options,
  defaults,
  parameters: ["seed"],
  python: {}
})

/**
 * Makes a response better in several rounds, each by a mutation that is drawn.
 *
 * Mutations make it more helpful, closer to the instruction, deeper, more original or more
 * detailed.
 *
 * The draws depend on the seed and the texts, so that a row keeps its evolution wherever it stands.
 *
 * @example
 *   const evolve = EvolQuality({
 *     name: "evolve",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     numEvolutions: 3,
 *     storeEvolutions: true
 *   })
 *
 * @reads instruction string
 * @reads response string
 * @adds evolved_response string — that of the last round; without `storeEvolutions` only
 * @adds evolved_responses list of strings — those of all rounds; with `storeEvolutions: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chats sent, the raw answers and token counts of all calls, under the task's name
 * @fails RowFailed when the model does not answer
 * @source https://distilabel.argilla.io/latest/components-gallery/tasks/evolquality/
 */
export const EvolQuality = defined(
  definition,
  <
    const Name extends string,
    L extends AnyLLM,
    const Store extends boolean = false,
    const InputMap extends Names<Answered> = {},
    const OutputMap extends Names<Called<EvolvedResponse<Store>>> = {}
  >(
    given: EvolQualityOptions<Name, L, Store, InputMap, OutputMap>
  ): MultiCallStep<
    "EvolQuality",
    Name,
    Renamed<Answered, InputMap>,
    RenamedOut<Called<EvolvedResponse<Store>>, InputMap, OutputMap>,
    MultiCallParameters<L> & { readonly seed?: number }
  > => {
    const own = checkedOptions("EvolQuality", options, defaults, given) as unknown as Values
    const { storeEvolutions } = own
    return makeMultiCall({
      definition,
      options: { ...given, ...own },
      reads: { instruction: Schema.String, response: Schema.String },
      outputs: storeEvolutions
        ? { evolved_responses: Schema.Array(Schema.String) }
        : { evolved_response: Schema.String },
      work: (values) => {
        const set: Values = { ...own, ...values }
        const { mutationTemplates = qualities, numEvolutions, seed } = set
        return async ({ instruction, response }, llm) => {
          const [asked, first] = [String(instruction), String(response)]
          const evolved = set.includeOriginalResponse && storeEvolutions ? [first] : []
          let last = first
          for (let round = 0; round < numEvolutions; round++) {
            const mutation = drawnMutation(mutationTemplates, seed, asked, first, round)
            const prompt = filled(mutation, { [promptPlace]: asked, [responsePlace]: last })
            last = (await llm.askPromise(prompt)).text
            evolved.push(last)
          }
          return storeEvolutions ? { evolved_responses: evolved } : { evolved_response: last }
        }
      }
    })
  }
)
