/** The columns that several branches bring to one step. */
import * as Schema from "effect/Schema"
import { isOptional, type Columns } from "../columns/Columns.ts"
import { metadataColumn } from "../columns/metadata.ts"
import { optional, required, type Shape, widest } from "../columns/Shape.ts"
import { typeName } from "../columns/typeNames.ts"

/**
 * A column that branches give with types of which none takes the others' values: the type by
 * branch.
 */
export interface Disagreement {
  readonly column: string
  readonly types: Readonly<Record<string, string>>
}

interface Gathered {
  readonly shape: Shape
  readonly disagreements: ReadonlyArray<Disagreement>
}

interface Branch {
  readonly name: string
  readonly shape: Shape
}

/**
 * Branches that are joined or paired; `all` if there is a row of each, so that no column can be
 * absent.
 */
export const joinedShape = (branches: ReadonlyArray<Branch>, all: boolean): Gathered => {
  const disagreements: Array<Disagreement> = []
  const columns = eachColumn(branches, (column, having) => {
    const schemas = having.map(({ shape }) => shape.columns[column]!)
    const wide = widest(schemas.map(required))
    // Metadata is merged wherever rows meet, whatever its form.
    if (wide === undefined && column !== metadataColumn) {
      disagreements.push({
        column,
        types: Object.fromEntries(
          having.map(({ name, shape }) => [name, typeName(shape.columns[column]!)])
        )
      })
    }
    // A branch that may hold any column may hold this one.
    const lacking = branches.some((branch) => !branch.shape.open && !having.includes(branch))
    const absent = !all && (lacking || schemas.some(isOptional))
    return absent ? optional(wide ?? schemas[0]!) : required(wide ?? schemas[0]!)
  })
  return { shape: { columns, open: branches.some(({ shape }) => shape.open) }, disagreements }
}

/** Branches one after the other: a column that only some have is null in the others. */
export const concatenatedShape = (branches: ReadonlyArray<Branch>): Shape => {
  const columns = eachColumn(branches, (column, having) => {
    const schemas = having.map(({ shape }) => required(shape.columns[column]!))
    const union = widest(schemas) ?? Schema.Union(schemas)
    return having.length < branches.length ? Schema.NullOr(union) : union
  })
  return { columns, open: branches.some(({ shape }) => shape.open) }
}

const eachColumn = (
  branches: ReadonlyArray<Branch>,
  schemaOf: (column: string, having: ReadonlyArray<Branch>) => Schema.Constraint
): Columns => {
  const names = new Set(branches.flatMap(({ shape }) => Object.keys(shape.columns)))
  return Object.fromEntries(
    [...names].map((column) => [
      column,
      schemaOf(
        column,
        branches.filter(({ shape }) => Object.hasOwn(shape.columns, column))
      )
    ])
  )
}
