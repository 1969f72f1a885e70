/** TextGenerationToArgilla: instructions and answers for people to judge. */
import * as Schema from "effect/Schema"
import type { Mapped, Names, Renamed } from "../../columns/mapping.ts"
import type { Passes } from "../../columns/Row.ts"
import { define, defined } from "../../step/Definition.ts"
import type { Step } from "../../step/Step.ts"
import { textOf } from "../values/texts.ts"
import {
  argillaOptions,
  type ArgillaOptions,
  argillaParameters,
  type ArgillaParametersFor,
  argillaStep,
  hashOf,
  inFlow
} from "./writing.ts"

interface AnswerRow {
  readonly instruction: string
  readonly generation: string | ReadonlyArray<string | null> | null
}

export const definition = define({
  type: "TextGenerationToArgilla",
  about:
    "Writes instructions with their answers to a dataset of Argilla, where people say whether an answer is good, and lets the rows pass.",
  options: argillaOptions,
  defaults: {},
  parameters: argillaParameters,
  needs: ["datasetName"],
  python: { blanks: { datasetName: [null] } }
})

/**
 * Writes instructions with their answers to a dataset of Argilla, where people say whether an
 * answer is good, and lets the rows pass.
 *
 * Each different answer is a record; answers that are null are none. Records are known by what they
 * hold: a run that is resumed or made again writes none twice, and what people have said stays. The
 * dataset is made if it is not there. For Argilla on a Space of the Hub `HF_TOKEN` is sent too.
 *
 * @example
 *   const judge = TextGenerationToArgilla({ name: "judge", datasetName: "answers", apiUrl: "http://localhost:6900" })
 *
 * @reads instruction string
 * @reads generation string or list of texts, any of them null
 * @fails StepFailed if there is no address or key, Argilla cannot be reached or refuses the key, or has another dataset of that name; RowFailed for a record that it refuses
 * @source https://docs.argilla.io/latest/
 */
export const TextGenerationToArgilla = defined(
  definition,
  <const Name extends string, const Dataset = never, const InputMap extends Names<AnswerRow> = {}>(
    options: ArgillaOptions<Name, Dataset, Mapped<InputMap, AnswerRow>>
  ): Step<Name, Renamed<AnswerRow, InputMap>, Passes, ArgillaParametersFor<Dataset>> => {
    const instruction = inFlow(options, "instruction")
    const generation = inFlow(options, "generation")
    const Text = Schema.NullOr(Schema.String)
    return argillaStep(definition, options, {
      reads: {
        instruction: Schema.String,
        generation: Schema.Union([Schema.String, Schema.Array(Text), Schema.Null])
      },
      settings: {
        fields: ["id", instruction, generation].map((name) => ({ name, required: true })),
        questions: [
          {
            name: "quality",
            title: "What is the quality of this answer?",
            required: true,
            settings: {
              type: "label_selection",
              options: [
                { value: "bad", text: "👎" },
                { value: "good", text: "👍" }
              ]
            }
          }
        ]
      },
      recordsOf: (row) => {
        const asked = textOf(row["instruction"], "instruction")
        const answers = [row["generation"]].flat()
        return answers.flatMap((answer) =>
          answer === null || answer === undefined
            ? []
            : [
                {
                  external_id: hashOf(JSON.stringify([asked, answer])),
                  fields: {
                    id: hashOf(asked),
                    [instruction]: asked,
                    [generation]: textOf(answer, "generation")
                  },
                  suggestions: {}
                }
              ]
        )
      }
    })
  }
)
