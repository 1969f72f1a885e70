/** ArgillaLabeller: what a model suggests as the answer to a question of an Argilla dataset. */
import * as Schema from "effect/Schema"
import { defineTask } from "../../tasks/defineTask.ts"
import { inThisForm } from "../../tasks/form.ts"
import { jsonObject } from "../../tasks/jsonObject.ts"
import {
  ArgillaRecord,
  Field,
  formatOf,
  type Kind,
  kinds,
  Question,
  Suggestion,
  valueIn
} from "./argillaQuestions.ts"

const optionalOf = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** What a row, or an option in its place, says of a dataset. */
const dataset = {
  fields: Schema.Array(Field),
  question: Question,
  example_records: Schema.Array(ArgillaRecord),
  guidelines: Schema.String
}

/**
 * Lets a model suggest the answer to a question of an Argilla dataset.
 *
 * The fields and the question are those of the dataset's settings; a row may bring its own. There
 * are questions for one label, several labels, a text and a rating.
 *
 * @example
 *   const suggest = ArgillaLabeller({
 *     name: "suggest",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     fields: [{ name: "text" }],
 *     question: {
 *       name: "mood",
 *       settings: { type: "label_selection", options: [{ value: "glad" }, { value: "sad" }] }
 *     },
 *     guidelines: "Judge the mood of the writer, not of those written about."
 *   })
 *
 * @reads record a record of the dataset: `{ fields }`
 * @reads fields list of descriptions of fields or null, optional — win over the option
 * @reads question a description of a question or null, optional — wins over the option
 * @reads example_records list of records with their responses or null, optional — win over the option
 * @reads guidelines string or null, optional — win over the option
 * @adds suggestion `{ value, question_name, type, agent }`, as Argilla takes it
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when there is no question or field, the question is of another type, the model does not answer, or its
 *   answer is none of those that the question allows
 * @source https://distilabel.argilla.io/latest/components-gallery/tasks/argillalabeller/
 */
export const ArgillaLabeller = defineTask({
  "~ready": true,
  type: "ArgillaLabeller",
  about: "Lets a model suggest the answer to a question of an Argilla dataset.",
  reads: {
    record: ArgillaRecord,
    fields: optionalOf(dataset.fields),
    question: optionalOf(dataset.question),
    example_records: optionalOf(dataset.example_records),
    guidelines: optionalOf(dataset.guidelines)
  },
  adds: { suggestion: Suggestion },
  options: {
    /** The role that the model plays. */
    systemPrompt: Schema.optionalKey(Schema.String),
    /** What the model is asked to do, by the type of the question. */
    questionToLabelInstruction: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
    /** The fields that the model sees, as Argilla describes them. */
    fields: Schema.optionalKey(dataset.fields),
    /** The question, as Argilla describes it. */
    question: Schema.optionalKey(dataset.question),
    /** Records with their responses, as examples. */
    exampleRecords: Schema.optionalKey(dataset.example_records),
    /** How to answer. */
    guidelines: Schema.optionalKey(dataset.guidelines)
  },
  defaults: {
    systemPrompt:
      "You annotate records of a dataset. You answer the question as a careful human annotator would who keeps to the guidelines.",
    questionToLabelInstruction: {}
  },
  parameters: ["fields", "question", "exampleRecords", "guidelines"],
  python: {
    blanks: { fields: [null], question: [null], exampleRecords: [null], guidelines: [null] }
  },
  formatOfRow: (row, options) => formatOf(asked(row, options).question),
  prompt: (row, options) => {
    const { examples, fields, guidelines, kind, question } = asked(row, options)
    const { description, settings, title } = question
    const labels = (settings.options ?? []).map(
      ({ description: meaning, text, value }) =>
        `- ${value}${[text, meaning].flatMap((each) => (each === undefined || each === null || each === String(value) ? [] : [`: ${each}`])).join("")}`
    )
    return [
      { role: "system", content: options.systemPrompt },
      {
        role: "user",
        content: [
          ...(guidelines === undefined ? [] : [`## Guidelines\n\n${guidelines}`]),
          [
            `## Question\n\n${title ?? question.name}`,
            ...(description === undefined || description === null ? [] : [description]),
            options.questionToLabelInstruction[settings.type] ?? kinds[kind].asks,
            ...(labels.length === 0 ? [] : [labels.join("\n")])
          ].join("\n\n"),
          ...(examples.length === 0
            ? []
            : [
                `## Examples\n\n${examples.map((example) => exampleText(example, fields, question)).join("\n\n")}`
              ]),
          `## Record\n\n${recordText(row.record, fields)}`,
          inThisForm(formFor(kind))
        ].join("\n\n")
      }
    ]
  },
  parse: (answer, row, options, { model }) => {
    const { kind, question } = asked(row, options)
    const { key } = kinds[kind]
    return {
      suggestion: {
        value: valueIn(jsonObject(answer, [key])[key], kind, question),
        question_name: question.name,
        type: "model" as const,
        agent: model
      }
    }
  }
})

interface Row {
  readonly record: ArgillaRecord
  readonly fields?: ReadonlyArray<Field> | null
  readonly question?: Question | null
  readonly example_records?: ReadonlyArray<ArgillaRecord> | null
  readonly guidelines?: string | null
}

interface Options {
  readonly fields?: ReadonlyArray<Field>
  readonly question?: Question
  readonly exampleRecords?: ReadonlyArray<ArgillaRecord>
  readonly guidelines?: string
}

/** What is asked about a row. Throws if something is missing. */
const asked = (row: Row, options: Options) => {
  const question = row.question ?? options.question
  if (question === undefined)
    throw new Error("there is no question: give option question, or a column of that name")
  const { type } = question.settings
  if (!Object.hasOwn(kinds, type))
    throw new Error(
      `the question '${question.name}' is of type '${type}'; there are: ${Object.keys(kinds).join(", ")}`
    )
  const fields = row.fields ?? options.fields ?? []
  if (fields.length === 0)
    throw new Error("there are no fields: give option fields, or a column of that name")
  const missing = fields.find(({ name }) => !Object.hasOwn(row.record.fields, name))
  if (missing !== undefined) throw new Error(`the record has no field '${missing.name}'`)
  return {
    question,
    kind: type as Kind,
    fields,
    examples: row.example_records ?? options.exampleRecords ?? [],
    guidelines: row.guidelines ?? options.guidelines
  }
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "")

const recordText = (record: ArgillaRecord, fields: ReadonlyArray<Field>): string =>
  fields.map(({ name, title }) => `${title ?? name}: ${textOf(record.fields[name])}`).join("\n")

const exampleText = (
  example: ArgillaRecord,
  fields: ReadonlyArray<Field>,
  { name }: Question
): string => {
  const [response] = example.responses?.[name] ?? []
  return [
    recordText(example, fields),
    ...(response === undefined ? [] : [`Answer: ${textOf(response.value)}`])
  ].join("\n")
}

const formFor = (kind: Kind): string => {
  const { key } = kinds[kind]
  const answer = {
    label_selection: `"<a label>"`,
    multi_label_selection: `["<a label>", …]`,
    text: `"<your answer>"`,
    rating: "<number>"
  }[kind]
  return `{ "${key}": ${answer} }`
}
