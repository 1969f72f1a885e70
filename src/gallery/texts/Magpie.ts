/** Magpie: conversations that a model writes by itself, one for each row. */
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
import {
  checkMagpie,
  columnsBy,
  conversed,
  type Conversed,
  magpie,
  magpieDefaults,
  type MagpieOptions,
  magpieOptions,
  type SystemPrompts,
  type Values
} from "./conversed.ts"

interface Prompted {
  readonly system_prompt?: string | null
}

const definition = callingDefinition({
  type: "Magpie",
  about: "Lets a model write conversations by itself, the user's turns too.",
  cites: magpie,
  options: magpieOptions,
  defaults: magpieDefaults,
  python: { lacks: ["seed"], blanks: { systemPrompt: [null] } }
})

/**
 * Lets a model write conversations by itself, the user's turns too.
 *
 * The model goes on from a prompt that ends where the user's turn begins, and so writes what users
 * ask; then it answers. With `nTurns` above 1 this goes on, under a system prompt for such
 * conversations unless there is another one. The row's own `system_prompt` wins over the option.
 *
 * @example
 *   const asked = Magpie({
 *     name: "asked",
 *     llm: ClientvLLM({
 *       model: "meta-llama/Llama-3.1-8B-Instruct",
 *       baseUrl: "http://localhost:8000/v1",
 *       chatTemplate: "llama3"
 *     }),
 *     systemPrompt: {
 *       birds: ["You answer questions on birds.", 0.7],
 *       fish: ["You answer questions on fish.", 0.3]
 *     }
 *   })
 *
 * @reads system_prompt string or null, optional — what the conversation is about; null or an empty one counts as none
 * @adds instruction string — the first question; with one turn or `onlyInstruction: true` only
 * @adds response string — the answer to it; with one turn only
 * @adds conversation list of `{ role, content }` — in place of them; with `nTurns` above 1, `endWithUser` or `includeSystemPrompt` only
 * @adds system_prompt_key string or null — the key of the system prompt, null where the row has its own; with `systemPrompt` by keys only
 * @adds model_name string
 * @adds distilabel_metadata the chats sent, the raw answers and token counts of all calls, under the task's name
 * @fails RangeError if the model cannot write the user's turns, or the weights do not add up to 1; RowFailed when the
 *   model leaves a turn empty
 * @source https://arxiv.org/abs/2406.08464
 */
export const Magpie = defined(
  definition,
  <
    const Name extends string,
    L extends AnyLLM,
    const Turns extends number = 1,
    const Only extends boolean = false,
    const EndsWithUser extends boolean = false,
    const Included extends boolean = false,
    const Prompts extends SystemPrompts = string,
    const InputMap extends Names<Prompted> = {},
    const OutputMap extends Names<Called<Conversed<Turns, Only, EndsWithUser, Included, Prompts>>> =
      {}
  >(
    options: MultiCallOptions<Name, L, InputMap, OutputMap> &
      MagpieOptions<Turns, Only, EndsWithUser, Included, Prompts>
  ): MultiCallStep<
    "Magpie",
    Name,
    // A row without any column that it may read is welcome: with `object` the type is no weak one.
    Renamed<Prompted, InputMap> & object,
    RenamedOut<
      Called<Conversed<Turns, Only, EndsWithUser, Included, Prompts>>,
      InputMap,
      OutputMap
    >,
    MultiCallParameters<L>
  > => {
    const own = checkedOptions(
      "Magpie",
      magpieOptions,
      magpieDefaults,
      options
    ) as unknown as Values
    checkMagpie(`Magpie '${options.name}'`, options.llm, own)
    return makeMultiCall({
      definition,
      options: { ...options, ...own },
      reads: { system_prompt: Schema.optionalKey(Schema.NullOr(Schema.String)) },
      outputs: columnsBy(own),
      work:
        () =>
        ({ system_prompt }, llm, place) =>
          conversed(
            llm,
            own,
            place,
            system_prompt === "" ? undefined : ((system_prompt as string | null) ?? undefined)
          )
    })
  }
)
