/** GenerateSentencePair: sentences that belong, or do not belong, to a given one. */
import * as Schema from "effect/Schema"
import { jsonSchemaOf } from "../../models/chat/jsonSchema.ts"
import { defineTaskByCase } from "../../tasks/defineTask.ts"
import { inThisForm, objectForm } from "../../tasks/form.ts"
import { given } from "../../tasks/given.ts"
import { jsonTexts } from "../../tasks/jsonObject.ts"

/** How the positive text stands to the anchor. */
const actions = {
  paraphrase: "says the same as the anchor in other words",
  "semantically-similar": "is about the same matter as the anchor and means something close to it",
  query: "is a query that the anchor answers",
  answer: "is an answer to the anchor"
} as const

const Positive = { positive: Schema.String }
const Both = { ...Positive, negative: Schema.String }

const heading = { positive: /#[ \t]*positive\b[ \t]*:?/i, negative: /#[ \t]*negative\b[ \t]*:?/i }

/**
 * Writes a text that stands in a given relation to another one, and if wanted one that does not.
 *
 * @example
 *   const pairs = GenerateSentencePair({
 *     name: "pairs",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     action: "query",
 *     triplet: true,
 *     hardNegative: true
 *   })
 *
 * @reads anchor string
 * @adds positive string
 * @adds negative string — with option `triplet: true` only
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or a text is missing in its answer
 * @source https://distilabel.argilla.io/latest/components-gallery/tasks/generatesentencepair/
 */
export const GenerateSentencePair = defineTaskByCase({
  "~ready": true,
  type: "GenerateSentencePair",
  about:
    "Writes a text that stands in a given relation to another one, and if wanted one that does not.",
  reads: { anchor: Schema.String },
  adds: { by: "triplet", of: { true: Both, false: Positive } },
  options: {
    /** How the positive text stands to the anchor. */
    action: Schema.Literals(["paraphrase", "semantically-similar", "query", "answer"]),
    /** Whether there is a negative text too. Default false. */
    triplet: Schema.optionalKey(Schema.Boolean),
    /** Whether the negative text looks much like a positive one. Default false. */
    hardNegative: Schema.optionalKey(Schema.Boolean),
    /** What the texts are for, or where they come from. Default: nothing is said. */
    context: Schema.optionalKey(Schema.String),
    /** Whether the model answers in JSON by a schema rather than under headings. Default false. */
    useDefaultStructuredOutput: Schema.optionalKey(Schema.Boolean)
  },
  defaults: { triplet: false, hardNegative: false, context: "", useDefaultStructuredOutput: false },
  python: {},
  answerFormat: ({ triplet, useDefaultStructuredOutput }) =>
    useDefaultStructuredOutput
      ? jsonSchemaOf(Schema.Struct(triplet ? Both : Positive), "GenerateSentencePair")
      : undefined,
  prompt: ({ anchor }, { action, context, hardNegative, triplet, useDefaultStructuredOutput }) => {
    const texts = { positive: "a text", ...(triplet ? { negative: "a text" } : {}) }
    const negative = hardNegative
      ? "The negative text does not, but is hard to tell from one that does: it has like words and a like build."
      : "The negative text has nothing to do with it."
    return [
      {
        role: "system",
        content: [
          `You write examples for a model that learns which texts belong together. You get an anchor. The positive text ${actions[action]}.`,
          ...(triplet ? [negative] : []),
          ...(context === "" ? [] : ["Keep to the context that you get with it."]),
          useDefaultStructuredOutput
            ? inThisForm(objectForm(texts))
            : inThisForm(
                triplet
                  ? "## Positive\n\n<a text>\n\n## Negative\n\n<a text>"
                  : "## Positive\n\n<a text>"
              )
        ].join(" ")
      },
      {
        role: "user",
        content: [
          ...(context === "" ? [] : [`## Context\n\n${context}`]),
          `## Anchor\n\n${anchor}`
        ].join("\n\n")
      }
    ]
  },
  parse: (answer, _, { triplet, useDefaultStructuredOutput }) =>
    useDefaultStructuredOutput
      ? jsonTexts(answer, triplet ? ["positive", "negative"] : ["positive"])
      : underHeadings(given(answer), triplet)
})

const underHeadings = (answer: string, triplet: boolean): { readonly positive: string } => {
  const positive = textUnder(answer, "positive", "negative")
  return { positive, ...(triplet ? { negative: textUnder(answer, "negative", "positive") } : {}) }
}

/** What stands under a heading, up to the other one or the end. */
const textUnder = (
  answer: string,
  name: keyof typeof heading,
  other: keyof typeof heading
): string => {
  const found = heading[name].exec(answer)
  const rest = found === null ? "" : answer.slice(found.index + found[0].length)
  const end = rest.search(heading[other])
  const text = (end === -1 ? rest : rest.slice(0, end).replace(/#+$/, "")).trim()
  if (text === "") throw new Error(`the answer has no text under a heading '## ${name}'`)
  return text
}
