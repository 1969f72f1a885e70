/**
 * Python's `runtime_parameters_info`: what `run({ parameters })` may set of a step, under Python's
 * names.
 */
import * as SchemaAST from "effect/SchemaAST"
import { snakeCased } from "../../columns/caseNames.ts"
import { type Columns, isOptional } from "../../columns/Columns.ts"
import { required } from "../../columns/Shape.ts"
import type { Tree } from "../tree/Tree.ts"

/** The parameters of a step; those of its model and of its resources are lists of their own. */
export const parametersInfo = (parameters: Columns): ReadonlyArray<Tree> =>
  Object.entries(parameters).map(([name, schema]) => {
    const fields = fieldsOf(schema)
    if (fields === undefined) return { name: snakeCased(name), optional: isOptional(schema) }
    return name === "generationKwargs"
      ? {
          name: "generation_kwargs",
          keys: Object.entries(fields).map(([key, value]) => ({
            name: snakeCased(key),
            optional: isOptional(value)
          }))
        }
      : { name: snakeCased(name), runtime_parameters_info: parametersInfo(fields) }
  })

/**
 * The parameters that a parameter is made of, each of which may be set alone; undefined for one
 * that is set as a whole.
 */
export const fieldsOf = (schema: Columns[string]): Columns | undefined => {
  const inner = required(schema)
  if (!("fields" in inner) || !SchemaAST.isObjects(inner.ast)) return undefined
  const fields = inner.fields as Columns
  return Object.values(fields).every(isOptional) ? fields : undefined
}
