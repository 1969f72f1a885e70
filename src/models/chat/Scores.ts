/** Scores: models that say how good a text is as the answer to another, and what they are asked. */
import { list, record } from "../http/wireValues.ts"
import type { Chat } from "./Chat.ts"
import { sortedEntries } from "./chatKind.ts"
import type { Model, ModelClient, ModelRequest } from "./Model.ts"
import type { RequestKind } from "./RequestKind.ts"

/** A conversation whose last turn is scored, or texts that are scored as answers to a query. */
export interface ScoreRequest extends ModelRequest {
  readonly asked:
    | { readonly messages: Chat }
    | { readonly query: string; readonly texts: ReadonlyArray<string> }
  /** The model's route, where it has several: scores of one are not those of another. */
  readonly route?: string | undefined
}

/** A score for the conversation, or for each text, in their order: the higher the better. */
export interface ScoreOutput {
  readonly scores: ReadonlyArray<number>
  /** Tokens of all texts; absent where the server does not count. */
  readonly usage?: { readonly input: number }
}

/** An open connection to a model that scores. */
export interface ScoresClient extends ModelClient<ScoreRequest, ScoreOutput> {}

/** A model that scores, described. */
export interface ScoresModel<
  out Name extends string = string,
  out Parameters = unknown
> extends Model<Name, ScoresClient, Parameters> {
  readonly kind: "scores"
  readonly configure: (
    parameters: Readonly<Record<string, unknown>>
  ) => ScoresModel<Name, Parameters>
}

/** Any model that scores. */
export type AnyScores = ScoresModel<string, unknown>

export const scoresKind: RequestKind<ScoreRequest, ScoreOutput> = {
  name: "scores",
  identity: ({ asked, generationKwargs, route }) => [
    route ?? null,
    "messages" in asked ? [asked.messages] : [asked.query, asked.texts],
    sortedEntries(generationKwargs)
  ],
  shown: ({ asked }) =>
    "messages" in asked ? JSON.stringify(asked.messages.at(-1)?.content ?? "") : asked.query,
  inputLength: ({ asked }) => JSON.stringify(asked).length,
  outputTokens: () => 0,
  usage: ({ usage }) => (usage === undefined ? undefined : { ...usage, output: 0 }),
  count: ({ scores }) => scores.length,
  outputLength: () => 0,
  told: () => ({}),
  restored: (stored) => {
    const { scores, usage } = record(stored)
    return {
      scores: list(scores) as ReadonlyArray<number>,
      ...(usage === undefined ? {} : { usage: usage as { readonly input: number } })
    }
  }
}
