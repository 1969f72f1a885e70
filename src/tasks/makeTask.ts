/**
 * Tasks: steps that ask a model. A row becomes a chat, answers become columns; each row goes its
 * own way.
 */
import * as Schema from "effect/Schema"
import type { Columns } from "../columns/Columns.ts"
import { metadataColumn, MetadataOfOne } from "../columns/metadata.ts"
import { withColumns } from "../columns/Shape.ts"
import { columnsWithNull } from "../columns/withNull.ts"
import { modelParameters } from "../step/openModel.ts"
import type { AnyStep } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"
import { checkedParse, UndeclaredColumns } from "./checkedParse.ts"
import { openTask } from "./openTask.ts"
import { taskDefaults } from "./taskOptions.ts"
import type { TaskSpec } from "./TaskStep.ts"

const Thoughts = Schema.NullOr(Schema.String)

/** Makes a task's step with its precise type. */
export const makeTask = <S extends AnyStep>(spec: TaskSpec): S => {
  const { definition, options } = spec
  const { groupGenerations, llm, name, nulls, reasoning } = { ...taskDefaults, ...options }
  if (reasoning && "reasoning" in spec.outputs)
    throw new RangeError(
      `${definition.type} '${name}' gives a column 'reasoning' of its own. Name that otherwise, or leave option reasoning out.`
    )
  const answer = nulls === "keep" ? columnsWithNull(spec.outputs) : spec.outputs
  const outputs = reasoning ? { ...answer, reasoning: Thoughts } : answer
  const columns = columnsOf(outputs, groupGenerations)
  return stepOf<S>(definition, options, {
    kind: "step",
    rowCount: groupGenerations ? "one-to-one" : "one-to-many",
    reads: spec.reads,
    ...(spec.oneOf === undefined ? {} : { oneOf: spec.oneOf }),
    gives: (have) => withColumns(have, columns),
    parameters: { llm: modelParameters(llm) },
    open: (values) => {
      const undeclared = new UndeclaredColumns(spec)
      const set = { ...spec, ...spec.withValues?.(values) }
      const reading = checkedParse(set.parse, { outputs: spec.outputs, nulls, undeclared })
      return openTask({ ...set, outputs, reading }, undeclared, values)
    }
  })
}

const MetadataOfEach = Schema.Array(MetadataOfOne)

const columnsOf = (outputs: Columns, grouped: boolean): Columns => {
  const each = grouped
    ? Object.fromEntries(
        Object.entries(columnsWithNull(outputs)).map(([column, schema]) => [
          column,
          Schema.Array(schema as Schema.Top)
        ])
      )
    : outputs
  return {
    ...each,
    model_name: Schema.String,
    [metadataColumn]: grouped ? MetadataOfEach : MetadataOfOne
  }
}
