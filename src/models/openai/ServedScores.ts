/** Reward models and rerankers, on servers such as vLLM and Text Embeddings Inference. */
import * as Schema from "effect/Schema"
import { failed, Unusable } from "../asking/Diagnosis.ts"
import {
  type ScoreOutput,
  type ScoreRequest,
  scoresKind,
  type ScoresModel
} from "../chat/Scores.ts"
import { openClient } from "../chatCompletions/connect.ts"
import { countIn, list, record } from "../http/wireValues.ts"
import { readBody } from "../provider/bodies.ts"
import { defineModels } from "../provider/defineProvider.ts"
import { serverFields } from "../provider/ModelDocument.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { asking } from "../provider/sdk.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"
import { openAIHome, type OpenAIServerOptions, openAIServerParameters } from "./home.ts"

const Route = Schema.Literals(["pooling", "classify", "score", "rerank"])

/** The route that scores: conversations by `pooling` and `classify`, texts by the others. */
export type ScoreRoute = typeof Route.Type

/** What goes with every request; what is not given is up to the server. */
export const ServedScoresKwargs = Schema.Struct({
  /** How many tokens of the texts count at most, where they are cut. */
  truncatePromptTokens: Schema.optionalKey(Schema.Int),
  /** Further fields of the request, under the names that the server knows; they win over all others. */
  extraBody: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
})

export interface ServedScoresKwargs extends Schema.Schema.Type<typeof ServedScoresKwargs> {
  // A member of its own: messages then name the interface.
  readonly truncatePromptTokens?: number
}

/** What `run({ parameters })` may set on a `ServedScores`. */
const ServedScoresParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(ServedScoresKwargs),
  ...openAIServerParameters
})

export interface ServedScoresParameters extends Schema.Schema.Type<typeof ServedScoresParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: ServedScoresKwargs
}

/** Options of a `ServedScores`. */
export interface ServedScoresOptions<
  Model extends string = string
> extends OpenAIServerOptions<ServedScoresKwargs> {
  readonly model: Model
  /**
   * The route that is asked. `pooling` and `classify` score conversations, as reward models do;
   * `score` and `rerank` score texts as answers to a query, as cross-encoders do.
   */
  readonly route: ScoreRoute
}

const connect = async (
  server: Server<ServedScoresOptions>
): Promise<Connection<ScoreRequest, ScoreOutput>> => {
  const { client, lookup } = await openClient(server)
  const { model, route } = server.options
  // These routes stand beside the protocol's own.
  const root = server.url.replace(/\/(v1\/?)?$/, "")
  return {
    ask: asking(
      ({ asked, generationKwargs }, signal) =>
        client
          .post(`${root}/${route}`, {
            body: { model, ...bodyOf(route, asked), ...wireKwargs(generationKwargs) },
            signal
          })
          .asResponse(),
      (text, { asked }) => scoresIn(text, "messages" in asked ? 1 : asked.texts.length)
    ),
    lookup
  }
}

/** Throws where the route scores something else. */
const bodyOf = (route: ScoreRoute, asked: ScoreRequest["asked"]): object => {
  const scoresTexts = route === "score" || route === "rerank"
  if ("messages" in asked) {
    if (!scoresTexts) return { messages: asked.messages }
    throw new Unusable({
      reason: "InvalidRequest",
      detail: `the route '${route}' scores texts, not conversations: give option route 'pooling' or 'classify'`
    })
  }
  const { query, texts } = asked
  if (route === "score") return { text_1: query, text_2: texts }
  // vLLM reads documents, Text Embeddings Inference reads texts.
  if (route === "rerank") return { query, documents: texts, texts }
  throw new Unusable({
    reason: "InvalidRequest",
    detail: `the route '${route}' scores conversations, not texts: give option route 'score' or 'rerank'`
  })
}

/** The scores in a body, by the index that each names. Throws `Unusable` unless there are enough. */
const scoresIn = (text: string, count: number): ScoreOutput => {
  const read = readBody(text)
  const body = read.kind === "value" ? read.value : undefined
  const { data, error, results, usage } = record(body)
  if (error !== undefined && error !== null) throw failed(error, undefined)
  const found = [body, results, data].find((each) => Array.isArray(each))
  const scores = new Map(
    list(found)
      .map(record)
      .map((each, position) => [each["index"] ?? position, scoreOf(each)])
  )
  const all = Array.from({ length: count }, (_, index) => scores.get(index))
  if (!all.every((score) => typeof score === "number" && Number.isFinite(score)))
    throw new Unusable({
      reason: "InvalidAnswer",
      detail: `not one score for each of ${count}: a model with several labels is no reward model`
    })
  const { prompt_tokens, total_tokens } = record(usage)
  const input = countIn(prompt_tokens) ?? countIn(total_tokens)
  return {
    scores: all as ReadonlyArray<number>,
    ...(input === undefined ? {} : { usage: { input } })
  }
}

/** A score, or a list that holds nothing else. */
const scoreOf = (each: Readonly<Record<string, unknown>>): unknown => {
  const value = each["score"] ?? each["relevance_score"] ?? each["data"] ?? each["probs"]
  return Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value
}

export const servedScores = defineModels<ServedScoresOptions, ScoreRequest, ScoreOutput>(
  scoresKind,
  undefined,
  {
    ...openAIHome,
    type: "ServedScores",
    parameters: ServedScoresParameters,
    document: {
      pythonKwargs: [],
      fields: [...serverFields(), { key: "route", holds: Route, python: false }],
      pythonShares: [],
      lacks: ["structured_output", "stream"],
      needs: ["model", "route"]
    },
    connect
  }
)

/** A model that a server scores with. */
export interface ServedScores<out Model extends string = string> extends ScoresModel<
  Model,
  ServedScoresParameters
> {
  readonly type: "ServedScores"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => ServedScores<Model>
}

/**
 * Describes a reward model or a reranker that a server serves, such as vLLM or Text Embeddings
 * Inference.
 *
 * The server makes texts of conversations by the model's own chat template. Key, address, retries,
 * timeouts (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120,
 * `maxConcurrency` 64. Scores are kept in the journal like answers to chats.
 *
 * @example
 *   const reward = ServedScores({
 *     model: "internlm/internlm2-1_8b-reward",
 *     baseUrl: "http://localhost:8000/v1",
 *     route: "pooling"
 *   })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request:
 *   InvalidRequest, also where the route scores something else, and what keeps failing after the retries
 */
export const ServedScores = <const Model extends string>(
  options: ServedScoresOptions<Model>
): ServedScores<Model> => servedScores.describe(options)
