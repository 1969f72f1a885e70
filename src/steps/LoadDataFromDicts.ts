/** Loads rows that the program already has. */
import * as Effect from "effect/Effect"
import { columnsOfRows } from "../columns/infer.ts"
import type { Names, RenamedOut } from "../columns/mapping.ts"
import type { Row } from "../columns/Row.ts"
import { define, defined } from "../step/Definition.ts"
import type { GeneratorParameters } from "../step/makeStep.ts"
import { RowsOption } from "../step/options.ts"
import type { GeneratorStep } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"

export interface LoadDataFromDictsOptions<Name extends string, Data extends object, OutputMap> {
  readonly name: Name
  /** The rows. They are copied on their way out, never changed. */
  readonly data: ReadonlyArray<Data>
  /** Rows in one batch. Default 50. */
  readonly batchSize?: number
  /** New names for columns: `{ prompt: "instruction" }`. */
  readonly outputMappings?: OutputMap
}

export const definition = define({
  type: "LoadDataFromDicts",
  about: "Gives the rows of a list, typed as they are.",
  options: { data: RowsOption },
  defaults: {},
  python: {}
})

/**
 * Gives the rows of a list, typed as they are.
 *
 * @example
 *   const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Name a river in Peru." }] })
 *
 * @adds the columns of the rows
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/loaddatafromdicts/
 */
export const LoadDataFromDicts = defined(
  definition,
  <const Name extends string, Data extends object, const OutputMap extends Names<Data> = {}>(
    options: LoadDataFromDictsOptions<Name, Data, OutputMap>
  ): GeneratorStep<
    Name,
    RenamedOut<{ readonly [C in keyof Data]: Data[C] }, {}, OutputMap>,
    GeneratorParameters
  > => {
    const rows = options.data as ReadonlyArray<object> as ReadonlyArray<Row>
    return stepOf(definition, options, {
      kind: "generator",
      gives: () => ({ columns: columnsOfRows(rows), open: rows.length === 0 }),
      open: () =>
        Effect.succeed({
          kind: "generator",
          generate: (offset) => rows.slice(offset),
          total: rows.length
        })
    })
  }
)
