/** LoadDataFromArgilla: what people have said of the records of a dataset. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Outputs } from "../../columns/inputs.ts"
import { open, type OpenColumns, type OutputRow, outputsOf } from "../../columns/inputs.ts"
import type { Mapped, Names, RenamedOut } from "../../columns/mapping.ts"
import type { Row } from "../../columns/Row.ts"
import { standardColumns } from "../../columns/standard.ts"
import { type ArgillaAccess, ArgillaClient } from "../../data/argilla/ArgillaClient.ts"
import { ArgillaDataset, type ReadRecord } from "../../data/argilla/ArgillaDataset.ts"
import { define, defined } from "../../step/Definition.ts"
import type { GeneratorParameters } from "../../step/makeStep.ts"
import { ColumnsOption } from "../../step/options.ts"
import type { GeneratorStep } from "../../step/Step.ts"
import { stepOf } from "../../step/stepOf.ts"
import { RowChunks } from "../../step/Worker.ts"
import {
  argillaFailed,
  argillaOptions,
  argillaParameters,
  type ArgillaParameters,
  checkAccess,
  datasetOf
} from "./writing.ts"

export interface LoadDataFromArgillaOptions<
  Name extends string,
  Dataset,
  Out extends Outputs,
  OutputMap
>
  extends Omit<ArgillaParameters, "datasetName">, GeneratorParameters {
  readonly name: Name
  /** The dataset's name. Without it, it must be given to `run`. */
  readonly datasetName?: Dataset & string
  /** The columns of the rows. Default: open, any column may be there. */
  readonly columns?: Out
  /** New names for columns: `{ prompt: "instruction" }`. */
  readonly outputMappings?: OutputMap
}

export const definition = define({
  type: "LoadDataFromArgilla",
  about: "Adds the records of a dataset of Argilla, with what people have said of them.",
  options: { ...argillaOptions, columns: Schema.optionalKey(ColumnsOption) },
  defaults: {},
  parameters: argillaParameters,
  needs: ["datasetName"]
})

/**
 * Adds the records of a dataset of Argilla, with what people have said of them.
 *
 * A row has the record's fields and besides: `record_id`; `status`, `pending` or `completed`;
 * `metadata`; `responses`, for each question a list of what people have submitted; `suggestions`,
 * for each question the value that was suggested.
 *
 * @example
 *   const load = LoadDataFromArgilla({
 *     name: "load",
 *     datasetName: "answers",
 *     columns: {
 *       instruction: Schema.String,
 *       generation: Schema.String,
 *       responses: Schema.Struct({ quality: Schema.Array(Schema.String) })
 *     }
 *   })
 *
 * @adds the declared columns; with `open(...)` any other that the records have
 * @fails StepFailed if there is no address or key, Argilla cannot be reached or refuses the key, or has no such dataset
 * @source https://docs.argilla.io/latest/
 */
export const LoadDataFromArgilla = defined(
  definition,
  <
    const Name extends string,
    const Dataset = never,
    Out extends Outputs = OpenColumns<{}>,
    const OutputMap extends Names<OutputRow<Out>> = {}
  >(
    options: LoadDataFromArgillaOptions<Name, Dataset, Out, Mapped<OutputMap, OutputRow<Out>>>
  ): GeneratorStep<
    Name,
    RenamedOut<OutputRow<Out>, {}, OutputMap>,
    GeneratorParameters &
      ([Dataset] extends [never]
        ? ArgillaParameters & { readonly datasetName: string }
        : ArgillaParameters)
  > => {
    const { name } = options
    const declared = outputsOf(options.columns ?? open())
    return stepOf(definition, options, {
      kind: "generator",
      gives: () => declared,
      declares: standardColumns(declared),
      check: checkAccess(name),
      open: (values) =>
        ArgillaClient.of(values as ArgillaAccess).pipe(
          Effect.flatMap((client) =>
            ArgillaDataset.find(client, datasetOf(values as ArgillaParameters))
          ),
          Effect.mapError(argillaFailed(name, "load")),
          Effect.map((dataset) => ({
            kind: "generator",
            generate: (offset) => new RowChunks(records(name, dataset, offset))
          }))
        )
    })
  }
)

/** Records in one request. */
const atOnce = 100

async function* records(
  step: string,
  dataset: ArgillaDataset,
  offset: number
): AsyncGenerator<ReadonlyArray<Row>> {
  for (let position = offset; ; position += atOnce) {
    const some = await Effect.runPromise(
      Effect.mapError(dataset.read(position, atOnce), argillaFailed(step, "generate"))
    )
    if (some.length > 0) yield some.map((record) => rowOf(dataset, record))
    if (some.length < atOnce) return
  }
}

const rowOf = (
  dataset: ArgillaDataset,
  { fields, id, metadata, responses = [], status, suggestions = [] }: ReadRecord
): Row => {
  const said: Record<string, Array<unknown>> = {}
  for (const { status: of, values } of responses) {
    if (of !== "submitted") continue
    for (const [question, { value }] of Object.entries(values ?? {}))
      (said[question] ??= []).push(value)
  }
  return {
    ...fields,
    record_id: id,
    status: status ?? null,
    metadata: metadata ?? {},
    responses: said,
    suggestions: Object.fromEntries(
      suggestions.map(({ question_id, value }) => [dataset.questionOf(question_id), value])
    )
  }
}
