/** RewardModelScore: how good a reward model finds the last turn of a conversation. */
import * as Schema from "effect/Schema"
import { Messages } from "../../columns/chats.ts"
import { type InputRow, oneOf } from "../../columns/inputs.ts"
import type { Mapped, Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import type { Adds, Row } from "../../columns/Row.ts"
import type { Chat } from "../../models/chat/Chat.ts"
import type { AnyScores } from "../../models/chat/Scores.ts"
import { define, defined } from "../../step/Definition.ts"
import { ModelOption } from "../../step/options.ts"
import type { Step } from "../../step/Step.ts"
import { textOf } from "../values/texts.ts"
import { type ScoringOptions, type ScoringParameters, scoringStep } from "./scoring.ts"

const reads = oneOf(
  { instruction: Schema.String, response: Schema.String },
  { conversation: Messages }
)

interface Scored {
  readonly score: number
  readonly model_name: string
}

export const definition = define({
  type: "RewardModelScore",
  asks: "scores",
  about: "Scores responses with a reward model that a server serves.",
  options: { llm: ModelOption },
  defaults: {},
  python: {
    ignores: {
      revision: ["main"],
      torch_dtype: ["auto"],
      trust_remote_code: [false],
      device_map: [null],
      token: [null],
      truncation: [false],
      max_length: [null],
      cuda_devices: ["auto"],
      disable_cuda_device_placement: [false]
    }
  }
})

/**
 * Scores responses with a reward model that a server serves.
 *
 * The model is asked for each row by itself, with a chat that ends with the response. Python's
 * class runs the model in its own process; here vLLM or a server like it does.
 *
 * @example
 *   const score = RewardModelScore({
 *     name: "score",
 *     llm: ServedScores({
 *       model: "internlm/internlm2-1_8b-reward",
 *       baseUrl: "http://localhost:8000/v1",
 *       route: "pooling"
 *     }),
 *     inputMappings: { response: "generation" }
 *   })
 *
 * @reads instruction string — with `response`; or `conversation`
 * @reads response string
 * @reads conversation list of `{ role, content }`, the last one from the assistant
 * @adds score number — the higher the better; its range is the model's
 * @adds model_name string
 * @fails RowFailed when the conversation is empty, or the model does not score it; StepFailed when the model cannot be opened
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/rewardmodelscore/
 */
export const RewardModelScore = defined(
  definition,
  <
    const Name extends string,
    Model extends AnyScores,
    const InputMap extends Names<InputRow<typeof reads>> = {},
    const OutputMap extends Names<Scored> = {}
  >(
    options: ScoringOptions<Name, Model, InputMap, Mapped<OutputMap, Scored>>
  ): Step<
    Name,
    Renamed<InputRow<typeof reads>, InputMap>,
    Adds<RenamedOut<Scored, InputMap, OutputMap>>,
    ScoringParameters<Model>
  > =>
    scoringStep(definition, options, {
      reads,
      adds: { score: Schema.Number, model_name: Schema.String },
      asks: (row) => ({ messages: chatOf(row) }),
      columnsOf: ([score]) => ({ score })
    })
)

const chatOf = (row: Row): Chat => {
  const { conversation, instruction, response } = row
  if (conversation === undefined || conversation === null)
    return [
      { role: "user", content: textOf(instruction, "instruction") },
      { role: "assistant", content: textOf(response, "response") }
    ]
  const chat = conversation as Chat
  if (chat.at(-1)?.role !== "assistant")
    throw new Error(
      "'conversation' does not end with a turn of the assistant, which could be scored"
    )
  return chat
}
