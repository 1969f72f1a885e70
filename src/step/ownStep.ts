/** Own steps at run time: a function becomes a worker, in this thread or in others. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Columns, DeclaredColumns } from "../columns/Columns.ts"
import { type Inputs, readsOf } from "../columns/inputs.ts"
import { metadataColumn, MetadataOfOne } from "../columns/metadata.ts"
import type { Row } from "../columns/Row.ts"
import { type Shape, withColumns } from "../columns/Shape.ts"
import { columnsOf } from "../columns/standard.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import { rowAsking, rowsAsking } from "./askingWorker.ts"
import type { AnyDefinition } from "./Definition.ts"
import { openThreads, threadsOf } from "./inThreads.ts"
import type { ParameterValues, StepSpec } from "./makeStep.ts"
import { modelParameters } from "./openModel.ts"
import type { OwnStepOptions, StepResources } from "./OwnStepOptions.ts"
import type { AnyStep, RowCount, StepData } from "./Step.ts"
import type { StepLLM } from "./StepLLM.ts"
import { stepOf } from "./stepOf.ts"
import { type StepTools, toolsOf } from "./StepTools.ts"
import type { BatchWorker, Produced } from "./Worker.ts"

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
    DeclaredColumns,
    Columns,
    unknown,
    unknown,
    unknown,
    string,
    boolean
  > & {
    readonly process: (rows: never, parameters: never, tools: never) => Produced<Row, unknown>
    readonly streams?: boolean
    readonly check?: NonNullable<StepSpec["check"]>
    readonly llm?: AnyLLM
  },
  rowCount: RowCount,
  gives?: StepData["gives"]
): S => {
  const { oneOf, reads } = readsOf(options.inputs ?? {})
  // Its types say what it requires; the run that calls it has it.
  const process = options.process as (
    rows: unknown,
    parameters: ParameterValues,
    tools: StepTools & { readonly llm?: StepLLM }
  ) => Produced<Row>
  const { llm, name, useCache } = options
  if (llm !== undefined && threadsOf(options.process) !== undefined)
    throw new RangeError(
      `Step '${name}' declares a model, but its process runs in threads, where no model can be asked. Ask it in a step of its own.`
    )
  // What a global step asks is asked for none of its rows.
  const tells = llm !== undefined && kind === "step"
  const own = columnsOf(options.outputs ?? {})
  const outputs = tells ? { ...own, [metadataColumn]: MetadataOfOne } : own
  return stepOf<S>(definition, options, {
    kind,
    rowCount,
    reads,
    oneOf,
    gives:
      gives ??
      ((have) =>
        options.replaces === true
          ? { columns: outputs, open: false }
          : withColumns(without(have, options.removes ?? []), outputs)),
    extendsRows: options.replaces !== true,
    declares: {
      // Of earlier tasks there may be a list.
      columns: tells ? { ...own, [metadataColumn]: Schema.Unknown } : own,
      open: false
    },
    removes: options.removes ?? [],
    parameters: {
      ...options.parameters,
      resources: Resources,
      ...(llm === undefined ? {} : { llm: modelParameters(llm) })
    },
    values: {
      ...(options.defaults as object),
      ...(options.resources === undefined ? {} : { resources: options.resources })
    },
    // Answers of a model are kept one by one.
    keepsOutputs: llm === undefined,
    ...(options.check === undefined ? {} : { check: options.check }),
    open: ({ resources, llm: given, ...others }) => {
      const { memory, replicas } = (resources ?? {}) as StepResources
      const threads = threadsOf(options.process)
      if (threads !== undefined && kind !== "join")
        return Effect.map(
          openThreads(name, threads, others, { memory, replicas }),
          (call): BatchWorker => ({ kind: "batch", process: call, replicas })
        )
      return Effect.flatMap(toolsOf(name), (tools): ReturnType<StepSpec["open"]> => {
        if (kind === "join")
          return Effect.succeed({ kind, process: (arms) => process(arms, others, tools) })
        if (llm === undefined)
          return Effect.succeed({
            kind: "batch",
            process: (rows) => process(rows, others, tools),
            streams: options.streams,
            replicas
          })
        const asking = { name, llm, parameters: given, useCache }
        return kind === "step" && rowCount !== "many-to-one"
          ? rowAsking(asking, (row, model) => process([row], others, { ...tools, llm: model }))
          : rowsAsking(asking, (rows, model) => process(rows, others, { ...tools, llm: model }), {
              streams: options.streams,
              tells
            })
      })
    }
  })
}

const without = (have: Shape, removed: ReadonlyArray<string>): Shape => ({
  ...have,
  columns: Object.fromEntries(
    Object.entries(have.columns).filter(([column]) => !removed.includes(column))
  )
})
