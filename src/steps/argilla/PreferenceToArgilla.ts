/** PreferenceToArgilla: several answers to an instruction for people to rate. */
import * as Schema from "effect/Schema"
import type { Mapped, Names, Renamed } from "../../columns/mapping.ts"
import type { Passes, Row } from "../../columns/Row.ts"
import type { Question } from "../../data/argilla/ArgillaDataset.ts"
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

interface PreferenceRow {
  readonly instruction: string
  readonly generations: ReadonlyArray<string | null>
  readonly ratings?: ReadonlyArray<number | null>
  readonly rationales?: ReadonlyArray<string | null>
}

export interface PreferenceToArgillaOptions<
  Name extends string,
  Dataset,
  InputMap
> extends ArgillaOptions<Name, Dataset, InputMap> {
  /** How many answers a row has at most. */
  readonly numGenerations: number
}

export const definition = define({
  type: "PreferenceToArgilla",
  about:
    "Writes instructions with several answers to a dataset of Argilla, where people rate each answer, and lets the rows pass.",
  options: {
    ...argillaOptions,
    numGenerations: Schema.Int.check(Schema.isGreaterThan(0))
  },
  defaults: {},
  parameters: argillaParameters,
  needs: ["datasetName"],
  python: { blanks: { datasetName: [null] } }
})

/**
 * Writes instructions with several answers to a dataset of Argilla, where people rate each answer,
 * and lets the rows pass.
 *
 * Ratings from 1 to 5 and rationales, where the rows have them, as after `UltraFeedback`, are
 * suggested. Records are known by what they hold: a run that is resumed or made again writes none
 * twice, and what people have said stays. The dataset is made if it is not there.
 *
 * @example
 *   const rate = PreferenceToArgilla({ name: "rate", datasetName: "preferences", numGenerations: 2 })
 *
 * @reads instruction string
 * @reads generations list of strings or nulls
 * @reads ratings list of numbers or nulls, optional
 * @reads rationales list of strings or nulls, optional
 * @fails StepFailed if there is no address or key, Argilla cannot be reached or refuses the key, or has another dataset of that name; RowFailed for a row with more answers, or whose first is null
 * @source https://docs.argilla.io/latest/
 */
export const PreferenceToArgilla = defined(
  definition,
  <
    const Name extends string,
    const Dataset = never,
    const InputMap extends Names<PreferenceRow> = {}
  >(
    options: PreferenceToArgillaOptions<Name, Dataset, Mapped<InputMap, PreferenceRow>>
  ): Step<Name, Renamed<PreferenceRow, InputMap>, Passes, ArgillaParametersFor<Dataset>> => {
    const { numGenerations } = options
    const instruction = inFlow(options, "instruction")
    const generations = inFlow(options, "generations")
    const answers = Array.from({ length: numGenerations }, (_, i) => `${generations}-${i}`)
    return argillaStep(definition, options, {
      reads: {
        instruction: Schema.String,
        generations: Schema.Array(Schema.NullOr(Schema.String)),
        ratings: Schema.optionalKey(Schema.Array(Schema.NullOr(Schema.Number))),
        rationales: Schema.optionalKey(Schema.Array(Schema.NullOr(Schema.String)))
      },
      settings: {
        fields: [
          { name: "id", required: true },
          { name: instruction, required: true },
          ...answers.map((name, i) => ({ name, required: i === 0 }))
        ],
        questions: answers.flatMap(questionsOf)
      },
      recordsOf: (row) => {
        const asked = textOf(row["instruction"], "instruction")
        const given = row["generations"] as ReadonlyArray<string | null>
        if (given.length > numGenerations)
          throw new Error(
            `the row has ${given.length} generations, but numGenerations is ${numGenerations}`
          )
        textOf(given[0] ?? null, "generations[0]")
        return [
          {
            external_id: hashOf(JSON.stringify([asked, given])),
            fields: {
              id: hashOf(asked),
              [instruction]: asked,
              ...Object.fromEntries(answers.map((name, i) => [name, given[i] ?? null]))
            },
            suggestions: suggested(row, answers, given)
          }
        ]
      }
    })
  }
)

const highest = 5

const questionsOf = (answer: string, i: number): ReadonlyArray<Question> => [
  {
    name: `${answer}-rating`,
    title: `How good is ${answer}?`,
    required: i === 0,
    settings: {
      type: "rating",
      options: Array.from({ length: highest }, (_, value) => ({ value: value + 1 }))
    }
  },
  {
    name: `${answer}-rationale`,
    title: `Why do you rate ${answer} so?`,
    required: false,
    settings: { type: "text", use_markdown: false }
  }
]

/** What judges said of the answers that are there, as far as the questions take it. */
const suggested = (
  { ratings, rationales }: Row,
  answers: ReadonlyArray<string>,
  given: ReadonlyArray<string | null>
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    answers.flatMap((answer, i) => {
      if (typeof given[i] !== "string") return []
      const rating: unknown = Array.isArray(ratings) ? ratings[i] : undefined
      const rationale: unknown = Array.isArray(rationales) ? rationales[i] : undefined
      return [
        ...(Number.isInteger(rating) && Number(rating) >= 1 && Number(rating) <= highest
          ? [[`${answer}-rating`, rating] as const]
          : []),
        ...(typeof rationale === "string" && rationale !== ""
          ? [[`${answer}-rationale`, rationale] as const]
          : [])
      ]
    })
  )
