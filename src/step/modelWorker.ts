/** Workers of steps that put a question to a model for each row, whatever it is asked for. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Row } from "../columns/Row.ts"
import type { Model, ModelClient, ModelRequest } from "../models/chat/Model.ts"
import { underWay } from "../models/chat/underWay.ts"
import { openModel } from "./openModel.ts"
import { detailOf, RowFailed, StepFailed } from "./StepFailed.ts"
import type { Outcome, RowWorker } from "./Worker.ts"

/** A step with its model. */
export interface ModelStep<M> {
  readonly name: string
  readonly llm: M
  readonly parameters: unknown
  readonly useCache: boolean | undefined
}

/** What such a step makes of a row. */
export interface RowQuestion<Request extends ModelRequest, Response, Asked> {
  /** What the row asks. Throws if it cannot be asked about. */
  readonly asked: (row: Row) => Asked
  readonly request: (
    asked: Asked,
    llm: Model
  ) => Omit<Request, "asker" | "generationKwargs" | "recalls">
  /** The rows that come of the response; their model's name is added. */
  readonly rows: (
    response: Response,
    row: Row,
    asked: Asked
  ) => ReadonlyArray<Row> | Effect.Effect<ReadonlyArray<Row>, RowFailed>
}

/** A worker that asks the model about each row. */
export const modelWorker = <Request extends ModelRequest, Response, Asked>(
  {
    llm: given,
    name: step,
    parameters,
    useCache
  }: ModelStep<Model<string, ModelClient<Request, Response>>>,
  { asked: askedOf, request, rows }: RowQuestion<Request, Response, Asked>
): Effect.Effect<RowWorker, StepFailed, Scope.Scope> =>
  Effect.map(
    openModel<ModelClient<Request, Response>, Model<string, ModelClient<Request, Response>>>(
      step,
      given,
      parameters as Readonly<Record<string, unknown>> | undefined
    ),
    ({ client, llm }) => ({
      kind: "row",
      process: (row, atWork) =>
        Effect.gen(function* () {
          const asked = yield* Effect.try({
            try: () => askedOf(row),
            catch: (thrown) => new RowFailed({ step, reason: "BadInput", detail: detailOf(thrown) })
          })
          // One cast: a request of the kind is what the row asks and who asks it.
          const response = yield* client.generate(
            {
              ...request(asked, llm),
              generationKwargs: llm.generationKwargs,
              asker: { step, row: atWork.place, content: atWork.content },
              recalls: useCache === false ? "this run" : "any"
            } as Request,
            underWay(atWork)
          )
          const made = rows(response, row, asked)
          return (Effect.isEffect(made) ? yield* made : made).map((each): Outcome => ({
            row: { ...each, model_name: llm.model }
          }))
        })
    })
  )

/** Fails for a model that is asked for something else, as a document may name one. */
export const checkKind = (
  step: string,
  { kind, type }: { readonly kind: string; readonly type: string },
  wanted: string,
  advice: string
): Effect.Effect<void, StepFailed> =>
  kind === wanted
    ? Effect.void
    : Effect.fail(
        new StepFailed({ step, phase: "load", reason: "WrongModel", detail: `${type} ${advice}` })
      )
