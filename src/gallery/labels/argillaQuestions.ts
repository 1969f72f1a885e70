/** Questions of Argilla datasets: what they are, and which answers they allow. */
import * as Schema from "effect/Schema"
import type { JsonSchemaFormat } from "../../models/chat/formats.ts"

const Named = { name: Schema.String, title: Schema.optionalKey(Schema.NullOr(Schema.String)) }

/** A field of the dataset, as Argilla describes it. */
export const Field = Schema.Struct(Named)

const Choice = Schema.Struct({
  value: Schema.Union([Schema.String, Schema.Number]),
  text: Schema.optionalKey(Schema.NullOr(Schema.String)),
  description: Schema.optionalKey(Schema.NullOr(Schema.String))
})

/** A question of the dataset, as Argilla describes it. */
export const Question = Schema.Struct({
  ...Named,
  description: Schema.optionalKey(Schema.NullOr(Schema.String)),
  settings: Schema.Struct({
    type: Schema.String,
    options: Schema.optionalKey(Schema.NullOr(Schema.Array(Choice)))
  })
})

/** A record of the dataset, with its responses where it is an example. */
export const ArgillaRecord = Schema.Struct({
  fields: Schema.Record(Schema.String, Schema.Unknown),
  responses: Schema.optionalKey(
    Schema.NullOr(
      Schema.Record(Schema.String, Schema.Array(Schema.Struct({ value: Schema.Unknown })))
    )
  )
})

export type Field = typeof Field.Type
export type Question = typeof Question.Type
export type ArgillaRecord = typeof ArgillaRecord.Type

/** What Argilla takes as the answer of a model. */
export const Suggestion = Schema.Struct({
  value: Schema.Union([Schema.String, Schema.Number, Schema.Array(Schema.String)]),
  question_name: Schema.String,
  type: Schema.Literal("model"),
  agent: Schema.String
})

/** The types of questions: the key of the answer, and what the model is asked to do. */
export const kinds = {
  label_selection: { key: "label", asks: "Choose the one label that fits best." },
  multi_label_selection: { key: "labels", asks: "Choose every label that fits, or none." },
  text: { key: "text", asks: "Answer in a text." },
  rating: { key: "rating", asks: "Rate it by one of the numbers." }
} as const

export type Kind = keyof typeof kinds

/** The values that a question allows; undefined where it names none. */
const allowed = ({ settings }: Question): ReadonlyArray<string | number> | undefined => {
  const values = (settings.options ?? []).map(({ value }) => value)
  return values.length === 0 ? undefined : values
}

const numbers = (question: Question): ReadonlyArray<number> =>
  (allowed(question) ?? []).map(Number).filter((each) => !Number.isNaN(each))

/** A JSON Schema for the answer to a question. */
export const formatOf = (question: Question): JsonSchemaFormat => {
  const kind = question.settings.type as Kind
  const values = allowed(question)
  const label = { type: "string", ...(values === undefined ? {} : { enum: values.map(String) }) }
  const range = numbers(question)
  const answer = {
    label_selection: label,
    multi_label_selection: { type: "array", items: label },
    text: { type: "string" },
    rating: {
      type: "integer",
      ...(range.length === 0 ? {} : { minimum: Math.min(...range), maximum: Math.max(...range) })
    }
  }[kind]
  const { key } = kinds[kind]
  return {
    name: "suggestion",
    schema: {
      type: "object",
      properties: { [key]: answer },
      required: [key],
      additionalProperties: false
    }
  }
}

/** The answer, if the question allows it. */
export const valueIn = (
  value: unknown,
  kind: Kind,
  question: Question
): string | number | ReadonlyArray<string> => {
  switch (kind) {
    case "label_selection":
      return labelIn(value, question)
    case "multi_label_selection": {
      const labels = value ?? []
      if (value === null || !Array.isArray(labels)) throw new Error("'labels' is no list")
      return labels.map((each) => labelIn(each, question))
    }
    case "text":
      if (typeof value !== "string" || value.trim() === "")
        throw new Error("the answer has no 'text'")
      return value
    case "rating": {
      const rating = typeof value === "string" && value.trim() !== "" ? Number(value) : value
      const range = numbers(question)
      if (typeof rating !== "number" || !Number.isInteger(rating))
        throw new Error("'rating' is no whole number")
      if (range.length > 0 && (rating < Math.min(...range) || rating > Math.max(...range)))
        throw new Error(
          `the rating is ${rating}; the question goes from ${Math.min(...range)} to ${Math.max(...range)}`
        )
      return rating
    }
  }
}

const labelIn = (value: unknown, question: Question): string => {
  if (typeof value !== "string") throw new Error("the answer has no label, or one that is no text")
  const values = allowed(question)?.map(String)
  if (values !== undefined && !values.includes(value))
    throw new Error(`'${value}' is none of the labels: ${values.join(", ")}`)
  return value
}
