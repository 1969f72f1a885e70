/** UltraFeedback: a model as judge of several texts for one instruction. */
import * as Schema from "effect/Schema"
import type { Columns } from "../columns/Columns.ts"
import type { Names, Renamed, RenamedOut } from "../columns/mapping.ts"
import type { Adds, Row } from "../columns/Row.ts"
import type { Step } from "../step/Step.ts"
import { jsonSchemaOf } from "./jsonSchema.ts"
import {
  type Answered,
  type AnyLLM,
  makeTask,
  type Reasoning,
  type TaskOptions,
  type TaskParameters
} from "./makeTask.ts"
import { readFeedback } from "./readFeedback.ts"
import {
  type Aspect,
  aspects,
  isTyped,
  judgePrompt,
  judgeSystem,
  type TypedAspect
} from "./ultraFeedbackPrompts.ts"

/** The columns that UltraFeedback reads. */
export interface JudgedRow {
  readonly instruction: string
  readonly generations: ReadonlyArray<string | null>
}

/** Ratings and rationales, one for each text, null where the judge gave none. */
export interface Rated {
  readonly ratings: ReadonlyArray<number | null>
  readonly rationales: ReadonlyArray<string | null>
}

/**
 * For helpfulness and truthfulness: what kind each text is of and why, and ratings with their own
 * rationales.
 */
export interface TypedAndRated extends Rated {
  readonly types: ReadonlyArray<number | null>
  readonly "rationales-for-ratings": ReadonlyArray<string | null>
}

/** The columns of an aspect. */
export type Feedback<A extends Aspect> = A extends TypedAspect ? TypedAndRated : Rated

/** The step that `UltraFeedback` makes. */
export interface UltraFeedbackStep<
  out Name extends string,
  in Need,
  out Out,
  out L extends AnyLLM
> extends Step<Name, Need, Adds<Out>, TaskParameters<L>> {
  readonly type: "UltraFeedback"
}

export interface UltraFeedbackOptions<
  Name extends string,
  L extends AnyLLM,
  A extends Aspect,
  Grouped extends boolean,
  InputMap,
  OutputMap,
  Reasoned extends boolean = false
> extends TaskOptions<Name, L, Grouped, InputMap, OutputMap, Reasoned> {
  /** What is judged. Default `overall-rating`. */
  readonly aspect?: A
  /** Whether the judge answers in JSON by a schema rather than in text. Default false. */
  readonly useDefaultStructuredOutput?: boolean
}

const Ratings = Schema.Array(Schema.NullOr(Schema.Number))
const Texts = Schema.Array(Schema.NullOr(Schema.String))

/**
 * Rates texts that answer one instruction, from 1 to 5, with the reason for each.
 *
 * @example
 *   const judge = UltraFeedback({ name: "judge", llm: OpenAILLM({ model: "gpt-4o-mini" }), aspect: "honesty" })
 *
 * @reads instruction string
 * @reads generations list of strings or nulls
 * @adds ratings list of numbers or nulls, one for each text, 1 to 5 — null when the judge gave none
 * @adds rationales list of strings or nulls, one for each text
 * @adds types list of numbers or nulls — for aspects helpfulness and truthfulness only
 * @adds rationales-for-ratings list of strings or nulls — for aspects helpfulness and truthfulness only
 * @adds reasoning string or null — what the judge thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or a rating has no number
 * @source https://arxiv.org/abs/2310.01377
 */
export const UltraFeedback = <
  const Name extends string,
  L extends AnyLLM,
  const A extends Aspect = "overall-rating",
  const Grouped extends boolean = false,
  const InputMap extends Names<JudgedRow> = {},
  const Reasoned extends boolean = false,
  const OutputMap extends Names<Answered<Reasoning<Feedback<A>, Reasoned>, Grouped>> = {}
>(
  options: UltraFeedbackOptions<Name, L, A, Grouped, InputMap, OutputMap, Reasoned>
): UltraFeedbackStep<
  Name,
  Renamed<JudgedRow, InputMap>,
  RenamedOut<Answered<Reasoning<Feedback<A>, Reasoned>, Grouped>, InputMap, OutputMap>,
  L
> => {
  const { name, useDefaultStructuredOutput = false } = options
  const aspect: Aspect = options.aspect ?? "overall-rating"
  if (!aspects.includes(aspect))
    throw new RangeError(
      `UltraFeedback '${name}' has aspect '${String(aspect)}', which is none of: ${aspects.join(", ")}.`
    )
  const typed = isTyped(aspect)
  return makeTask({
    type: "UltraFeedback",
    options,
    reads: { instruction: Schema.String, generations: Texts },
    outputs: outputsOf(typed),
    structuredOutput: useDefaultStructuredOutput
      ? jsonSchemaOf(answerSchema(typed), aspect)
      : undefined,
    format: (row) => {
      const generations = generationsOf(row)
      return [
        { role: "system", content: judgeSystem(generations.length) },
        {
          role: "user",
          content: judgePrompt(
            aspect,
            String(row["instruction"]),
            generations,
            useDefaultStructuredOutput
          )
        }
      ]
    },
    parse: (answer, row) =>
      readFeedback(answer, generationsOf(row).length, typed, useDefaultStructuredOutput),
    own: { aspect, useDefaultStructuredOutput }
  })
}

const outputsOf = (typed: boolean): Columns =>
  typed
    ? { types: Ratings, rationales: Texts, ratings: Ratings, "rationales-for-ratings": Texts }
    : { ratings: Ratings, rationales: Texts }

const answerSchema = (typed: boolean): Schema.Top =>
  typed
    ? Schema.Struct({
        types: Ratings,
        rationales: Texts,
        ratings: Ratings,
        rationales_for_ratings: Texts
      })
    : Schema.Struct({ ratings: Ratings, rationales: Texts })

const generationsOf = ({ generations }: Row): ReadonlyArray<string | null> => {
  if (!Array.isArray(generations))
    throw new Error(
      `'generations' is ${generations === undefined ? "missing" : `a ${typeof generations}`}, not a list of texts`
    )
  return generations as ReadonlyArray<string | null>
}
