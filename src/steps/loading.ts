/**
 * What steps that load rows from files have in common: their options, and rows of files as a
 * generator's.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Outputs } from "../columns/inputs.ts"
import type { Shape } from "../columns/Shape.ts"
import type { RowSequence, SequenceOptions, Shuffle } from "../data/files/RowSequence.ts"
import { rowCheck } from "../data/rows/declared.ts"
import { storedColumns } from "../data/rows/storedColumns.ts"
import type { GeneratorParameters, ParameterValues } from "../step/makeStep.ts"
import { ColumnsOption } from "../step/options.ts"
import { detailOf, RowFailed, StepFailed } from "../step/StepFailed.ts"
import { type GeneratorWorker, RowChunks } from "../step/Worker.ts"

/** Shuffling, always the same for a seed. */
export interface ShuffleOption {
  readonly seed: number
  /**
   * How many rows are in memory to be chosen from: so many rows or fewer are shuffled as a whole,
   * more of them near their place, in files of another order. Default 10,000.
   */
  readonly bufferSize?: number
}

/** Parameters of steps that load rows from files. */
export interface LoaderParameters extends GeneratorParameters {
  /** At most so many rows. Default: all. */
  readonly numExamples?: number
  /** Gives the rows in another order. Default: in the files' order. */
  readonly shuffle?: ShuffleOption
  /** Has no meaning for files on this machine, which are always read as rows are wanted. */
  readonly streaming?: boolean
}

/** Options of steps that load rows from files. */
export interface LoaderOptions<
  Name extends string,
  Out extends Outputs,
  OutputMap
> extends LoaderParameters {
  readonly name: Name
  /**
   * The columns of the rows; the files are checked against them. Default: open, any column may be
   * there.
   */
  readonly columns?: Out
  /** New names for columns: `{ prompt: "instruction" }`. */
  readonly outputMappings?: OutputMap
}

const Count = Schema.Int.check(Schema.isGreaterThan(0))

/** The same as options of a definition. */
export const loaderOptions = {
  numExamples: Schema.optionalKey(Count),
  streaming: Schema.optionalKey(Schema.Boolean),
  shuffle: Schema.optionalKey(
    Schema.Struct({ seed: Schema.Int, bufferSize: Schema.optionalKey(Count) })
  ),
  columns: Schema.optionalKey(ColumnsOption)
}

/** Those of them that `run` may set. */
export const loaderParameters = ["numExamples", "shuffle", "streaming"] as const

/** Those of them that Python's classes lack. */
export const loaderLacks = ["shuffle", "columns"] as const

/** What the values of the parameters ask of the files. */
export const sequenceOptions = (declared: Shape, values: ParameterValues): SequenceOptions => ({
  declared,
  numExamples: values["numExamples"] as number | undefined,
  shuffle: values["shuffle"] as Shuffle | undefined
})

/** A generator of the rows of a sequence. Rows that are not as declared fail alone. */
export const sequenceWorker = (
  step: string,
  declared: Shape,
  open: () => Promise<RowSequence>
): Effect.Effect<GeneratorWorker, StepFailed> =>
  Effect.tryPromise({
    try: open,
    catch: (thrown) =>
      new StepFailed({ step, phase: "load", reason: reasonOf(thrown), detail: detailOf(thrown) })
  }).pipe(
    Effect.map(({ chunks, fields, length }) => ({
      kind: "generator",
      generate: (offset) => new RowChunks(chunks(offset)),
      total: length,
      columns: storedColumns(fields, declared),
      failureOf: failureOf(step, declared)
    }))
  )

const reasonOf = (thrown: unknown): string => {
  const { reason } = thrown as { readonly reason?: unknown }
  return typeof reason === "string" ? reason : "CannotRead"
}

const failureOf = (step: string, declared: Shape): GeneratorWorker["failureOf"] => {
  const wrongIn = rowCheck(declared)
  return wrongIn === undefined
    ? undefined
    : (row) => {
        const detail = wrongIn(row)
        return detail === undefined
          ? undefined
          : new RowFailed({ step, reason: "WrongColumns", detail })
      }
}
