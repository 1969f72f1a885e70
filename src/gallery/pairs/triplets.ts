/** Generators of three texts, of which the second is close to the first and the third is not. */
import * as Schema from "effect/Schema"
import type { StepLLM } from "../../step/StepLLM.ts"
import { inThisForm, objectForm } from "../../tasks/form.ts"
import { jsonTexts } from "../../tasks/jsonObject.ts"
import { drawn } from "../draw/drawn.ts"
import { schemaOf } from "./embeddingData.ts"

const units = ["sentence", "phrase", "passage"] as const
const difficulties = ["elementary school", "high school", "college"] as const
const highScores = ["4", "4.5", "5"] as const
const lowScores = ["2.5", "3", "3.5"] as const

/** Options of every class of triplets. */
export const tripletOptions = {
  /** How many triplets to make. Default 1. */
  numGenerations: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** What each text is. Default: drawn for each triplet. */
  unit: Schema.optionalKey(Schema.Literals(units)),
  /** The schooling that it takes to understand the texts. Default: drawn for each triplet. */
  difficulty: Schema.optionalKey(Schema.Literals(difficulties)),
  /** How close S2 is to S1, from 1 to 5. Default: drawn for each triplet. */
  highScore: Schema.optionalKey(Schema.Literals(highScores)),
  /** How close S3 is to S1, from 1 to 5. Default: drawn for each triplet. */
  lowScore: Schema.optionalKey(Schema.Literals(lowScores)),
  /** Decides what is drawn, together with the triplet's number. Default 42. */
  seed: Schema.optionalKey(Schema.Int),
  /** Whether the model must answer in JSON by a schema. Default false. */
  useDefaultStructuredOutput: Schema.optionalKey(Schema.Boolean)
}

/** Columns of a triplet. */
export const tripletColumns = { S1: Schema.String, S2: Schema.String, S3: Schema.String }

export const tripletDefaults = { numGenerations: 1, seed: 42, useDefaultStructuredOutput: false }

/** What a triplet is like. */
export interface Style {
  readonly unit: (typeof units)[number]
  readonly difficulty: (typeof difficulties)[number]
  readonly highScore: (typeof highScores)[number]
  readonly lowScore: (typeof lowScores)[number]
}

type Drawn = { readonly [K in keyof Style]?: Style[K] } & { readonly seed: number }

/** The style of a triplet: what the options leave open is drawn by the seed and its number. */
export const styleOf = (
  { difficulty, highScore, lowScore, seed, unit }: Drawn,
  index: number
): Style => ({
  unit: drawn(unit, units, seed, index, "unit"),
  difficulty: drawn(difficulty, difficulties, seed, index, "difficulty"),
  highScore: drawn(highScore, highScores, seed, index, "high score"),
  lowScore: drawn(lowScore, lowScores, seed, index, "low score")
})

/** The three texts, each with what it is. */
type Texts = { readonly [K in keyof typeof tripletColumns]: string }

/** Asks for a triplet. Fails if a text of it is missing. */
export const askedTriplet = async (
  llm: StepLLM,
  texts: Texts,
  rules: ReadonlyArray<string>,
  useDefaultStructuredOutput: boolean
): Promise<Texts> => {
  const messages = [
    `Write three texts that a model learns to compare by their meaning: ${Object.entries(texts)
      .map(([name, text]) => `${name}, ${text}`)
      .join("; ")}.`,
    rules.map((rule) => `- ${rule}`).join("\n"),
    inThisForm(objectForm(texts))
  ].join("\n\n")
  const { text } = await llm.askPromise(
    useDefaultStructuredOutput ? { messages, structuredOutput: schemaOf(texts) } : messages
  )
  return jsonTexts(text, ["S1", "S2", "S3"])
}
