/** Loads rows that the program already has. */
import * as Effect from "effect/Effect"
import { columnsOfRows } from "../columns/infer.ts"
import type { Names, RenamedOut } from "../columns/mapping.ts"
import type { Row } from "../columns/Row.ts"
import { type GeneratorParameters, makeStep } from "../step/makeStep.ts"
import type { GeneratorStep } from "../step/Step.ts"

export interface LoadDataFromDictsOptions<Name extends string, Data extends object, OutputMap> {
  readonly name: Name
  /** The rows. They are copied on their way out, never changed. */
  readonly data: ReadonlyArray<Data>
  /** Rows in one batch. Default 50. */
  readonly batchSize?: number
  /** New names for columns: `{ prompt: "instruction" }`. */
  readonly outputMappings?: OutputMap
}

/**
 * Gives the rows of a list, typed as they are.
 *
 * @example
 *   const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Name a river in Peru." }] })
 *
 * @adds the columns of the rows
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/loaddatafromdicts/
 */
export const LoadDataFromDicts = <
  const Name extends string,
  Data extends object,
  const OutputMap extends Names<Data> = {}
>({
  batchSize,
  data,
  name,
  outputMappings
}: LoadDataFromDictsOptions<Name, Data, OutputMap>): GeneratorStep<
  Name,
  RenamedOut<{ readonly [C in keyof Data]: Data[C] }, {}, OutputMap>,
  GeneratorParameters
> => {
  const rows = data as ReadonlyArray<object> as ReadonlyArray<Row>
  return makeStep({
    name,
    type: "LoadDataFromDicts",
    kind: "generator",
    gives: () => ({ columns: columnsOfRows(rows), open: rows.length === 0 }),
    outputMappings: outputMappings as Readonly<Record<string, string>> | undefined,
    batchSize,
    options: { data, batchSize, outputMappings },
    open: () =>
      Effect.succeed({
        kind: "generator",
        generate: (offset) => rows.slice(offset),
        total: rows.length
      })
  })
}
