/** Workers of steps that ask a model in their work. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { metadataColumn, withMetadata } from "../columns/metadata.ts"
import type { Row } from "../columns/Row.ts"
import type { AnyLLM, LLMClient } from "../models/chat/LLM.ts"
import { type Caller, ModelCalls } from "./ModelCalls.ts"
import { openModel } from "./openModel.ts"
import { rowsOf } from "./produced.ts"
import type { StepFailed } from "./StepFailed.ts"
import type { StepLLM } from "./StepLLM.ts"
import {
  type BatchWorker,
  type GeneratorWorker,
  type Outcome,
  type Produced,
  type RowAtWork,
  type RowChunks,
  RowThrew,
  type RowWorker,
  type SourceAtWork
} from "./Worker.ts"

/** A step that asks: its model, and the run-time parameters of that. */
export interface AskingStep {
  readonly name: string
  readonly llm: AnyLLM
  readonly parameters: unknown
  readonly useCache: boolean | undefined
  readonly tells?: Caller["tells"]
}

/** Opens the model of a step; gives what makes the calls for a row. */
export const opened = Effect.fnUntraced(function* ({
  llm,
  name,
  parameters,
  tells,
  useCache
}: AskingStep): Effect.fn.Return<
  (caller: Omit<Caller, "step" | "recalls" | "tells">, anew?: boolean) => ModelCalls,
  StepFailed,
  Scope.Scope
> {
  const model = yield* openModel<LLMClient, AnyLLM>(
    name,
    llm,
    parameters as Readonly<Record<string, unknown>> | undefined
  )
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const recalls = useCache === false ? "this run" : "any"
  return (caller, anew = false) =>
    new ModelCalls(model, { ...caller, step: name, tells, recalls: anew ? "none" : recalls }, fork)
})

/** Work on single rows, many of them at once. */
export const rowAsking = (
  step: AskingStep,
  work: (row: Row, llm: StepLLM, place: string) => Produced<Row>
): Effect.Effect<RowWorker, StepFailed, Scope.Scope> =>
  Effect.map(opened(step), (callsOf): RowWorker => {
    const process = (
      row: Row,
      atWork: RowAtWork,
      anew: boolean
    ): ReturnType<RowWorker["process"]> =>
      Effect.suspend(() => {
        const calls = callsOf({ content: atWork.content, place: () => atWork.place, atWork }, anew)
        return calls.around(produced(() => work(row, calls, atWork.place))).pipe(
          Effect.map((rows) => {
            const metadata = calls.told()
            return [...rows].map((made): Outcome => ({ row: withTold(made, row, metadata) }))
          }),
          Effect.catch((thrown) =>
            // What failed before with answers of that time is tried with others.
            atWork.retriesFailed && calls.recalled && !anew
              ? process(row, atWork, true)
              : Effect.fail(new RowThrew(thrown, withMetadata(row, calls.told())))
          )
        )
      })
    return { kind: "row", process: (row, atWork) => process(row, atWork, false) }
  })

/** Calls of no row are told to nobody. */
const nobody = { onRequests: () => {}, onLate: () => {} }

/** Work on many rows at once: its calls are those of no row. */
export const rowsAsking = (
  step: AskingStep,
  work: (rows: ReadonlyArray<Row>, llm: StepLLM) => Produced<Row>,
  { streams, tells }: { readonly streams?: boolean | undefined; readonly tells: boolean }
): Effect.Effect<BatchWorker, StepFailed, Scope.Scope> =>
  Effect.map(opened(step), (callsOf): BatchWorker => {
    const calls = callsOf({ content: "", place: () => "", atWork: nobody })
    return {
      kind: "batch",
      streams,
      process: (rows) =>
        Effect.map(calls.around(produced(() => work(rows, calls))), (made) => {
          const metadata = calls.told()
          return tells ? [...made].map((row) => withTold(row, row, metadata)) : [...made]
        })
    }
  })

/** Work that makes rows: each tells of the calls that were made since the row before. */
export const sourceAsking = (
  step: AskingStep,
  generate: (offset: number, atWork: SourceAtWork, llm: StepLLM) => Produced<Row> | RowChunks,
  more: Pick<GeneratorWorker, "state" | "total">
): Effect.Effect<GeneratorWorker, StepFailed, Scope.Scope> =>
  Effect.map(opened(step), (callsOf): GeneratorWorker => {
    let calls: ModelCalls | undefined
    return {
      ...more,
      kind: "generator",
      generate: (offset, atWork) => {
        const own = callsOf({ content: "", place: () => `${atWork.position()}`, atWork })
        calls = own
        return generate(offset, atWork, own)
      },
      completed: (row) => {
        return withTold(row, row, calls?.told() ?? {})
      }
    }
  })

/** A row that tells what was asked for it, besides what the row that it came of tells. */
export const withTold = (made: Row, from: Row, metadata: Row): Row => ({
  ...made,
  [metadataColumn]: {},
  ...withMetadata(from, metadata)
})

/** Rows, whatever gives them and whatever it throws. */
export const produced = (work: () => Produced<Row>): Effect.Effect<Iterable<Row>, unknown> =>
  Effect.suspend(() => {
    try {
      const rows = rowsOf(work())
      return Effect.isEffect(rows) ? rows : Effect.succeed(rows)
    } catch (thrown) {
      return Effect.fail(thrown)
    }
  })
