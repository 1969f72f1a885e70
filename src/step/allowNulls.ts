/** Steps that take null where they want a value: each such row is theirs to fail. */
import * as Schema from "effect/Schema"
import { isOptional } from "../columns/Columns.ts"
import { own } from "../columns/own.ts"
import type { RowFunction } from "../columns/Row.ts"
import { required } from "../columns/Shape.ts"
import type { Step, StepData } from "./Step.ts"
import { stepConnected, stepMade } from "./unconnected.ts"

/** A row type with null in some columns. */
export type WithNulls<Need, Columns> = {
  readonly [C in keyof Need]: C extends Columns ? Need[C] | null : Need[C]
}

/**
 * Lets rows reach a step that have null in a column where it wants a value. The graph is the same:
 * what becomes of such a row is up to the step, and a task makes an error row of it. Python lets
 * all nulls pass so; documents that it wrote, and the source made of them, do as it does.
 *
 * For rows to end before the step, `DropNulls` says so.
 *
 * @example
 *   const refine = allowNulls(
 *     TextGeneration({ name: "refine", llm, inputMappings: { instruction: "draft" } }),
 *     ["draft"]
 *   )
 *
 * @fails RangeError if the step reads no such column
 */
export const allowNulls = <
  Name extends string,
  Need,
  Gives extends RowFunction,
  Parameters,
  const Columns extends keyof Need & string,
  R = never
>(
  step: Step<Name, Need, Gives, Parameters, R>,
  columns: ReadonlyArray<Columns>
): Step<Name, WithNulls<Need, Columns>, Gives, Parameters, R> => {
  stepConnected(step)
  const { input } = step.mappings
  const allowing = withNulls(
    step,
    columns.map((column) => {
      const [renamed] = Object.entries(input).find(([, flow]) => flow === column) ?? [column]
      if (own(step.reads.columns, renamed) === undefined)
        throw new RangeError(
          `Step '${step.name}' does not read a column '${column}', in which null could be allowed. It reads: ${Object.keys(step.reads.columns).join(", ")}.`
        )
      return renamed
    })
  )
  stepMade(allowing)
  // One cast: what the type says beyond `StepData` is for the checker only.
  return allowing as unknown as Step<Name, WithNulls<Need, Columns>, Gives, Parameters, R>
}

/** The same step, in which columns that it reads, under its own names, may be null. */
export const withNulls = (step: StepData, columns: ReadonlyArray<string>): StepData => ({
  ...step,
  allowsNull: columns,
  reads: {
    ...step.reads,
    columns: Object.fromEntries(
      Object.entries(step.reads.columns).map(([column, schema]) => {
        if (!columns.includes(column)) return [column, schema]
        const nullable = Schema.NullOr(required(schema) as Schema.Top)
        return [column, isOptional(schema) ? Schema.optionalKey(nullable) : nullable]
      })
    )
  },
  configure: (parameters) => withNulls(step.configure(parameters), columns)
})
