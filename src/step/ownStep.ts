/** Own steps at run time: a function becomes a worker, in this thread or in others. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Columns } from "../columns/Columns.ts"
import { type Inputs, readsOf } from "../columns/inputs.ts"
import type { Row } from "../columns/Row.ts"
import { type Shape, withColumns } from "../columns/Shape.ts"
import type { AnyDefinition } from "./Definition.ts"
import { openThreads, threadsOf } from "./inThreads.ts"
import type { ParameterValues } from "./makeStep.ts"
import type { OwnStepOptions, StepResources } from "./OwnStepOptions.ts"
import type { AnyStep, RowCount } from "./Step.ts"
import { stepOf } from "./stepOf.ts"
import { type StepTools, toolsOf } from "./StepTools.ts"
import type { Produced } from "./Worker.ts"

const Resources = Schema.optionalKey(
  Schema.Struct({
    replicas: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
    memory: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0)))
  })
)

/** An own step of a class, for ready steps that are a function inside. */
export const ownStep = <S extends AnyStep>(
  kind: "step" | "global" | "join",
  definition: AnyDefinition,
  options: OwnStepOptions<
    string,
    Inputs,
    Columns,
    Columns,
    unknown,
    unknown,
    unknown,
    string,
    boolean
  > & {
    readonly process: (rows: never, parameters: never, tools: StepTools) => Produced<Row, unknown>
    readonly streams?: boolean
  },
  rowCount: RowCount
): S => {
  const { oneOf, reads } = readsOf(options.inputs ?? {})
  // Its types say what it requires; the run that calls it has it.
  const process = options.process as (
    rows: unknown,
    parameters: ParameterValues,
    tools: StepTools
  ) => Produced<Row>
  const outputs = options.outputs ?? {}
  return stepOf<S>(definition, options, {
    kind,
    rowCount,
    reads,
    oneOf,
    gives: (have) =>
      options.replaces === true
        ? { columns: outputs, open: false }
        : withColumns(without(have, options.removes ?? []), outputs),
    extendsRows: options.replaces !== true,
    declares: { columns: outputs, open: false },
    removes: options.removes ?? [],
    parameters: { ...options.parameters, resources: Resources },
    values: {
      ...(options.defaults as object),
      ...(options.resources === undefined ? {} : { resources: options.resources })
    },
    keepsOutputs: true,
    open: ({ resources, ...parameters }) => {
      const { memory, replicas } = (resources ?? {}) as StepResources
      const threads = threadsOf(options.process)
      if (kind === "join")
        return Effect.map(toolsOf(options.name), (tools) => ({
          kind,
          process: (arms) => process(arms, parameters, tools)
        }))
      if (threads === undefined)
        return Effect.map(toolsOf(options.name), (tools) => ({
          kind: "batch",
          process: (rows) => process(rows, parameters, tools),
          streams: options.streams,
          replicas
        }))
      return Effect.map(
        openThreads(options.name, threads, parameters, { memory, replicas }),
        (call) => ({ kind: "batch", process: call, replicas })
      )
    }
  })
}

const without = (have: Shape, removed: ReadonlyArray<string>): Shape => ({
  ...have,
  columns: Object.fromEntries(
    Object.entries(have.columns).filter(([column]) => !removed.includes(column))
  )
})
