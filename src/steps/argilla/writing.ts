/** What steps that write to Argilla have in common. */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Columns } from "../../columns/Columns.ts"
import type { Row } from "../../columns/Row.ts"
import { type ArgillaAccess, ArgillaClient } from "../../data/argilla/ArgillaClient.ts"
import {
  ArgillaDataset,
  type DatasetSettings,
  type RecordToWrite
} from "../../data/argilla/ArgillaDataset.ts"
import type { ArgillaError } from "../../data/argilla/ArgillaError.ts"
import type { AnyDefinition } from "../../step/Definition.ts"
import type { ParameterValues, StepParameters } from "../../step/makeStep.ts"
import { SecretOption } from "../../step/options.ts"
import type { AnyStep } from "../../step/Step.ts"
import { StepFailed } from "../../step/StepFailed.ts"
import { stepOf } from "../../step/stepOf.ts"

/** Parameters of steps that ask Argilla. */
export interface ArgillaParameters {
  /** The dataset's name. */
  readonly datasetName?: string
  /** Its workspace. Default: the first of the user's. */
  readonly datasetWorkspace?: string
  /** Where Argilla is. Default `ARGILLA_API_URL`. */
  readonly apiUrl?: string
  /** The user's key. Default `ARGILLA_API_KEY`. */
  readonly apiKey?: string | Redacted.Redacted
}

/** Options of steps that write to Argilla. */
export interface ArgillaOptions<Name extends string, Dataset, InputMap> extends Omit<
  ArgillaParameters,
  "datasetName"
> {
  readonly name: Name
  /** The dataset's name; it is made if it is not there. Without it, it must be given to `run`. */
  readonly datasetName?: Dataset & string
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
  /**
   * The flow's columns under the step's own names: `{ instruction: "prompt" }`. Argilla shows them
   * under the flow's.
   */
  readonly inputMappings?: InputMap
}

/** What `run` must set where the dataset was not given yet. */
export type ArgillaParametersFor<Dataset> = StepParameters &
  ([Dataset] extends [never]
    ? ArgillaParameters & { readonly datasetName: string }
    : ArgillaParameters)

/** The same as options of a definition. */
export const argillaOptions = {
  datasetName: Schema.optionalKey(Schema.String),
  datasetWorkspace: Schema.optionalKey(Schema.String),
  apiUrl: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretOption)
}

export const argillaParameters = ["datasetName", "datasetWorkspace", "apiUrl", "apiKey"] as const

/** The dataset that the parameters name. */
export const datasetOf = (values: ArgillaParameters) => ({
  name: values.datasetName!,
  workspace: values.datasetWorkspace
})

/** What Argilla refuses, as a failure of a step. */
export const argillaFailed =
  (step: string, phase: "load" | "process" | "generate") =>
  ({ message, reason }: ArgillaError): StepFailed =>
    new StepFailed({ step, phase, reason, detail: message })

/** Fails a step before the run where there is no address or no key. */
export const checkAccess =
  (step: string) =>
  (values: ParameterValues): Effect.Effect<void, StepFailed> =>
    Effect.asVoid(
      Effect.mapError(ArgillaClient.of(values as ArgillaAccess), argillaFailed(step, "load"))
    )

/** What a class of such steps brings. */
export interface ArgillaWriting {
  readonly reads: Columns
  /** What people see and are asked. */
  readonly settings: DatasetSettings
  /** The records of a row. Throws for a row that makes none. */
  readonly recordsOf: (row: Row) => ReadonlyArray<RecordToWrite>
}

/** Makes a step that writes the records of its rows to Argilla, and lets the rows pass. */
export const argillaStep = <S extends AnyStep>(
  definition: AnyDefinition,
  options: ArgillaOptions<string, unknown, unknown>,
  { reads, recordsOf, settings }: ArgillaWriting
): S => {
  const { name } = options
  return stepOf<S>(definition, options, {
    kind: "step",
    reads,
    gives: (have) => have,
    check: checkAccess(name),
    open: (values) =>
      ArgillaClient.of(values as ArgillaAccess).pipe(
        Effect.flatMap((client) =>
          ArgillaDataset.findOrMake(client, datasetOf(values as ArgillaParameters), settings)
        ),
        Effect.mapError(argillaFailed(name, "load")),
        Effect.map((dataset) => ({
          kind: "batch",
          process: (rows) =>
            Effect.as(
              Effect.mapError(dataset.write(rows.flatMap(recordsOf)), (error) =>
                // What it refuses is the fault of a row; all else ends the run.
                error.reason === "Refused" ? error : argillaFailed(name, "process")(error)
              ),
              rows
            )
        }))
      )
  })
}

export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex")

/** The name of a column in the flow. */
export const inFlow = (
  { inputMappings }: { readonly inputMappings?: unknown },
  column: string
): string => (inputMappings as Readonly<Record<string, string>> | undefined)?.[column] ?? column
