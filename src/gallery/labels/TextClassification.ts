/** TextClassification: labels for texts. */
import * as Schema from "effect/Schema"
import type { Columns } from "../../columns/Columns.ts"
import type { Names, Renamed, RenamedOut } from "../../columns/mapping.ts"
import { jsonSchemaOf } from "../../models/chat/jsonSchema.ts"
import type { AnyLLM } from "../../models/chat/LLM.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { defined } from "../../step/Definition.ts"
import type { NoAnswer } from "../../tasks/Answer.ts"
import { inThisForm } from "../../tasks/form.ts"
import { jsonObject } from "../../tasks/jsonObject.ts"
import { makeTask } from "../../tasks/makeTask.ts"
import { taskDefinition } from "../../tasks/taskOptions.ts"
import type { Answered, TaskOptions, TaskStep } from "../../tasks/TaskStep.ts"

interface TextRow {
  readonly text: string
}

/** One label, or a list where more are asked for. */
interface Labelled<N extends number> {
  readonly labels: N extends 1 ? string : ReadonlyArray<string>
}

export interface TextClassificationOptions<
  Name extends string,
  L extends AnyLLM,
  N extends number,
  Grouped extends boolean,
  InputMap,
  OutputMap,
  Reasoned extends boolean,
  Nulls extends NoAnswer
> extends TaskOptions<Name, L, Grouped, InputMap, OutputMap, Reasoned, Nulls> {
  /** How many labels a text gets; with one, `labels` is a text. Default 1. */
  readonly n?: N
  /** Labels to choose from, or what each of them means. Default: the model finds its own. */
  readonly availableLabels?: ReadonlyArray<string> | Readonly<Record<string, string>>
  /** The label of texts that no other fits. Default `Unclassified`. */
  readonly defaultLabel?: string | ReadonlyArray<string>
  /** What the labels are for, or where the texts come from. */
  readonly context?: string
  /** Texts with their labels, as a model might write them. */
  readonly examples?: ReadonlyArray<string>
  /** What the text is. Default `User Query`. */
  readonly queryTitle?: string
  /** What the model is told of its role. */
  readonly systemPrompt?: string | null
  /** Whether the model is held to JSON by a schema. Default true. */
  readonly useDefaultStructuredOutput?: boolean
}

/** Its own options, as schemas. */
export const classificationOptions = {
  systemPrompt: Schema.optionalKey(Schema.NullOr(Schema.String)),
  n: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  context: Schema.optionalKey(Schema.String),
  examples: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.String))),
  availableLabels: Schema.optionalKey(
    Schema.NullOr(
      Schema.Union([Schema.Array(Schema.String), Schema.Record(Schema.String, Schema.String)])
    )
  ),
  defaultLabel: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  queryTitle: Schema.optionalKey(Schema.String),
  useDefaultStructuredOutput: Schema.optionalKey(Schema.Boolean)
}

export const classificationDefaults = {
  systemPrompt:
    "You label texts. You read a text to its end, weigh what it is mainly about, and choose labels that another reader would choose as well.",
  n: 1,
  context: "Choose the labels that say best what the text is about.",
  defaultLabel: "Unclassified",
  queryTitle: "User Query",
  useDefaultStructuredOutput: true
}

const definition = taskDefinition({
  type: "TextClassification",
  about: "Labels texts, with labels that are given or that the model finds.",
  cites: `@misc{tam2024speakfreely,
  title = {Let Me Speak Freely? A Study on the Impact of Format Restrictions on Performance of Large Language Models},
  author = {Zhi Rui Tam and Cheng-Kuang Wu and Yi-Lin Tsai and Chieh-Yen Lin and Hung-yi Lee and Yun-Nung Chen},
  year = {2024},
  eprint = {2408.02442},
  archivePrefix = {arXiv}
}`,
  options: classificationOptions,
  defaults: classificationDefaults,
  python: {}
})

/**
 * Labels texts, with labels that are given or that the model finds.
 *
 * A model that is held to a schema gives one of up to 250 labels, the default ones among them.
 *
 * @example
 *   const label = TextClassification({
 *     name: "label",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     context: "Letters to a shop.",
 *     availableLabels: { delivery: "where a parcel is", refund: "money back", other: "all else" }
 *   })
 *
 * @reads text string
 * @adds labels string — a list of strings with `n` above 1
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or its answer has no labels
 * @source https://arxiv.org/abs/2408.02442
 */
