/** A document's pipeline as it is shown on a terminal. */
import type { SourceColumn } from "../codegen/read/SourceReport.ts"
import { isOptional } from "../columns/Columns.ts"
import { typeName } from "../columns/typeNames.ts"
import { inspect, type ParameterInspection, type StepInspection } from "../document/inspect.ts"
import type { LoadedPipeline } from "../document/read/LoadedPipeline.ts"
import type { ShownPipeline, ShownStep } from "./sourceText.ts"

export const shownDocument = (pipeline: LoadedPipeline): ShownPipeline => {
  const { description, name, steps } = inspect(pipeline)
  const { graph } = pipeline
  return {
    name,
    description,
    steps: steps.map((step) => shownStep(step, pipeline)),
    subsets: graph.leaves.map((leaf) => ({
      name: graph.leaves.length === 1 ? "default" : leaf,
      columns: Object.entries(graph.outgoing.get(leaf)?.columns ?? {}).map(([column, schema]) => ({
        name: column,
        type: typeName(schema),
        optional: isOptional(schema)
      }))
    })),
    unplaced: [],
    notFollowed: []
  }
}

const shownStep = (step: StepInspection, { graph }: LoadedPipeline): ShownStep => {
  const { after, before, kind, mappings, model, name, parameters, reads, readsOneOf, type } = step
  const { from, gather } = graph.nodes.get(name)!
  return {
    name,
    type,
    kind,
    ...(model === undefined ? {} : { model: model.model }),
    from,
    gets:
      gathered[gather] ??
      (graph.routings.some((routing) => from.includes(routing.from) && routing.to.includes(name))
        ? "some rows or batches"
        : "every row"),
    reads: reads.map(columnOf),
    oneOf: readsOneOf.map((columns) => columns.map(columnOf)),
    input: mappings.input,
    before: before.map(columnOf),
    after: after.map(columnOf),
    parameters: parameters.map((parameter) => ({
      name: parameter.path,
      type: parameter.type,
      optional: !parameter.required,
      about: valueText(parameter)
    }))
  }
}

const gathered: Readonly<Record<string, ShownStep["gets"]>> = {
  none: "nothing",
  join: "branches joined",
  zip: "rows paired by position",
  concat: "flows one after the other"
}

const columnOf = ({ column, optional, type }: StepInspection["reads"][number]): SourceColumn => ({
  name: column,
  type,
  optional
})

const longestValue = 60

const valueText = ({ value }: ParameterInspection): string => {
  if (value === undefined) return ""
  const text = JSON.stringify(value) ?? String(value)
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text
}
