/** Workers of steps that let a model score: rows wait for it one by one. */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Row } from "../columns/Row.ts"
import type { AnyScores, ScoreRequest } from "../models/chat/Scores.ts"
import { checkKind, type ModelStep, modelWorker } from "./modelWorker.ts"
import type { StepFailed } from "./StepFailed.ts"
import type { RowWorker } from "./Worker.ts"

/** Adds columns that are made of the scores, and the model's name. */
export const scoreWorker = (
  step: ModelStep<AnyScores>,
  asked: (row: Row) => ScoreRequest["asked"],
  columnsOf: (scores: ReadonlyArray<number>, row: Row) => Row
): Effect.Effect<RowWorker, StepFailed, Scope.Scope> =>
  modelWorker(step, {
    asked,
    request: (asks, llm) => ({ asked: asks, route: llm.options["route"] as string | undefined }),
    rows: ({ scores }, row) => [{ ...row, ...columnsOf(scores, row) }]
  })

/** Fails for a model that does something else than scoring, as a document may name one. */
export const checkScores = (step: string, llm: AnyScores): Effect.Effect<void, StepFailed> =>
  checkKind(
    step,
    llm,
    "scores",
    "does not score. Give the step a model that does, such as one of a server with the route /pooling or /score."
  )
