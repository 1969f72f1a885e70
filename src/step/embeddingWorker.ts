/** Workers of steps that embed texts: rows wait for a model one by one, texts go to it together. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Row } from "../columns/Row.ts"
import { underWay } from "../models/chat/underWay.ts"
import type { AnyEmbeddings } from "../models/embeddings/Embeddings.ts"
import { openEmbeddings } from "./openModel.ts"
import { detailOf, RowFailed, StepFailed } from "./StepFailed.ts"
import type { RowWorker } from "./Worker.ts"

/** A step that embeds. */
export interface EmbeddingStep {
  readonly name: string
  readonly llm: AnyEmbeddings
  readonly parameters: unknown
  readonly useCache: boolean | undefined
  /** Texts in one request, at most. */
  readonly atOnce: number
}

/** Adds to each row the vector of the text that `textOf` finds in it, and the model's name. */
export const embeddingWorker = (
  { atOnce, llm: given, name: step, parameters, useCache }: EmbeddingStep,
  textOf: (row: Row) => string
): Effect.Effect<RowWorker, StepFailed, Scope.Scope> =>
  Effect.map(
    openEmbeddings(step, given, parameters as Readonly<Record<string, unknown>> | undefined),
    ({ client, llm }) => ({
      kind: "row",
      process: (row, { content, onRequests, place }) =>
        Effect.flatMap(
          Effect.try({
            try: () => textOf(row),
            catch: (thrown) => new RowFailed({ step, reason: "BadInput", detail: detailOf(thrown) })
          }),
          (text) =>
            Effect.map(
              client.generate(
                {
                  texts: [text],
                  sentWith: atOnce,
                  generationKwargs: llm.generationKwargs,
                  asker: { step, row: place, content },
                  recalls: useCache === false ? "this run" : "any"
                },
                underWay(onRequests)
              ),
              ({ embeddings: [embedding] }) => [
                { row: { ...row, embedding, model_name: llm.model } }
              ]
            )
        )
    })
  )

/** Fails for a model that does something else than embedding, as a document may name one. */
export const checkEmbeds = (step: string, llm: AnyEmbeddings): Effect.Effect<void, StepFailed> =>
  llm.kind === "embeddings"
    ? Effect.void
    : Effect.fail(
        new StepFailed({
          step,
          phase: "load",
          reason: "WrongModel",
          detail: `${(llm as { readonly type: string }).type} cannot be asked for embeddings. Give a model that embeds texts, whose name ends in Embeddings, or one of your own by embeddings({ … }). For a document, give it where it is loaded, by bind.`
        })
      )
