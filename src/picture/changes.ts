/** What a step does to columns: those it adds, removes, renames, and those whose type it changes. */
import * as Schema from "effect/Schema"
import { emptyShape, type Shape } from "../columns/Shape.ts"
import { typeName } from "../columns/typeNames.ts"
import type { Graph, GraphNode } from "../pipeline/Graph.ts"
import { givesInFlow } from "../step/mapping.ts"
import type { StepData } from "../step/Step.ts"

/**
 * One thing that a step does to columns. `reads` is a column of the flow read under the step's own
 * name.
 */
export type Change =
  | { readonly kind: "reads"; readonly column: string; readonly as: string }
  | { readonly kind: "renames"; readonly column: string; readonly to: string }
  | { readonly kind: "adds"; readonly column: string; readonly type: string }
  | { readonly kind: "retypes"; readonly column: string; readonly type: string }
  | { readonly kind: "removes"; readonly column: string }

/** The changes of a node, in the order in which they are told. */
export const changesOf = (
  { incoming, outgoing }: Graph,
  { name, step }: GraphNode
): ReadonlyArray<Change> => {
  const before = incoming.get(name) ?? emptyShape
  const after = outgoing.get(name) ?? emptyShape
  const gone = Object.keys(before.columns).filter((column) => !Object.hasOwn(after.columns, column))
  const renamed = new Map(
    gone.flatMap((column) => {
      const to = newNameOf(step, before, column)
      return to === undefined ? [] : [[column, to] as const]
    })
  )
  const given = new Set(renamed.values())
  return [
    ...Object.entries(step.mappings.input)
      .filter(([own, column]) => own !== column)
      .map(([as, column]): Change => ({ kind: "reads", column, as })),
    ...[...renamed].map(([column, to]): Change => ({ kind: "renames", column, to })),
    ...Object.entries(after.columns).flatMap(([column, schema]): ReadonlyArray<Change> => {
      // Columns may be called as what every object has: toString, constructor.
      const known = Object.hasOwn(before.columns, column) ? before.columns[column] : undefined
      if (known === undefined)
        return given.has(column) ? [] : [{ kind: "adds", column, type: typeName(schema) }]
      const type = typeName(schema)
      return known === schema || typeName(known) === type ? [] : [{ kind: "retypes", column, type }]
    }),
    ...gone
      .filter((column) => !renamed.has(column))
      .map((column): Change => ({ kind: "removes", column }))
  ]
}

/**
 * The name under which a column that is gone comes out: found by sending a type of its own through
 * the step, which only a rename hands on as it is.
 */
const newNameOf = (step: StepData, before: Shape, column: string): string | undefined => {
  const mark = Schema.Any.annotate({})
  const after = givesInFlow(step, { ...before, columns: { ...before.columns, [column]: mark } })
  return Object.entries(after.columns).find(([, schema]) => schema === mark)?.[0]
}

/** A change in a few characters: "+ generation". */
export const changeText = (change: Change): string => {
  switch (change.kind) {
    case "reads":
      return `${change.column} as ${change.as}`
    case "renames":
      return `${change.column} → ${change.to}`
    case "adds":
      return `+ ${change.column}`
    case "retypes":
      return `~ ${change.column}`
    case "removes":
      return `− ${change.column}`
  }
}
