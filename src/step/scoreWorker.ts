/** Workers of steps that let a model score: rows wait for it one by one. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Row } from "../columns/Row.ts"
import type { AnyScores, ScoreRequest } from "../models/chat/Scores.ts"
import { underWay } from "../models/chat/underWay.ts"
import { openScores } from "./openModel.ts"
import { detailOf, RowFailed, StepFailed } from "./StepFailed.ts"
import type { RowWorker } from "./Worker.ts"

/** A step that scores. */
export interface ScoreStep {
  readonly name: string
  readonly llm: AnyScores
  readonly parameters: unknown
  readonly useCache: boolean | undefined
}

/** Adds columns that are made of the scores, and the model's name. */
export const scoreWorker = (
  { llm: given, name: step, parameters, useCache }: ScoreStep,
  asks: (row: Row) => ScoreRequest["asked"],
  columnsOf: (scores: ReadonlyArray<number>, row: Row) => Row
): Effect.Effect<RowWorker, StepFailed, Scope.Scope> =>
  Effect.map(
    openScores(step, given, parameters as Readonly<Record<string, unknown>> | undefined),
    ({ client, llm }) => ({
      kind: "row",
      process: (row, { content, onRequests, place }) =>
        Effect.flatMap(
          Effect.try({
            try: () => asks(row),
            catch: (thrown) => new RowFailed({ step, reason: "BadInput", detail: detailOf(thrown) })
          }),
          (asked) =>
            Effect.map(
              client.generate(
                {
                  asked,
                  route: llm.options["route"] as string | undefined,
                  generationKwargs: llm.generationKwargs,
                  asker: { step, row: place, content },
                  recalls: useCache === false ? "this run" : "any"
                },
                underWay(onRequests)
              ),
              ({ scores }) => [
                { row: { ...row, ...columnsOf(scores, row), model_name: llm.model } }
              ]
            )
        )
    })
  )

/** Fails for a model that does something else than scoring, as a document may name one. */
export const checkScores = (step: string, llm: AnyScores): Effect.Effect<void, StepFailed> =>
  llm.kind === "scores"
    ? Effect.void
    : Effect.fail(
        new StepFailed({
          step,
          phase: "load",
          reason: "WrongModel",
          detail: `${(llm as { readonly type: string }).type} does not score. Give the step a model that does, such as one of a server with the route /pooling or /score.`
        })
      )
