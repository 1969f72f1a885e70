/** Data for tasks that match texts, whatever their length. */
import * as Schema from "effect/Schema"
import { defineTask } from "../../tasks/defineTask.ts"
import { jsonTexts } from "../../tasks/jsonObject.ts"
import {
  formatOf,
  improvingTextEmbeddings,
  styleDefaults,
  styleOptions,
  textsAsked
} from "./embeddingData.ts"

/** What differs by the length of the texts. */
interface Matching<Type extends string> {
  readonly type: Type
  readonly about: string
  /** What each of the two texts is. */
  readonly texts: { readonly input: string; readonly positive_document: string }
  /** What they are like, in a sentence or two. */
  readonly style: string
}

/** Defines a class of tasks that write a text and one that belongs to it. */
export const matching = <const Type extends string>({
  about,
  style,
  texts,
  type
}: Matching<Type>) =>
  defineTask({
    "~ready": true,
    type,
    about,
    cites: improvingTextEmbeddings,
    reads: { task: Schema.String },
    adds: { input: Schema.String, positive_document: Schema.String },
    options: styleOptions,
    defaults: styleDefaults,
    python: {},
    answerFormat: ({ useDefaultStructuredOutput }) =>
      useDefaultStructuredOutput ? formatOf({ ...texts }, type) : undefined,
    prompt: ({ task }, { language }) =>
      [
        `Write one example for this text matching task: ${task}`,
        style,
        textsAsked({ ...texts }, language)
      ].join("\n\n"),
    parse: (answer) => jsonTexts(answer, ["input", "positive_document"])
  })
