/** Own generators: a function that makes rows. */
import * as Effect from "effect/Effect"
import type { Columns, DeclaredColumns, RowOf } from "../columns/Columns.ts"
import { type OutputRow, type Outputs, outputsOf } from "../columns/inputs.ts"
import type { Mapped, Names, RenamedOut } from "../columns/mapping.ts"
import { metadataColumn, MetadataOfOne } from "../columns/metadata.ts"
import type { Row } from "../columns/Row.ts"
import { withColumns } from "../columns/Shape.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import { sourceAsking } from "./askingWorker.ts"
import { defined } from "./Definition.ts"
import { checkState, keptState, stateFrom } from "./generatorState.ts"
import type { GeneratorParameters, ParameterValues, StepSpec } from "./makeStep.ts"
import { modelParameters } from "./openModel.ts"
import { generatorStepDefinition } from "./ownDefinitions.ts"
import type { ModelParameters, ParametersFor, Told, ToolsOf } from "./OwnStepOptions.ts"
import type { GeneratorStep } from "./Step.ts"
import type { StepLLM } from "./StepLLM.ts"
import { stepOf } from "./stepOf.ts"
import { type StepTools, toolsOf } from "./StepTools.ts"
import type { Produced, SourceAtWork } from "./Worker.ts"

/** What a generator's function must give: the declared columns, and others if the source is open. */
export type GeneratedRow<Out extends Outputs> = Out extends {
  readonly "~known": infer Known extends DeclaredColumns
}
  ? RowOf<Known> & Row
  : Out extends DeclaredColumns
    ? RowOf<Out>
    : never

/** Rows that are made one after the other, each when it is asked for. */
export type OneByOne<A> = Iterable<A> | AsyncIterable<A>

/** What a generator that keeps a state gets with it. */
export type StateOf<State> = [State] extends [never] ? unknown : { readonly state: State }

/**
 * Makes a step that makes rows: from an API, a database, a random generator.
 *
 * `process` gets the position to start from and gives rows one by one; rows it gives again for the
 * same offset must be the same.
 *
 * @example
 *   const numbers = generatorStep({
 *     name: "numbers",
 *     outputs: { n: Schema.Number },
 *     *process({ offset }) {
 *       for (let n = offset; n < 100; n++) yield { n }
 *     }
 *   })
 *   const topics = generatorStep({
 *     name: "topics",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     outputs: { topic: Schema.String },
 *     state: { made: [] as Array<string> },
 *     async *process({ llm, state }) {
 *       while (state.made.length < 100) {
 *         const avoid = state.made.slice(-20).join(", ")
 *         const { text } = await llm.askPromise(`Name a topic other than: ${avoid || "none"}.`)
 *         state.made.push(text)
 *         yield { topic: text }
 *       }
 *     }
 *   })
 *
 * @adds the declared outputs; with `llm` also `distilabel_metadata`, the chats and answers of each row
 * @fails StepFailed if `process` throws or fails: the run ends
 */
export const generatorStep = defined(
  generatorStepDefinition,
  <
    const Name extends string,
    Out extends Outputs,
    Parameters extends Columns = {},
    const Defaults = {},
    const OutputMap extends Names<OutputRow<Out>> = {},
    R = never,
    L extends AnyLLM = never,
    State extends object = never
  >(options: {
    readonly name: Name
    /** Columns of the rows; `open(...)` if some are known only at run time. */
    readonly outputs: Out
    readonly parameters?: Parameters
    readonly defaults?: Defaults & Partial<RowOf<Parameters>>
    /** Rows in one batch. Default 50. */
    readonly batchSize?: number
    readonly outputMappings?: Mapped<OutputMap, OutputRow<Out>>
    /** A model that `process` may ask, by `llm`; rows say what was asked for them. */
    readonly llm?: L
    /**
     * What the generator keeps over a resume, as it is at the beginning: values that JSON can hold.
     * `process` gets it as `state` and changes it before it gives a row; a resumed run goes on with
     * the state as it was after the last row that counts, and makes none of those before again.
     */
    readonly state?: State
    readonly process: (
      from: {
        readonly offset: number
        readonly parameters: RowOf<NoInfer<Parameters>>
      } & ToolsOf<NoInfer<L>> &
        StateOf<NoInfer<State>>
    ) => [State] extends [never]
      ? Produced<GeneratedRow<NoInfer<Out>>, R>
      : OneByOne<GeneratedRow<NoInfer<Out>>>
  }): GeneratorStep<
    Name,
    RenamedOut<Told<OutputRow<Out>, L>, {}, OutputMap>,
    GeneratorParameters & ParametersFor<Parameters, Defaults> & ModelParameters<L>,
    R
  > => {
    const declared = outputsOf(options.outputs)
    const { llm, name, state: initial } = options
    const process = options.process as (
      from: { offset: number; parameters: ParameterValues } & StepTools & {
          readonly llm?: StepLLM
          readonly state?: object
        }
    ) => Produced<Row>
    const tells =
      llm === undefined ? declared : withColumns(declared, { [metadataColumn]: MetadataOfOne })
    if (initial !== undefined) checkState(name, initial)
    return stepOf(generatorStepDefinition, options, {
      kind: "generator",
      goesOn: initial !== undefined,
      gives: () => tells,
      declares: tells,
      parameters: {
        ...options.parameters,
        ...(llm === undefined ? {} : { llm: modelParameters(llm) })
      },
      values: options.defaults ?? {},
      open: ({ llm: given, ...parameters }) =>
        Effect.flatMap(toolsOf(name), (tools): ReturnType<StepSpec["open"]> => {
          let state: object | undefined
          const generate = (offset: number, atWork: SourceAtWork, model?: StepLLM) => {
            state = initial && stateFrom(initial, atWork.state)
            return process({
              offset,
              parameters,
              ...tools,
              ...(model === undefined ? {} : { llm: model }),
              ...(state === undefined ? {} : { state })
            })
          }
          const kept = initial === undefined ? {} : { state: () => keptState(name, state) }
          return llm === undefined
            ? Effect.succeed({ kind: "generator", generate, ...kept })
            : sourceAsking({ name, llm, parameters: given, useCache: undefined }, generate, kept)
        })
    })
  }
)
