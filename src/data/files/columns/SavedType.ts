/** Saved types: what the columns of typed files hold, and how values of rows become it. */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { accepts, type PlainKind } from "../../../columns/accepts.ts"
import { isInferred } from "../../../columns/infer.ts"
import type { CellType } from "../../rows/cells.ts"

export type SavedType =
  | { readonly kind: "text" | "boolean" | "integer" | "float" | "bytes" | "moment" | "null" }
  /** Values of several types as JSON text; integers beyond 64 bits as digits. */
  | { readonly kind: "json" | "digits" }
  | { readonly kind: "list"; readonly item: SavedType }
  /** The type of the file that the column came from. */
  | { readonly kind: "stored"; readonly type: CellType }
  | { readonly kind: "struct"; readonly fields: ReadonlyArray<SavedField> }

/** A column, or a field of objects in one. */
export interface SavedField {
  readonly name: string
  readonly type: SavedType
  /** What the file that it came from called it. */
  readonly feature?: unknown
}

/** The nearest type that is not a file's own: for words and sizes. */
export const nearestType = (type: CellType): SavedType => {
  switch (type.kind) {
    case "boolean":
    case "bytes":
    case "float":
    case "integer":
    case "json":
    case "null":
      return { kind: type.kind }
    case "small":
      return { kind: "integer" }
    case "half":
    case "decimal":
      return { kind: "float" }
    case "date":
    case "timestamp":
      return { kind: "moment" }
    case "list":
      return { kind: "list", item: nearestType(type.item) }
    case "struct":
      return {
        kind: "struct",
        fields: type.fields.map((field) => ({ name: field.name, type: nearestType(field.type) }))
      }
    case "map":
    case "any":
      return { kind: "json" }
    default:
      return { kind: "text" }
  }
}

const plainTypes: Readonly<Partial<Record<PlainKind | "other", SavedType>>> = {
  string: { kind: "text" },
  number: { kind: "float" },
  boolean: { kind: "boolean" },
  bigint: { kind: "integer" },
  date: { kind: "moment" },
  bytes: { kind: "bytes" }
}

/**
 * The type of a column that is declared and holds nothing that says its type; undefined if the
 * declaration does not either.
 */
export const typeDeclared = (ast: SchemaAST.AST): SavedType | undefined => {
  const type = SchemaAST.toType(ast)
  if (SchemaAST.isUnion(type)) {
    const members = type.types
      .filter((member) => !SchemaAST.isNull(member) && !SchemaAST.isUndefined(member))
      .map(typeDeclared)
    return members.every((member) => member !== undefined && member.kind === members[0]?.kind)
      ? members[0]
      : undefined
  }
  if (SchemaAST.isArrays(type)) {
    const item =
      type.elements.length === 0 && type.rest.length === 1 ? typeDeclared(type.rest[0]!) : undefined
    return item === undefined ? undefined : { kind: "list", item }
  }
  if (SchemaAST.isObjects(type)) {
    if (type.indexSignatures.length > 0) return { kind: "json" }
    if (isInferred(type)) return undefined
    const fields = type.propertySignatures.map(({ name, type: field }) => ({
      name: String(name),
      type: typeDeclared(field) ?? { kind: "null" as const }
    }))
    return fields.length === 0 ? undefined : { kind: "struct", fields }
  }
  if (SchemaAST.isUnknown(type)) return { kind: "json" }
  const [kind, ...others] = [...accepts(Schema.make<Schema.Codec<unknown>>(type))]
  return kind === undefined || others.length > 0 ? undefined : plainTypes[kind]
}
