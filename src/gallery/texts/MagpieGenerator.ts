/** MagpieGenerator: conversations that a model writes by itself, out of nothing. */
import * as Schema from "effect/Schema"
import type { Names, RenamedOut } from "../../columns/mapping.ts"
import type { AnyLLM } from "../../models/chat/LLM.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { defined } from "../../step/Definition.ts"
import type { GeneratorTaskParameters, GeneratorTaskStep } from "../../tasks/defineGeneratorTask.ts"
import {
  type Called,
  callingDefinition,
  type GeneratorTaskOptions,
  makeGeneratorTask
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

export const generatorOptions = {
  numRows: Schema.Int.check(Schema.isGreaterThan(0)),
  ...magpieOptions
}

const definition = callingDefinition({
  type: "MagpieGenerator",
  about: "Makes conversations that a model writes by itself, the user's turns too.",
  cites: magpie,
  options: generatorOptions,
  defaults: magpieDefaults,
  parameters: ["numRows"],
  python: { lacks: ["seed"], blanks: { systemPrompt: [null] } }
})

/**
 * Makes conversations that a model writes by itself, the user's turns too.
 *
 * The same as `Magpie`, without rows to begin with.
 *
 * @example
 *   const made = MagpieGenerator({
 *     name: "made",
 *     llm: ClientvLLM({
 *       model: "meta-llama/Llama-3.1-8B-Instruct",
 *       baseUrl: "http://localhost:8000/v1",
 *       chatTemplate: "llama3"
 *     }),
 *     numRows: 1000,
 *     nTurns: 2
 *   })
 *
 * @adds instruction string — the first question; with one turn or `onlyInstruction: true` only
 * @adds response string — the answer to it; with one turn only
 * @adds conversation list of `{ role, content }` — in place of them; with `nTurns` above 1, `endWithUser` or `includeSystemPrompt` only
 * @adds system_prompt_key string or null — the key of the system prompt; with `systemPrompt` by keys only
 * @adds model_name string
 * @adds distilabel_metadata the chats sent, the raw answers and token counts of all calls, under the task's name
 * @fails RangeError if the model cannot write the user's turns, or the weights do not add up to 1; RowFailed when the
 *   model leaves a turn empty
 * @source https://arxiv.org/abs/2406.08464
 */
export const MagpieGenerator = defined(
  definition,
  <
    const Name extends string,
    L extends AnyLLM,
    const Turns extends number = 1,
    const Only extends boolean = false,
    const EndsWithUser extends boolean = false,
    const Included extends boolean = false,
    const Prompts extends SystemPrompts = string,
    const OutputMap extends Names<Called<Conversed<Turns, Only, EndsWithUser, Included, Prompts>>> =
      {}
  >(
    options: GeneratorTaskOptions<Name, L, OutputMap> &
      MagpieOptions<Turns, Only, EndsWithUser, Included, Prompts> & {
        /** How many conversations to make. */
        readonly numRows: number
      }
  ): GeneratorTaskStep<
    "MagpieGenerator",
    Name,
    RenamedOut<Called<Conversed<Turns, Only, EndsWithUser, Included, Prompts>>, {}, OutputMap>,
    GeneratorTaskParameters<L> & { readonly numRows?: number }
  > => {
    const own = checkedOptions(
      "MagpieGenerator",
      generatorOptions,
      magpieDefaults,
      options
    ) as unknown as Values & { readonly numRows: number }
    checkMagpie(`MagpieGenerator '${options.name}'`, options.llm, own)
    return makeGeneratorTask({
      definition,
      options: { ...options, ...own },
      outputs: columnsBy(own),
      rows: ({ numRows }) => (numRows as number | undefined) ?? own.numRows,
      work: () => (index, llm) => conversed(llm, own, index, undefined)
    })
  }
)