export const TextClassification = defined(
  definition,
  <
    const Name extends string,
    L extends AnyLLM,
    const N extends number = 1,
    const Grouped extends boolean = false,
    const InputMap extends Names<TextRow> = {},
    const Reasoned extends boolean = false,
    const Nulls extends NoAnswer = "error",
    const OutputMap extends Names<Answered<Labelled<N>, Grouped, Reasoned, Nulls>> = {}
  >(
    given: TextClassificationOptions<Name, L, N, Grouped, InputMap, OutputMap, Reasoned, Nulls>
  ): TaskStep<
    "TextClassification",
    Name,
    Renamed<TextRow, InputMap>,
    RenamedOut<Answered<Labelled<N>, Grouped, Reasoned, Nulls>, InputMap, OutputMap>,
    L
  > => {
    const own = checkedOptions(
      "TextClassification",
      classificationOptions,
      { ...classificationDefaults },
      given
    ) as unknown as Asked
    const outputs: Columns = { labels: own.n === 1 ? Schema.String : Schema.Array(Schema.String) }
    return makeTask({
      definition,
      options: { ...given, ...own },
      reads: { text: Schema.String },
      outputs,
      structuredOutput: own.useDefaultStructuredOutput
        ? jsonSchemaOf(Schema.Struct({ labels: labelsAsked(own) }), "TextClassification")
        : undefined,
      format: ({ text }) => [
        ...(own.systemPrompt === null || own.systemPrompt === ""
          ? []
          : [{ role: "system" as const, content: own.systemPrompt }]),
        { role: "user", content: question(String(text), own) }
      ],
      parse: (answer) => ({ labels: labelsIn(answer, own.n) })
    })
  }
)

/** Providers refuse schemas with many more choices. */
const mostChoices = 250

/** What the model is held to: one of the labels, the default ones too, or any text. */
const labelsAsked = ({ availableLabels, defaultLabel, n }: Asked): Schema.Top => {
  const given = Array.isArray(availableLabels)
    ? availableLabels
    : Object.keys(availableLabels ?? {})
  const choices = [...new Set<string>([...given, defaultLabel].flat())]
  const held = given.length > 0 && choices.length <= mostChoices && !choices.includes("")
  const label: Schema.Top = held ? Schema.Literals(choices) : Schema.String
  return n === 1 ? label : Schema.Array(label)
}

/** The options, with their defaults. */
export interface Asked {
  readonly systemPrompt: string | null
  readonly n: number
  readonly context: string
  readonly examples?: ReadonlyArray<string> | null
  readonly availableLabels?: ReadonlyArray<string> | Readonly<Record<string, string>> | null
  readonly defaultLabel: string | ReadonlyArray<string>
  readonly queryTitle: string
  readonly useDefaultStructuredOutput: boolean
}

/** The question for the labels of a text. */
export const question = (
  text: string,
  { availableLabels, context, defaultLabel, examples, n, queryTitle }: Asked
): string => {
  const fallback = typeof defaultLabel === "string" ? defaultLabel : defaultLabel.join(", ")
  const labels =
    availableLabels === undefined || availableLabels === null
      ? undefined
      : Array.isArray(availableLabels)
        ? availableLabels.map((label) => `- ${label}`)
        : Object.entries(availableLabels).map(([label, meaning]) => `- ${label}: ${meaning}`)
  return [
    `Give the text below ${n === 1 ? "the label that fits it best" : `the ${n} labels that fit it best, the best first`}. Where none fits, give "${fallback}".`,
    context,
    ...(labels === undefined
      ? ["Find labels of your own: short, and such that other texts could have them too."]
      : [`## Labels\n\nOnly these:\n${labels.join("\n")}`]),
    ...(examples === undefined || examples === null || examples.length === 0
      ? []
      : [`## Examples\n\n${examples.map((example) => `- ${example}`).join("\n")}`]),
    `## ${queryTitle}\n\n\`\`\`\n${text}\n\`\`\``,
    inThisForm(
      n === 1
        ? `{ "labels": "<a label>" }`
        : `{ "labels": [${Array.from({ length: n }, () => `"<a label>"`).join(", ")}] }`
    )
  ].join("\n\n")
}

/** The labels in an answer. Throws if it has none, or more than are asked for. */
export const labelsIn = (answer: string | null, n: number): string | ReadonlyArray<string> => {
  const { labels } = jsonObject(answer, ["labels"])
  const list: ReadonlyArray<unknown> = Array.isArray(labels) ? labels : [labels]
  const texts = list.filter((label): label is string => typeof label === "string")
  if (texts.length === 0 || texts.length < list.length)
    throw new Error("the answer has no 'labels', or some that are no texts")
  if (n > 1) return texts
  if (texts.length > 1) throw new Error(`the answer has ${texts.length} labels, not one`)
  return texts[0]!
}
