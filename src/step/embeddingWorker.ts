/** Workers of steps that embed texts: rows wait for a model one by one, texts go to it together. */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Row } from "../columns/Row.ts"
import type { AnyEmbeddings } from "../models/embeddings/Embeddings.ts"
import { checkKind, type ModelStep, modelWorker } from "./modelWorker.ts"
import type { StepFailed } from "./StepFailed.ts"
import type { RowWorker } from "./Worker.ts"

/** A step that embeds. */
export interface EmbeddingStep extends ModelStep<AnyEmbeddings> {
  /** Texts in one request, at most. */
  readonly atOnce: number
}

/** Adds to each row the vector of the text that `textOf` finds in it, and the model's name. */
export const embeddingWorker = (
  step: EmbeddingStep,
  textOf: (row: Row) => string
): Effect.Effect<RowWorker, StepFailed, Scope.Scope> =>
  modelWorker(step, {
    asked: textOf,
    request: (text) => ({ texts: [text], sentWith: step.atOnce }),
    rows: ({ embeddings: [embedding] }, row) => [{ ...row, embedding }]
  })

/** Fails for a model that does something else than embedding, as a document may name one. */
export const checkEmbeds = (step: string, llm: AnyEmbeddings): Effect.Effect<void, StepFailed> =>
  checkKind(
    step,
    llm,
    "embeddings",
    "cannot be asked for embeddings. Give a model that embeds texts, whose name ends in Embeddings, or one of your own by embeddings({ … }). For a document, give it where it is loaded, by bind."
  )
