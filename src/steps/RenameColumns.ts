/** Renames columns. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { RowFunction } from "../columns/Row.ts"
import { define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import type { Step } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"

/** Columns under new names; the old names go, and so does a column that had a new name before. */
export interface Renames<Map extends Readonly<Record<string, string>>> extends RowFunction {
  readonly result: {
    readonly [
      C in keyof this["row"] as C extends keyof Map ? Map[C] : C extends Map[keyof Map] ? never : C
    ]: this["row"][C]
  }
}

export interface RenameColumnsOptions<Name extends string, Map> {
  readonly name: Name
  /** New names by old ones: `{ prompt: "instruction" }`. */
  readonly columns: Map
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

export const definition = define({
  type: "RenameColumns",
  about: "Gives columns new names.",
  options: { columns: Schema.Record(Schema.String, Schema.String) },
  defaults: {},
  takesMappings: false
})

/**
 * Gives columns new names.
 *
 * @example
 *   const rename = RenameColumns({ name: "rename", columns: { question: "instruction" } })
 *
 * @reads the columns under their old names
 * @adds them under their new ones
 */
export const RenameColumns = defined(
  definition,
  <const Name extends string, const Map extends Readonly<Record<string, string>>>(
    options: RenameColumnsOptions<Name, Map>
  ): Step<Name, { readonly [C in keyof Map]: unknown }, Renames<Map>, StepParameters> => {
    const { columns } = options
    const renamed = <A>(record: Readonly<Record<string, A>>): Record<string, A> => {
      const taken = new Set(Object.values(columns))
      return Object.fromEntries(
        Object.entries(record).flatMap(([column, value]) =>
          Object.hasOwn(columns, column)
            ? [[columns[column]!, value]]
            : taken.has(column)
              ? []
              : [[column, value]]
        )
      )
    }
    return stepOf(definition, options, {
      kind: "step",
      reads: Object.fromEntries(Object.keys(columns).map((column) => [column, Schema.Unknown])),
      gives: (have) => ({ ...have, columns: renamed(have.columns) }),
      open: () =>
        Effect.succeed({ kind: "batch", process: (rows) => rows.map((row) => renamed(row)) })
    })
  }
)
