/**
 * Column types as plain data, between where they are found (values, schemas) and where they are
 * written.
 */

export type ColumnType =
  | { readonly kind: "string"; readonly holds?: "dates" }
  | { readonly kind: "number" | "boolean" | "bigint" | "null" | "unknown" }
  | { readonly kind: "literals"; readonly values: ReadonlyArray<string | number | boolean> }
  | { readonly kind: "array"; readonly element: ColumnType }
  | { readonly kind: "object"; readonly fields: ReadonlyArray<Field> }
  | { readonly kind: "record"; readonly value: ColumnType }
  | { readonly kind: "union"; readonly members: ReadonlyArray<ColumnType> }

/** A column, or a key of an object in one. */
export interface Field {
  readonly name: string
  readonly type: ColumnType
  /** Whether some lack it. */
  readonly optional: boolean
}

/** One type of several: none of them twice, null last. */
export const unionOf = (types: ReadonlyArray<ColumnType>): ColumnType => {
  const members = types.flatMap((type) => (type.kind === "union" ? type.members : [type]))
  if (members.some(({ kind }) => kind === "unknown")) return { kind: "unknown" }
  const distinct = [...new Map(members.map((type) => [JSON.stringify(type), type])).values()]
  const ordered = [
    ...distinct.filter(({ kind }) => kind !== "null"),
    ...distinct.filter(({ kind }) => kind === "null")
  ]
  return ordered.length === 1 ? ordered[0]! : { kind: "union", members: ordered }
}
